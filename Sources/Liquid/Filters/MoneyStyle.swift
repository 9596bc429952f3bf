// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation
internal import NIOConcurrencyHelpers

/// How amounts of one currency are written in one language: ICU's way, learned once and applied without it.
struct MoneyStyle: Sendable {
    private let currency: Currency
    private let locale: Locale?
    /// `nil` where ICU writes in a way that is not learned: ICU itself is asked then.
    private let shape: MoneyShape?

    private struct Key: Hashable {
        let currency: String
        let locale: String?
    }

    /// Styles that were asked for; what is no currency or no language never gets here.
    private static let known = NIOLockedValueBox<[Key: MoneyStyle]>([:])
    /// There are some hundred currencies, and rules name few languages.
    private static let maxKnown = 512

    /// The style of a filter's arguments.
    ///
    /// - Parameters:
    ///   - currency: A code of ISO 4217.
    ///   - locale: A language's name; `nil` for the scope's, else the currency's own.
    ///   - scope: Where the filter is called.
    /// - Returns: The style.
    /// - Throws: ``LiquidError`` for a currency or a language that nobody knows.
    static func of(_ currency: LiquidValue, _ locale: LiquidValue?, in scope: LiquidScope) throws(LiquidError)
        -> MoneyStyle
    {
        guard let code = currency.asString, locale != nil || scope.locale == nil else {
            return try MoneyStyle(currency, locale, in: scope)
        }
        let key = Key(currency: code, locale: locale?.filterText)
        if let style = known.withLockedValue({ $0[key] }) { return style }
        let style = try MoneyStyle(currency, locale, in: scope)
        known.withLockedValue { if $0.count < maxKnown { $0[key] = style } }
        return style
    }

    private init(_ currency: LiquidValue, _ locale: LiquidValue?, in scope: LiquidScope) throws(LiquidError) {
        let found = try Currency(currency)
        let language =
            try locale.map { value throws(LiquidError) in try LiquidEnvironment.locale(value) } ?? scope.locale
        self.currency = found
        self.locale = language
        shape = MoneyShape(places: found.places) { amount in
            guard let rounded = try? LiquidNumber(source: amount).rounded(places: found.places) else { return nil }
            return try? found.format(rounded, language)
        }
    }

    /// Whether amounts are written without asking ICU.
    var isLearned: Bool { shape != nil }

    /// Writes an amount, rounded to the currency's places.
    func text(_ amount: LiquidNumber) throws(LiquidError) -> String {
        if let small = amount.small, let text = shape?.text(small) { return text }
        return try currency.format(try amount.rounded(places: currency.places), locale)
    }
}

/// What stands before, between and behind the digits of an amount.
struct MoneyShape: Sendable {
    /// What stands around a number.
    private struct Frame {
        let lead: String
        let tail: String
    }

    private let places: Int
    private let plus: Frame
    private let minus: Frame
    /// What stands before the decimals.
    private let point: String
    /// What stands between groups of digits; empty where there are none.
    private let mark: String
    /// Digits of the group before the point, and of those before that one.
    private let firstGroup: Int
    private let otherGroups: Int
    /// The least digits that are grouped at all.
    private let leastDigits: Int

    /// Learns a way of writing from samples, and tries it at more of them.
    ///
    /// `nil` where the samples are not written this way: with other digits, say.
    ///
    /// - Parameters:
    ///   - places: How many decimals are written.
    ///   - write: Writes a number.
    init?(places: Int, _ write: (String) -> String?) {
        let (whole, fraction) = ("87654321", String("135792".prefix(places)))
        let sample = places > 0 ? "\(whole).\(fraction)" : whole
        guard let written = write(sample), let negative = write("-" + sample), let body = DigitRuns(written),
            let other = DigitRuns(negative), body.runs == other.runs, body.marks == other.marks
        else { return nil }
        var (runs, marks) = (body.runs, body.marks)
        if places > 0 {
            guard runs.popLast() == fraction, let last = marks.popLast() else { return nil }
            point = last
        } else {
            point = ""
        }
        guard runs.joined() == whole, Set(marks).count <= 1 else { return nil }
        self.places = places
        plus = Frame(lead: body.lead, tail: body.tail)
        minus = Frame(lead: other.lead, tail: other.tail)
        mark = marks.first ?? ""
        firstGroup = runs.last?.utf8.count ?? 0
        otherGroups = runs.count > 2 ? runs[runs.count - 2].utf8.count : firstGroup
        let mark = mark
        let counts = (firstGroup + 1)...(firstGroup + 2)
        leastDigits = counts.first { write("1" + String(repeating: "2", count: $0 - 1))?.contains(mark) == true } ?? 64
        for probe in Self.probes where !holds(for: probe, write) { return nil }
    }

    private func holds(for probe: String, _ write: (String) -> String?) -> Bool {
        SmallDecimal(probe).map { text($0) == write(probe) } ?? false
    }

    /// Both sides of every border of a group, and what is rounded to nothing is none of them.
    private static let probes: [String] = {
        let wholes = (0...12).flatMap { digits in
            ["1" + String(repeating: "0", count: digits), String(repeating: "9", count: digits + 1)]
        }
        return (["0", "0.5", "12.25", "1234.5"] + wholes).flatMap { $0 == "0" ? [$0] : [$0, "-" + $0] }
    }()

    /// Writes an amount; `nil` where it has too many digits.
    func text(_ amount: SmallDecimal) -> String? {
        guard let units = amount.units(places: places) else { return nil }
        let digits = String(units)
        let padding = max(0, places + 1 - digits.utf8.count)
        let whole = digits.utf8.count + padding - places
        let frame = amount.significand < 0 && units > 0 ? minus : plus
        var text = frame.lead
        var position = 0
        for byte in repeatElement(UInt8(ascii: "0"), count: padding) + Array(digits.utf8) {
            if position == whole {
                text += point
            } else if position > 0, position < whole {
                separate(whole, position, &text)
            }
            text.unicodeScalars.append(Unicode.Scalar(byte))
            position += 1
        }
        text += frame.tail
        return text
    }

    private func separate(_ whole: Int, _ position: Int, _ text: inout String) {
        let rest = whole - position
        guard whole >= leastDigits, rest >= firstGroup, (rest - firstGroup).isMultiple(of: otherGroups) else { return }
        text += mark
    }
}

/// The runs of ASCII digits of a text and what stands around them.
private struct DigitRuns {
    private(set) var lead = ""
    private(set) var runs: [String] = []
    private(set) var marks: [String] = []
    private(set) var tail = ""

    /// `nil` for a text without digits.
    init?(_ text: String) {
        var between = ""
        var endsRun = true
        for scalar in text.unicodeScalars {
            guard (48...57).contains(scalar.value) else {
                between.unicodeScalars.append(scalar)
                endsRun = true
                continue
            }
            if endsRun {
                if runs.isEmpty { lead = between } else { marks.append(between) }
                runs.append("")
                between = ""
            }
            endsRun = false
            runs[runs.count - 1].unicodeScalars.append(scalar)
        }
        guard !runs.isEmpty else { return nil }
        tail = between
    }
}
