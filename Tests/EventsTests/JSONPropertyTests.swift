// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import TestSupport
import Testing

@Suite("JSON under random input")
struct JSONPropertyTests {
    @Test("what is encoded parses to the same value, in both layouts", arguments: 1...10)
    func roundTrip(seed: Int) throws {
        var values = RandomJSON(seed: UInt64(seed))
        for _ in 0..<100 {
            let value = values.value(depth: 5)
            #expect(try JSON(parsing: value.encoded()) == value)
            #expect(try JSON(parsing: value.encoded(.indented)) == value)
            #expect(try JSON(parsing: value.encoded()).encoded() == value.encoded())
        }
    }

    @Test("a mutated text is refused inside it, or is JSON that encodes to JSON", arguments: 1...10)
    func mutations(seed: Int) throws {
        var values = RandomJSON(seed: UInt64(seed))
        for _ in 0..<400 {
            let bytes = values.mutated(values.value(depth: 4).encoded())
            do {
                let value = try JSONDocument(bytes).root.value
                #expect(try JSON(parsing: value.encoded()) == value)
            } catch {
                #expect((0...bytes.count).contains(error.offset))
                #expect(error.reason != .noMemory)
            }
        }
    }

    @Test("every beginning of a text is refused")
    func prefixes() throws {
        let text = Array(#"{"a":[1,-2.5e3,"x\u00e9\n",{"b":[true,false,null]}],"c":"d"}"#.utf8)
        _ = try JSONDocument(text)
        for length in text.indices {
            #expect(throws: JSONError.self) { try JSONDocument(Array(text[..<length])) }
        }
    }

    @Test("documents of any length parse, whatever stands around the parser's block sizes")
    func lengths() throws {
        for length in (0..<200).map({ $0 }) + [4_095, 4_096, 4_097, 70_000] {
            let text = String(repeating: "x", count: length)
            #expect(try JSON(parsing: "[\"\(text)\"]") == .array([.string(text)]))
        }
    }
}

/// Random values and damaged texts.
struct RandomJSON {
    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func value(depth: Int) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2, 3: .number(number())
        case 4: .string(text())
        case 5: .array((0..<Int.random(in: 0...4, using: &random)).map { _ in value(depth: depth - 1) })
        default: object(depth: depth - 1)
        }
    }

    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
            case 1: if at < bytes.count { bytes.remove(at: at) }
            default:
                if at < bytes.count {
                    bytes[at] = Array("{}[],:\"\\0eE.-+tfn u".utf8).randomElement(using: &random) ?? 0
                }
            }
        }
        return bytes
    }

    private mutating func object(depth: Int) -> JSON {
        let members = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            "\(JSON.string(text()).text()):\(value(depth: depth).text())"
        }
        return (try? JSON(parsing: "{\(members.joined(separator: ","))}")) ?? .null
    }

    private mutating func number() -> JSONNumber {
        let digits = String(
            (0..<Int.random(in: 1...25, using: &random)).map { _ in "0123456789".randomElement(using: &random) ?? "0" }
        )
        let whole = digits.drop { $0 == "0" }
        let fraction = Bool.random(using: &random) ? ".\(digits.reversed())" : ""
        let power = Bool.random(using: &random) ? "E-\(Int.random(in: 0...30, using: &random))" : ""
        return JSONNumber("\(whole.isEmpty ? "-0" : whole)\(fraction)\(power)") ?? JSONNumber(0)
    }

    private mutating func text() -> String {
        let scalars: [ClosedRange<UInt32>] = [
            0...0x1F, 0x20...0x7E, 0x20...0x7E, 0x7F...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF,
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let range = scalars.randomElement(using: &random) ?? 0x20...0x7E
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) { text.append(scalar) }
        }
        return String(text)
    }
}
