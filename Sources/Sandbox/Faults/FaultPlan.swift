// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Decides which faults strike which request, and counts it.
///
/// A value without clock or log.
struct FaultPlan: Sendable {
    /// What happens to one request.
    struct Fate: Hashable, Sendable {
        /// How long it waits first.
        var delay: Duration = .zero
        /// What goes wrong then; `nil` for nothing.
        var strike: SandboxFault.Kind?
    }

    /// A fault with what it did so far.
    struct Entry: Hashable, Sendable {
        let fault: SandboxFault
        /// How many requests came by.
        var seen = 0
        /// How many of them it struck.
        var struck = 0
    }

    private(set) var entries: [Entry]

    init(_ faults: [SandboxFault]) {
        entries = faults.map { Entry(fault: $0) }
    }

    /// Draws the fate of one request: latencies add up, of the others the first that strikes wins.
    ///
    /// - Parameters:
    ///   - phone: To whom the message goes; `nil` where the request does not say.
    ///   - random: Where shares are drawn from.
    /// - Returns: Its fate.
    mutating func next(to phone: String? = nil, using random: inout some RandomNumberGenerator) -> Fate {
        var fate = Fate()
        for position in entries.indices {
            let only = entries[position].fault.phone
            guard only == nil || only == phone else { continue }
            let isLatency = if case .latency = entries[position].fault.kind { true } else { false }
            guard isLatency || fate.strike == nil else { continue }
            guard entries[position].strikes(using: &random) else { continue }
            if case .latency(let delay) = entries[position].fault.kind {
                fate.delay += delay
            } else {
                fate.strike = entries[position].fault.kind
            }
        }
        return fate
    }
}

extension FaultPlan.Entry {
    fileprivate mutating func strikes(using random: inout some RandomNumberGenerator) -> Bool {
        seen += 1
        guard seen > fault.skip, fault.times.map({ struck < $0 }) ?? true else { return false }
        guard Double.random(in: 0..<1, using: &random) < fault.rate else { return false }
        struck += 1
        return true
    }
}
