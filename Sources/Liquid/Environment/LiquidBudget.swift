// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What several renderings may use together, beside the ``LiquidLimits`` of each.
///
/// A scope carries it (``LiquidScope/budget``), and with it every scope that is made of that one. A rendering reads
/// what is left when it begins and charges what it used when it ends, so that its steps cost no more than without a
/// budget; renderings at the same time may each use what was left for one.
public final class LiquidBudget: Sendable {
    /// The most loop steps; a rendering counts for one at least.
    public let steps: Int
    /// The most bytes of output, together with the bytes of large texts and lists that filters read and make.
    public let bytes: Int
    private let usedSteps = Atomic<Int>(0)
    private let usedBytes = Atomic<Int>(0)

    /// A budget of which nothing is used.
    ///
    /// - Parameters:
    ///   - steps: 500,000 if left out.
    ///   - bytes: 64 MiB if left out.
    public init(steps: Int = 500_000, bytes: Int = 64 << 20) {
        self.steps = steps
        self.bytes = bytes
    }

    /// Whether nothing is left: every further rendering ends with code ``LiquidError/Code/limit``.
    public var isSpent: Bool { remainingSteps == 0 || remainingBytes == 0 }

    var remainingSteps: Int { max(0, steps - usedSteps.load(ordering: .relaxed)) }
    var remainingBytes: Int { max(0, bytes - usedBytes.load(ordering: .relaxed)) }

    func charge(steps: Int, bytes: Int) {
        usedSteps.add(steps, ordering: .relaxed)
        usedBytes.add(bytes, ordering: .relaxed)
    }

    /// The error of a rendering that would pass the budget.
    var error: LiquidError {
        let limits = "\(steps) loop steps and \(bytes >> 20) MiB of text"
        return LiquidError(.limit, "the texts made of one event take more than the allowed \(limits) together")
    }
}
