// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A stretch of the number line; either end may be open or missing.
struct NumberRange: Hashable, Sendable {
    struct Bound: Hashable, Sendable {
        let number: PatternNumber
        let isIncluded: Bool
    }

    var lower: Bound?
    var upper: Bound?

    init(lower: Bound? = nil, upper: Bound? = nil) {
        self.lower = lower
        self.upper = upper
    }

    init(equalTo number: PatternNumber) {
        lower = Bound(number: number, isIncluded: true)
        upper = lower
    }

    /// Whether some number lies inside: the lower end is below the upper one.
    ///
    /// A range of one number is written with `=`, so two equal ends count as a mistake even when both are included.
    var isProper: Bool {
        guard let lower, let upper else { return true }
        return lower.number < upper.number
    }

    func contains(_ number: PatternNumber) -> Bool {
        startsBefore(number) && endsAfter(number)
    }

    /// Whether the number is not below the range.
    func startsBefore(_ number: PatternNumber) -> Bool {
        guard let lower else { return true }
        return lower.number < number || lower.isIncluded && lower.number == number
    }

    /// Whether the number is not above the range.
    func endsAfter(_ number: PatternNumber) -> Bool {
        guard let upper else { return true }
        return number < upper.number || upper.isIncluded && upper.number == number
    }
}
