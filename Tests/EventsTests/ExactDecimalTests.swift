// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import BigInt
import Events
import TestSupport
import Testing

@Suite("Exact decimals")
struct ExactDecimalTests {
    @Test(
        "equal values are equal, hash alike and print alike",
        arguments: [
            ("1.50", "1.5"), ("100", "1e2"), ("0.0", "0"), ("-0", "0"), ("007", "7"), ("+5", "5"), ("1e-2", "0.01"),
            ("12e1", "120"),
            ("123456789012345678901234567890.00", "123456789012345678901234567890"),
        ]
    )
    func equality(one: String, other: String) throws {
        let (one, other) = try (#require(ExactDecimal(one)), #require(ExactDecimal(other)))
        #expect(one == other)
        #expect(one.hashValue == other.hashValue)
        #expect(one.description == other.description)
        #expect(!(one < other) && !(other < one))
    }

    @Test(
        "order is by value, whatever the exponents",
        arguments: [
            ("-1", "0"), ("0", "1e-400"), ("0.29999999999999999999", "0.3"), ("9007199254740992", "9007199254740993"),
            ("-2", "-1.5"), ("99", "1e2"), ("1e99999", "1e100000"), ("-1e400", "-1"),
            ("1.0000000000000000000000001", "1.1"),
        ]
    )
    func order(small: String, large: String) throws {
        let (small, large) = try (#require(ExactDecimal(small)), #require(ExactDecimal(large)))
        #expect(small < large)
        #expect(!(large < small))
    }

    @Test(
        "what is no number, or beyond the limits, is refused",
        arguments: [
            "", "-", "+", "1.", ".5", "1e", "1e+", "1,000", " 1", "1 ", "0x1", "1e100001", "1e-100001", "٣",
            String(repeating: "9", count: 1_001),
        ]
    )
    func refused(text: String) {
        #expect(ExactDecimal(text) == nil)
    }

    @Test("the limits themselves are fine")
    func limits() throws {
        #expect(ExactDecimal(String(repeating: "9", count: 1_000))?.digitCount == 1_000)
        #expect(ExactDecimal("1e100000")?.exponent == 100_000)
    }

    @Test(
        "plain notation",
        arguments: [
            ("499.00", "499"), ("-0.05", "-0.05"), ("1e3", "1000"), ("12.5", "12.5"), ("-1e-3", "-0.001"),
            ("1e401", "1e401"),
            ("15e-402", "15e-402"), ("0.10", "0.1"),
        ]
    )
    func description(text: String, plain: String) {
        #expect(ExactDecimal(text)?.description == plain)
    }

    @Test("conversions say when they cannot")
    func conversions() throws {
        #expect(ExactDecimal("42.0")?.int == 42)
        #expect(ExactDecimal("42.5")?.int == nil)
        #expect(ExactDecimal("9223372036854775808")?.int == nil)
        #expect(ExactDecimal("-9223372036854775808")?.int == .min)
        #expect(ExactDecimal("1e30")?.int == nil)
        #expect(ExactDecimal("0.1")?.double == 0.1)
        #expect(ExactDecimal("2")?.isInteger == true)
        #expect(ExactDecimal("2.5")?.isInteger == false)
        #expect(ExactDecimal(-70).description == "-70")
        #expect(ExactDecimal(significand: 1_200, exponent: -2).exponent == 0)
        #expect(ExactDecimal("12")?.scaled(to: -2) == 1_200)
    }

    @Test("reading and printing round-trip, and order agrees with integers", arguments: 1...5)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let digits = BigInt(Int64.random(in: .min ... .max, using: &random))
            let value = ExactDecimal(significand: digits, exponent: Int.random(in: -30...30, using: &random))
            let other = ExactDecimal(Int64.random(in: .min ... .max, using: &random))
            #expect(ExactDecimal(value.description) == value)
            let shared = min(value.exponent, other.exponent)
            #expect((value < other) == (value.scaled(to: shared) < other.scaled(to: shared)))
        }
    }
}
