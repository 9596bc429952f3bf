// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PhoneNumbers

@Suite("What the tables decide, libphonenumber decides alike")
struct TablesAgreementTests {
    private static let plans = NumberingPlans.inUse.plans

    @Test("numbers of every kind of every country, in every form, right and wrong")
    func numbers() throws {
        var random = Dice(state: 7)
        var (asked, decided) = (0, 0)
        for plan in Self.plans {
            for national in Self.numbers(of: plan, &random) {
                let forms = Self.forms(of: national, plan)
                for (digits, region) in forms {
                    asked += 1
                    guard let packed = PackedDigits(digits.utf8) else { continue }
                    let found =
                        if let region { NumberingTables.inUse.national(packed, in: region) } else {
                            NumberingTables.inUse.international(packed)
                        }
                    guard found != nil else { continue }
                    decided += 1
                    let quick = try LookedUp(digits, region: region)
                    #expect(
                        try quick == LookedUp(asking: digits, region: region),
                        "\(digits) in \(region ?? "the world")"
                    )
                }
            }
        }
        #expect(decided * 3 > asked, "\(decided) of \(asked) were decided by the tables")
    }

    @Test("international numbers that mobiles have are decided by the tables, whatever the country")
    func mobiles() throws {
        var random = Dice(state: 3)
        for plan in Self.plans {
            guard let text = plan.kinds[PlanSource.mobile]?.pattern else { continue }
            let pattern = try #require(DigitPattern(text), "\(plan.code)")
            let drawn = (0..<20).compactMap { _ in pattern.draw(&random) }
            let digits = drawn.compactMap { PackedDigits(value: plan.callingCode).appending($0) }
            let valid = try digits.filter { try LookedUp(asking: $0.text, region: nil).isValid }
            let decided = valid.filter { NumberingTables.inUse.international($0) != nil }
            #expect(decided.count * 10 >= valid.count * 7, "\(plan.code): \(decided.count) of \(valid.count)")
        }
    }

    @Test("every pattern of the plans is understood, and matches what ICU's regular expressions match")
    func patterns() throws {
        var random = Dice(state: 11)
        for plan in Self.plans {
            for text in plan.kinds.values.compactMap(\.pattern) {
                let pattern = try #require(DigitPattern(text), "\(plan.code) \(text)")
                let expression = try NSRegularExpression(pattern: "^(?:\(text))$")
                let drawn = (0..<3).compactMap { _ in pattern.draw(&random) }
                for digits in drawn + drawn.map({ Self.changed($0, &random) }) {
                    let range = NSRange(location: 0, length: digits.count)
                    let expected = expression.firstMatch(in: digits.text, range: range) != nil
                    #expect(pattern.matches(digits) == expected, "\(plan.code) \(text) \(digits.text)")
                }
            }
        }
    }

    @Test("a pattern with something in it that no plan has is left to libphonenumber")
    func unknownPatterns() {
        let texts = ["(?!1)2", "(?=1)", "1+", "1*", "[^1]", "\\w", "a", "1{2", "(1", "1)", "[1", "1{2,1}", "1{99}"]
        #expect(texts.filter { DigitPattern($0) != nil } == [])
    }

    /// Some numbers of each kind of a plan, the same with one digit changed, and random ones.
    private static func numbers(of plan: PlanSource, _ random: inout Dice) -> [PackedDigits] {
        let patterns = plan.kinds.values.compactMap(\.pattern).sorted().compactMap { DigitPattern($0) }
        let drawn = patterns.flatMap { pattern in (0..<3).compactMap { _ in pattern.draw(&random) } }
        return drawn + drawn.map { changed($0, &random) }
    }

    private static func changed(_ digits: PackedDigits, _ random: inout Dice) -> PackedDigits {
        var bytes = Array(digits.text.utf8)
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 48...57, using: &random)
        return PackedDigits(bytes) ?? digits
    }

    /// International, at home, at home with what is dialled before it, and abroad in a country of the same code.
    private static func forms(of national: PackedDigits, _ plan: PlanSource) -> [(String, String?)] {
        let world = String(plan.callingCode) + national.text
        var forms: [(String, String?)] = [(world, nil)]
        guard plan.code != "001" else { return forms }
        forms += [(national.text, plan.code), (world, plan.code)]
        forms += ["0", "00", "1", "8", "06"].map { ($0 + national.text, plan.code) }
        let neighbours = plans.filter { $0.callingCode == plan.callingCode && $0.code != plan.code }
        if let other = neighbours.first { forms.append((national.text, other.code)) }
        return forms
    }
}

/// The same numbers in every run: a linear congruential generator with the constants of Knuth's MMIX.
struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}

extension DigitPattern {
    /// Random digits that the pattern matches; `nil` where it led to too many of them.
    func draw(_ random: inout Dice) -> PackedDigits? {
        var (digits, state) = (PackedDigits(), 1)
        while true {
            let open = (0..<10).filter { next[state * 10 + $0] != 0 }
            if isAccepting[state], open.isEmpty || Bool.random(using: &random) { return digits }
            guard let digit = open.randomElement(using: &random), digits.append(UInt8(digit)) else { return nil }
            state = Int(next[state * 10 + digit])
        }
    }
}
