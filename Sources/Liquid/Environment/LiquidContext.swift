// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

public import Events
public import Foundation

/// What a filter may know of the rendering that calls it.
public final class LiquidContext: Sendable {
    /// The limits of the rendering.
    public let limits: LiquidLimits
    /// Whether undefined values are refused or print nothing.
    public let undefined: UndefinedPolicy
    /// The values in scope, `assign` and loop variables not included.
    public let scope: LiquidScope

    init(environment: LiquidEnvironment, scope: LiquidScope) {
        limits = environment.limits
        undefined = environment.undefined
        self.scope = scope
    }

    /// What `now` means.
    public var now: Timestamp { scope.now }
    /// The zone in which points in time without a zone are read and printed.
    public var timeZone: TimeZone { scope.timeZone }
    /// Whether an undefined value must not reach the output.
    public var isStrict: Bool { undefined == .strict }

    /// How the payload's writer writes amounts, empty fields and times.
    public var conventions: DataConventions { scope.conventions }

    /// Whether the payload has nothing there: null, or what its writer writes for an empty field.
    ///
    /// - Parameter value: A value of the payload.
    /// - Returns: Whether a message must not show it.
    public func isMissing(_ value: LiquidValue) -> Bool { scope.isMissing(value) }

    /// Refuses a value that is larger than the limits allow.
    func check(_ value: LiquidValue) throws(LiquidError) {
        switch value {
        case .string(let text): try check(bytes: text.utf8.count)
        case .array(let elements):
            try check(elements: elements.count)
            try checkTexts(of: elements)
        default: break
        }
    }

    /// Refuses a list whose texts together are many times larger than one may be: it could be printed.
    private func checkTexts(of elements: [LiquidValue]) throws(LiquidError) {
        var bytes = 0
        for case .string(let text) in elements { bytes += text.utf8.count }
        try check(bytes: bytes / 16)
    }

    /// Refuses a text of that size, before it is made.
    func check(bytes: Int) throws(LiquidError) {
        guard bytes > limits.outputBytes else { return }
        throw LiquidError(.limit, "the text is longer than the allowed \(limits.outputBytes) bytes")
    }

    /// Refuses a list of that size, before it is made.
    func check(elements: Int) throws(LiquidError) {
        guard elements > limits.steps else { return }
        throw LiquidError(.limit, "the list has more than the allowed \(limits.steps) elements")
    }
}
