// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox

/// Keeps a partner that hangs from doubling everything: when too many answers of an account within a minute leave it open
/// whether the message was taken, the next ones wait for a person instead of being sent again by themselves.
///
/// It holds until the circuit closes; where the circuit never opened, because other answers came in between, until a
/// minute had no more of them than are allowed. Pure; time is a parameter, on the steady line.
struct StormBrake {
    /// How long an uncertain answer counts.
    private static let window = AccountCondition.memory

    /// What an attempt's end did to it.
    enum Change: Hashable {
        case none
        /// Uncertain messages wait for a person from now on.
        case engaged
        /// They are sent again by themselves from now on.
        case released
    }

    /// So many in a minute are let pass.
    let limit: Int
    /// Since when it holds; `nil` while it does not.
    private(set) var since: Timestamp?
    /// How many came of late, by when, to the second.
    private(set) var recent: [Timestamp: Int] = [:]

    init(_ limit: Int) {
        self.limit = limit
    }

    /// Notes how an attempt ended.
    ///
    /// - Parameters:
    ///   - outcome: How.
    ///   - circuit: What that did to the circuit, and whether it is closed now.
    ///   - now: When.
    /// - Returns: What changed.
    mutating func attemptEnded(
        _ outcome: Outcome,
        circuit: (change: CircuitBreaker.Change, isClosed: Bool),
        at now: Timestamp
    ) -> Change {
        guard circuit.change != .closed else {
            recent = [:]
            return release()
        }
        guard outcome.name == .uncertain || since != nil else { return .none }
        recent = recent.filter { $0.key.advanced(by: Self.window) > now }
        if outcome.name == .uncertain {
            recent[now.wholeSecond, default: 0] += 1
            guard since == nil, isOver else { return .none }
            since = now
            return .engaged
        }
        return circuit.isClosed && !isOver ? release() : .none
    }

    private var isOver: Bool { recent.values.reduce(0, +) > limit }

    /// Takes over what others learnt.
    mutating func adopt(_ recent: [Timestamp: Int], since: Timestamp?) {
        (self.recent, self.since) = (recent, since)
    }

    private mutating func release() -> Change {
        defer { since = nil }
        return since == nil ? .none : .released
    }

    /// Why an uncertain message is not sent again by itself; `nil` while it may be.
    var reason: String? {
        since == nil
            ? nil
            : "more than \(limit) of the account's answers within a minute left that open, so it waits for a person"
    }
}
