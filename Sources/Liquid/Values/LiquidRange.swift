// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A run of whole numbers, `(1..5)`; empty when the last is smaller than the first.
public struct LiquidRange: Hashable, Sendable {
    /// The first number.
    public let first: Int
    /// The last number, which belongs to the run.
    public let last: Int

    /// A run.
    ///
    /// - Parameters:
    ///   - first: The first number.
    ///   - last: The last number.
    public init(first: Int, last: Int) {
        self.first = first
        self.last = last
    }

    /// How many numbers there are; at most `Int.max`.
    public var count: Int {
        guard last >= first else { return 0 }
        let (distance, hasOverflown) = last.subtractingReportingOverflow(first)
        return hasOverflown || distance == .max ? .max : distance + 1
    }

    /// The numbers; empty when they are more than asked for.
    func elements() -> [LiquidValue] {
        last >= first ? (first...last).map { .number(LiquidNumber($0)) } : []
    }
}
