// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// The arguments of one call of a filter: `| name: positional, positional, key: named`.
public struct LiquidArguments: Sendable {
    /// The arguments without a name, in their order.
    public let positional: [LiquidValue]
    /// The arguments with a name.
    public let named: [String: LiquidValue]

    /// No arguments.
    static let none = LiquidArguments(positional: [], named: [:])

    /// Arguments for calling a filter directly.
    ///
    /// - Parameters:
    ///   - positional: In their order.
    ///   - named: By name.
    public init(positional: [LiquidValue], named: [String: LiquidValue] = [:]) {
        self.positional = positional
        self.named = named
    }

    /// How many arguments without a name there are.
    public var count: Int { positional.count }

    /// The argument at that position, from 0; `nil` when the call has fewer.
    public subscript(position: Int) -> LiquidValue? {
        position < positional.count ? positional[position] : nil
    }

    /// The argument of that name; `nil` when the call has none.
    public subscript(name: String) -> LiquidValue? { named[name] }
}
