// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// What one rendering may use; passing a limit is an error of code ``LiquidError/Code/limit``.
public struct LiquidLimits: Hashable, Sendable {
    /// The most bytes (UTF-8) of output, and of any single text that a filter or `capture` makes.
    public var outputBytes: Int
    /// The most loop steps, over all loops together; also the most elements of a list that a filter makes.
    public var steps: Int
    /// The most blocks that may stand inside each other; checked when the template is compiled.
    public var depth: Int

    /// Limits.
    ///
    /// - Parameters:
    ///   - outputBytes: 1 MiB if left out.
    ///   - steps: 100,000 if left out.
    ///   - depth: 100 if left out.
    public init(outputBytes: Int = 1 << 20, steps: Int = 100_000, depth: Int = 100) {
        self.outputBytes = outputBytes
        self.steps = steps
        self.depth = depth
    }
}
