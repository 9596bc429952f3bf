// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@testable import EventPatterns

@Suite("The index, the pattern and the definition agree")
struct IndexPropertyTests {
    @Test("on random patterns and events, whatever the seed", arguments: 1...20)
    func agreement(seed: Int) throws {
        var random = RandomPatterns(seed: UInt64(seed))
        let sources = (0..<40).map { _ in random.pattern() }
        let patterns = try sources.map { try EventPattern(payload: $0) }
        let references = sources.map { ReferenceMatcher($0) }
        let index = PatternIndex(patterns)
        var matched = 0
        for _ in 0..<50 {
            let event = random.event()
            let document = try JSONDocument(event.encoded())
            let expected = references.indices.filter { references[$0].matches(event) }
            let single = patterns.indices.filter { patterns[$0].matches(document.root) }
            let explained = patterns.indices.filter { patterns[$0].firstFailure(document.root) == nil }
            #expect(single == expected, "\(event.text()) \(sources.map { $0.text() })")
            #expect(index.matches(document) == expected)
            #expect(explained == expected)
            matched += expected.count
        }
        #expect(matched > 10, "the patterns must meet the events")
    }

    @Test("where so many patterns have no selective value that they are decided together", arguments: 1...6)
    func denseAgreement(seed: Int) throws {
        var random = RandomPatterns(seed: UInt64(seed + 2_000))
        let sources = (0..<300).map { _ in random.pattern(depth: seed % 3 + 1) }
        let patterns = try sources.map { try EventPattern(payload: $0) }
        let references = sources.map { ReferenceMatcher($0) }
        let index = PatternIndex(patterns)
        #expect(index.decidesTogether)
        for _ in 0..<15 {
            let event = random.event()
            let expected = references.indices.filter { references[$0].matches(event) }
            #expect(try index.matches(JSONDocument(event.encoded())) == expected, "\(event.text())")
        }
    }

    @Test("ranges, prefixes and anything-but behind a shared value, in events with one value and with many")
    func sharedValue() throws {
        let patterns = try (0..<600).map { number in
            let tests = [
                #""n":[{"numeric":[">",\#(number % 97),"<=",\#(number % 97 + number % 11 + 1)]}]"#,
                #""n":[{"gte":\#(number % 89)}]"#, #""n":[{"numeric":["<",\#(number % 83)]}]"#,
                #""s":[{"anything-but":["x","v\#(number % 40)"]}]"#,
                #""s":[{"anything-but":{"prefix":"v\#(number % 7)"}}]"#,
                #""s":[{"prefix":"v"}]"#, #""s":[{"exists":false}]"#,
                #""n":[{"numeric":["<",5]},{"numeric":[">",\#(number % 90)]}]"#,
                #""s":[{"anything-but":["x"]},{"anything-but":["v1"]}]"#,
                #""l":{"a":[{"gt":\#(number % 50)}],"b":[{"exists":true}]}"#,
                #""l":{"b":[{"exists":false}],"a":[{"lt":\#(number % 50)}]}"#,
            ]
            return try EventPattern(payload: JSON(parsing: "{\"k\":[\"y\"],\(tests[number % tests.count])}"))
        }
        let index = PatternIndex(patterns)
        #expect(index.decidesTogether)
        let numbers = [
            "0", "5", "5.0", "44.5", "88", "200", "-1", "\"12\"", "null", "[3,60]", "[]", "12345678901234567890",
        ]
        let texts = ["\"x\"", "\"v1\"", "\"v33\"", "\"\"", "null", "7", "[\"x\",\"v2\"]", "[{\"z\":1}]"]
        let lists = ["[]", "[{\"a\":9},{\"b\":1}]", "[{\"a\":49,\"b\":1},{\"a\":2}]", "{\"a\":30,\"b\":null}"]
        for number in numbers {
            for text in texts {
                for list in lists {
                    for key in ["y", "z"] {
                        let event = "{\"k\":\"\(key)\",\"n\":\(number),\"s\":\(text),\"l\":\(list)}"
                        let document = try JSONDocument(Array(event.utf8))
                        let expected = patterns.indices.filter { patterns[$0].matches(document.root) }
                        #expect(index.matches(document) == expected, "\(event)")
                    }
                }
            }
        }
        #expect(index.matches(try JSONDocument(Array(#"{"k":"y"}"#.utf8))).isEmpty == false)
    }

    @Test("with payload and envelope", arguments: 1...10)
    func envelopes(seed: Int) throws {
        var random = RandomPatterns(seed: UInt64(seed + 1_000))
        let sources = (0..<40).map { _ in (random.pattern(depth: 2), random.pattern(depth: 2)) }
        let patterns = try sources.map { try EventPattern(payload: $0, envelope: $1) }
        let references = sources.map { (ReferenceMatcher($0), ReferenceMatcher($1)) }
        let index = PatternIndex(patterns)
        for _ in 0..<50 {
            let (payload, envelope) = (random.event(depth: 3), random.event(depth: 3))
            let documents = try (JSONDocument(payload.encoded()), JSONDocument(envelope.encoded()))
            let expected = references.indices.filter {
                references[$0].0.matches(payload) && references[$0].1.matches(envelope)
            }
            #expect(index.matches(documents.0, envelope: documents.1) == expected)
            #expect(
                patterns.indices.filter { patterns[$0].matches(documents.0.root, envelope: documents.1.root) }
                    == expected
            )
        }
    }

    @Test("sibling arrays with many elements are searched one after the other, not against each other")
    func siblings() throws {
        let names = (0..<8).map { "a\($0)" }
        let pattern = names.map { #""\#($0)":{"x":[1],"z":[{"exists":false},1]}"# }.joined(separator: ",")
        let list = "[" + Array(repeating: #"{"x":1}"#, count: 2_000).joined(separator: ",") + "]"
        let event = (names + ["last"]).map { #""\#($0)":\#(list)"# }.joined(separator: ",")
        let compiled = try EventPattern(payload: JSON(parsing: "{\(pattern),\"last\":{\"x\":[1],\"y\":[2]}}"))
        let document = try JSONDocument(Array("{\(event),\"last\":[{\"x\":1},{\"y\":2}]}".utf8))
        #expect(!compiled.matches(document.root))
        #expect(PatternIndex([compiled]).matches(document).isEmpty)
    }

    @Test("one array with many elements is walked, not squared")
    func longArray() throws {
        let pattern = try EventPattern(payload: JSON(parsing: #"{"l":{"a":[1],"b":[1],"c":[1]}}"#))
        let items = (0..<60_000).map { #"{"\#(["a", "b", "c"][$0 % 3])":1,"\#(["b", "c", "a"][$0 % 3])":1}"# }
        let document = try JSONDocument(Array(#"{"l":[\#(items.joined(separator: ","))]}"#.utf8))
        #expect(!pattern.matches(document.root))
    }
}
