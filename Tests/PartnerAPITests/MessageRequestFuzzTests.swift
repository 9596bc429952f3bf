// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import OrderedCollections
import Testing

@testable import PartnerAPI

@Suite("Any body at all")
struct MessageRequestFuzzTests {
    /// SplitMix64, so that a failure can be repeated.
    struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static let oddities: [JSON] = [
        nil, true, 0, -1, 7, 99, "", " ", "1", "c0_1", "+919800000001", "a\nb", "{}", "[1]", "url", "text", [], [[:]],
        ["1": "a"], ["type": "carousel", "cards": []], .number(JSONNumber(unchecked: "1e400")),
    ]

    /// Replaces, drops or adds one value somewhere in a tree.
    private static func mutated(_ json: JSON, _ generator: inout Generator) -> JSON {
        let oddity = oddities.randomElement(using: &generator) ?? nil
        switch json {
        case .object(var members) where !members.isEmpty && Int.random(in: 0..<5, using: &generator) > 0:
            let position = Int.random(in: 0..<members.count, using: &generator)
            let key = members.keys[position]
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: members.remove(at: position)
            case 1: members[oddity.string ?? "extra"] = oddity
            default: members[key] = mutated(members[key] ?? nil, &generator)
            }
            return .object(members)
        case .array(var elements) where !elements.isEmpty && Int.random(in: 0..<5, using: &generator) > 0:
            let position = Int.random(in: 0..<elements.count, using: &generator)
            elements[position] = mutated(elements[position], &generator)
            return .array(elements)
        default:
            return oddity
        }
    }

    @Test(
        "is either refused with a field and a sentence, or understood the same when it is read again",
        arguments: MessageRequestEncodingTests.rows
    )
    func mutations(row: MessageRequestEncodingTests.Row) throws {
        var generator = Generator(state: UInt64(row.body.utf8.count))
        let sample = try JSON(parsing: row.body)
        let catalogue = try #require(try TemplateSamples.catalogue())
        var understood = 0
        for _ in 1...2_000 {
            var json = sample
            for _ in 0...Int.random(in: 0..<3, using: &generator) { json = Self.mutated(json, &generator) }
            do throws(MessageRequestError) {
                let request = try MessageRequest(json: json)
                understood += 1
                #expect(throws: Never.self) { try #expect(MessageRequest(json: request.json()) == request) }
                _ = catalogue.check(request)
                _ = catalogue.render(request)
            } catch {
                #expect(!error.field.isEmpty)
                #expect(!error.reason.isEmpty)
            }
        }
        // Both ways must have been taken, or the test would show nothing.
        #expect((1..<2_000).contains(understood))
    }
}
