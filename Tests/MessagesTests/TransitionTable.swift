// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import TestSupport
import Testing

/// The complete table of transitions: every state × every happening.
enum TransitionTable {
    /// What can happen to a message.
    enum Trigger: CaseIterable, Sendable {
        case claim, accepted, refused, retryable, uncertain, unauthorized, leaseExpired, acceptedLate, release,
            postpone, cancel, retry
    }

    /// What comes of it.
    enum Result: Equatable, Sendable {
        case illegal
        case becomes(MessageState, MessageStateMachine.Action)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let from: MessageState
        let trigger: Trigger
        let expected: Result

        var testDescription: String { "\(from) + \(trigger)" }
    }

    static let now = TestClock().now
    /// Four seconds: what the generator that always draws the top makes of a four-second ceiling.
    static let later = now.advanced(by: .seconds(8))
    static let policy = RetryPolicy(base: .seconds(4), cap: .seconds(60), maxAttempts: 12)

    static func machine(
        in state: MessageState,
        attempts: Int = 1,
        expiresAt: Timestamp? = nil,
        onUncertain: NewMessage.OnUncertain = .retry
    ) -> MessageStateMachine {
        MessageStateMachine(
            state: state,
            attempts: attempts,
            dueAt: state.isWaiting ? now : nil,
            agesFrom: now,
            expiresAt: expiresAt,
            onUncertain: onUncertain
        )
    }

    static let rows: [Row] = MessageState.allCases.flatMap { state in
        Trigger.allCases.map { Row(from: state, trigger: $0, expected: legal[state]?[$0] ?? .illegal) }
    }

    /// What is not in here is illegal.
    private static let legal: [MessageState: [Trigger: Result]] = [
        .scheduled: waiting,
        .queued: waiting.merging(late) { $1 },
        .sending: [
            .accepted: .becomes(.accepted, .finish(partnerID: "wamid.1")),
            .refused: .becomes(.failed, .bury(reason: "the partner answered 422")),
            .retryable: .becomes(.retrying, .schedule(at: later)),
            .uncertain: .becomes(.queued, .schedule(at: later)),
            .unauthorized: .becomes(.queued, .pauseAccount(reason: "the partner answered 401")),
            .leaseExpired: .becomes(.queued, .schedule(at: later)),
            .release: .becomes(.queued, .schedule(at: now)),
            .postpone: .becomes(.deferred, .schedule(at: later)),
        ],
        .accepted: [:],
        .retrying: waiting.merging(late) { $1 },
        .uncertain: late.merging([
            .cancel: .becomes(.cancelled, .drop(reason: "called off")),
            .retry: .becomes(.queued, .schedule(at: now)),
        ]) { $1 },
        .failed: late.merging([.retry: .becomes(.queued, .schedule(at: now))]) { $1 },
        .cancelled: late,
        .deferred: waiting.merging(late) { $1 },
        .suppressed: [:],
    ]

    private static let waiting: [Trigger: Result] = [
        .claim: .becomes(.sending, .send),
        .postpone: .becomes(.deferred, .schedule(at: later)),
        .cancel: .becomes(.cancelled, .drop(reason: "called off")),
    ]

    private static let late: [Trigger: Result] = [.acceptedLate: .becomes(.accepted, .finish(partnerID: "wamid.1"))]
}

extension TransitionTable.Trigger {
    /// Lets it happen.
    func apply(
        to machine: inout MessageStateMachine
    ) throws(MessageStateMachine.IllegalTransition) -> MessageStateMachine.Action {
        let now = TransitionTable.now
        var top = TopGenerator()
        switch self {
        case .claim: return try machine.claim(at: now)
        case .leaseExpired: return try machine.leaseExpired(at: now, policy: TransitionTable.policy, using: &top)
        case .acceptedLate: return try machine.acceptedLate(partnerID: "wamid.1")
        case .release: return try machine.release(at: now, because: "stopping")
        case .postpone: return try machine.postpone(to: TransitionTable.later, because: "quiet hours")
        case .cancel: return try machine.cancel(because: "called off")
        case .retry: return try machine.retry(at: now, because: "asha wants it sent")
        case .accepted, .refused, .retryable, .uncertain, .unauthorized:
            return try machine.attemptEnded(outcome, at: now, policy: TransitionTable.policy, using: &top)
        }
    }

    private var outcome: Outcome {
        switch self {
        case .refused: .refused(Make.detail(422))
        case .retryable: .retryable(Make.detail(503), retryAfter: nil)
        case .uncertain: .uncertain(Make.detail(0))
        case .unauthorized: .unauthorized(Make.detail(401))
        default: .accepted(partnerID: "wamid.1")
        }
    }
}

/// Draws the highest number of every range.
struct TopGenerator: RandomNumberGenerator {
    mutating func next() -> UInt64 { .max }
}
