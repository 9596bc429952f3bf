// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import TestSupport
import Testing

@testable import EventPatterns

@Suite("Numbers, wildcards and addresses by themselves")
struct ValueTests {
    @Test("numbers compare as exact decimals do")
    func numbers() throws {
        var random = SeededGenerator(seed: 7)
        let texts =
            ["0", "-0", "1e400", "-1e400", "0.1", "9007199254740993", "12345678901234567890", "999999999999999999"]
            + (0..<300).map { _ in Self.number(&random) }
        for left in texts {
            for right in texts.shuffled(using: &random).prefix(40) {
                let numbers = try (#require(PatternNumber(left)), #require(PatternNumber(right)))
                let decimals = try (#require(ExactDecimal(left)), #require(ExactDecimal(right)))
                #expect((numbers.0 < numbers.1) == (decimals.0 < decimals.1), "\(left) < \(right)")
                #expect((numbers.0 == numbers.1) == (decimals.0 == decimals.1), "\(left) == \(right)")
            }
        }
    }

    @Test(
        "what is no number is refused",
        arguments: ["", "-", "+", ".5", "1.", "1e", "1e+", " 1", "1 ", "1,0", "0x1", "1e200000", "NaN"]
    )
    func noNumbers(text: String) {
        #expect(PatternNumber(text) == nil)
    }

    @Test(
        "trailing zeros do not make another number",
        arguments: [
            ("1.50", "1.5"), ("100", "1e2"), ("1000000000000000000000", "1e21"), ("007", "7"), ("+5", "5"),
            ("0e5", "0"),
            ("0.000", "0"), ("123456789012345678900", "12345678901234567890e1"),
        ]
    )
    func forms(one: String, other: String) {
        #expect(PatternNumber(one) == PatternNumber(other))
    }

    @Test(
        "an IPv6 address has many spellings",
        arguments: [
            ("::", "0:0:0:0:0:0:0:0"), ("1::8", "1:0:0:0:0:0:0:8"), ("A:B:C:D:E:F:1:2", "a:b:c:d:e:f:1:2"),
            ("::ffff:10.0.0.7", "10.0.0.7"), ("::ffff:a00:7", "10.0.0.7"), ("64:ff9b::1.2.3.4", "64:ff9b::102:304"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("010.0.0.007", "10.0.0.7"),
        ]
    )
    func addresses(one: String, other: String) {
        #expect(Self.address(one) != nil)
        #expect(Self.address(one) == Self.address(other))
    }

    @Test(
        "what is no address is refused",
        arguments: [
            "", ":", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1..2.3", "1.2.3.4 ", ":::", "1::2::3", "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9", "12345::", "1.2.3.4::", "1:2:3:4:5:6:7:8::", "g::", "1:2:3:4:5:6:7:1.2.3.4",
            "fe80::1%eth0",
        ]
    )
    func noAddresses(text: String) {
        #expect(Self.address(text) == nil)
    }

    @Test("a range index finds what asking every range finds")
    func ranges() throws {
        var random = SeededGenerator(seed: 11)
        var filed: [NumberRange: [Int32]] = [:]
        for number in 0..<400 {
            var range = NumberRange()
            if Int.random(in: 0..<4, using: &random) > 0 { range.lower = try Self.bound(&random) }
            if Int.random(in: 0..<4, using: &random) > 0 { range.upper = try Self.bound(&random) }
            filed[range, default: []].append(Int32(number))
        }
        let index = RangeIndex(filed)
        for value in -25...25 {
            let number = try #require(PatternNumber("\(value)"))
            var found: [Int32] = []
            index.find(number, into: &found)
            #expect(found.sorted() == filed.filter { $0.key.contains(number) }.flatMap(\.value).sorted())
        }
    }

    private static func bound(_ random: inout SeededGenerator) throws -> NumberRange.Bound {
        let number = try #require(PatternNumber("\(Int.random(in: -20...20, using: &random))"))
        return NumberRange.Bound(number: number, isIncluded: Bool.random(using: &random))
    }

    private static func address(_ text: String) -> IPAddress? {
        Array(text.utf8).withUnsafeBufferPointer { IPAddress($0) }
    }

    private static func number(_ random: inout SeededGenerator) -> String {
        let digits = (0..<Int.random(in: 1...24, using: &random)).map { _ in "\(Int.random(in: 0...9, using: &random))"
        }
        let sign = Bool.random(using: &random) ? "-" : ""
        let point = Int.random(in: 0...digits.count, using: &random)
        let fraction = digits[point...].isEmpty ? "" : "." + digits[point...].joined()
        let power = Bool.random(using: &random) ? "e\(Int.random(in: -30...30, using: &random))" : ""
        return sign + "0" + digits[..<point].joined() + fraction + power
    }
}
