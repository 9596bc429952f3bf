// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Arithmetic on numbers that come from outside: what does not fit becomes the nearest number that does.
///
/// Swift's own operators end the process there, and with it the work of everyone else.
extension Int64 {
    /// A sum.
    ///
    /// - Parameter other: Any number.
    /// - Returns: The sum, or the end of the range that it passed.
    package func adding(saturating other: Int64) -> Int64 {
        let (sum, hasOverflown) = addingReportingOverflow(other)
        guard hasOverflown else { return sum }
        return other < 0 ? .min : .max
    }

    /// A difference.
    ///
    /// - Parameter other: Any number.
    /// - Returns: The difference, or the end of the range that it passed.
    package func subtracting(saturating other: Int64) -> Int64 {
        let (difference, hasOverflown) = subtractingReportingOverflow(other)
        guard hasOverflown else { return difference }
        return other < 0 ? .max : .min
    }

    /// A product.
    ///
    /// - Parameter other: Any number.
    /// - Returns: The product, or the end of the range that it passed.
    package func multiplied(saturating other: Int64) -> Int64 {
        let (product, hasOverflown) = multipliedReportingOverflow(by: other)
        guard hasOverflown else { return product }
        return (self < 0) == (other < 0) ? .max : .min
    }

    /// The nearest whole number.
    ///
    /// - Parameter value: Any number; what is no number counts as 0.
    package init(saturating value: Double) {
        guard !value.isNaN else {
            self = 0
            return
        }
        self = Int64(exactly: value.rounded()) ?? (value < 0 ? .min : .max)
    }
}
