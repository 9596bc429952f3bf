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
        case claim, accepted, refused, retryable, uncertain, unauthorized, held, stopped, leaseExpired, acceptedLate,
            release, holdBack, postpone, suppress, cancel, retry, sendAgain, markSent, reportedTaken, reportedFailed,
            reportedThrottled, reportedOtherwise, enqueue, fail
    }

    /// What comes of it.
    enum Result: Equatable, Sendable {
        case illegal
        case becomes(MessageState, due: Timestamp?)
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
        onUncertain: OnUncertain = .retry
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
        .scheduled: waiting.merging(taken) { $1 },
        .queued: waiting.merging(late) { $1 },
        .sending: [
            .accepted: .becomes(.accepted, due: nil),
            .refused: .becomes(.failed, due: nil),
            .retryable: .becomes(.retrying, due: later),
            .uncertain: .becomes(.queued, due: later),
            .unauthorized: .becomes(.queued, due: now),
            .held: .becomes(.deferred, due: later),
            .stopped: .becomes(.queued, due: now),
            .leaseExpired: .becomes(.queued, due: later),
            .release: .becomes(.queued, due: now),
            .holdBack: .becomes(.deferred, due: later),
            .postpone: .becomes(.deferred, due: later),
        ],
        .accepted: undelivered,
        .retrying: waiting.merging(late) { $1 },
        .uncertain: late.merging(undelivered) { $1 }.merging([
            .cancel: .becomes(.cancelled, due: nil),
            .sendAgain: .becomes(.queued, due: now),
            .markSent: .becomes(.accepted, due: nil),
        ]) { $1 },
        .failed: late.merging([.retry: .becomes(.queued, due: now)]) { $1 },
        .cancelled: late,
        .deferred: waiting.merging(late) { $1 },
        .suppressed: [:],
    ]

    private static let waiting: [Trigger: Result] = [
        .claim: .becomes(.sending, due: nil),
        .postpone: .becomes(.deferred, due: later),
        .suppress: .becomes(.failed, due: nil),
        .enqueue: .becomes(.queued, due: now),
        .fail: .becomes(.failed, due: nil),
        .cancel: .becomes(.cancelled, due: nil),
    ]

    private static let late = taken.merging([.acceptedLate: .becomes(.accepted, due: nil)]) { $1 }
    private static let taken: [Trigger: Result] = [.reportedTaken: .becomes(.accepted, due: nil)]
    private static let undelivered: [Trigger: Result] = [
        .reportedFailed: .becomes(.failed, due: nil),
        .reportedThrottled: .becomes(.deferred, due: later),
        .reportedOtherwise: .becomes(.queued, due: now),
    ]
}

extension TransitionTable.Trigger {
    /// Lets it happen.
    func apply(
        to machine: inout MessageStateMachine
    ) throws(MessageStateMachine.IllegalTransition) {
        let now = TransitionTable.now
        var top = TopGenerator()
        switch self {
        case .claim: try machine.claim(at: now)
        case .leaseExpired: try machine.leaseExpired(at: now, policy: TransitionTable.policy, using: &top)
        case .acceptedLate: try machine.acceptedLate()
        case .release: try machine.release(at: now, because: "stopping")
        case .holdBack:
            let policy = TransitionTable.policy
            try machine.holdBack(until: TransitionTable.later, at: now, policy: policy, because: "held back")
        case .postpone: try machine.postpone(to: TransitionTable.later, because: "quiet hours")
        case .suppress: try machine.suppress(because: "limit")
        case .enqueue: try machine.enqueue(at: now, because: "3 events in one message")
        case .fail: try machine.fail(because: "could not be built")
        case .cancel: try machine.cancel(because: "called off")
        case .retry: try machine.retry(at: now, because: "asha wants it sent")
        case .sendAgain: try machine.sendAgain(at: now, calledOffBy: nil, because: "asha releases it")
        case .markSent: try machine.markSent(because: "asha saw it")
        case .reportedTaken: try machine.reportedTaken(because: "delivered")
        case .reportedFailed: try reportUndelivered(.failed, to: &machine)
        case .reportedThrottled: try reportUndelivered(.again(after: .seconds(8)), to: &machine)
        case .reportedOtherwise: try reportUndelivered(.otherwise, to: &machine)
        case .accepted, .refused, .retryable, .uncertain, .unauthorized, .held, .stopped:
            try machine.attemptEnded(outcome, at: now, policy: TransitionTable.policy, using: &top)
        }
    }

    private func reportUndelivered(
        _ fate: MessageStateMachine.Undelivered,
        to machine: inout MessageStateMachine
    ) throws(MessageStateMachine.IllegalTransition) {
        let (now, policy) = (TransitionTable.now, TransitionTable.policy)
        try machine.reportedUndelivered(because: "not delivered", fate, at: now, policy: policy)
    }

    private var outcome: Outcome {
        switch self {
        case .refused: .refused(Make.detail(422))
        case .retryable: .retryable(Make.detail(503), retryAfter: nil)
        case .uncertain: .uncertain(Make.detail(0))
        case .unauthorized: .unauthorized(Make.detail(401))
        case .held: .held(Make.detail(400, "meta_131056"), for: .seconds(8))
        case .stopped: .held(Make.detail(403, "meta_368"), for: .zero)
        default: .accepted(partnerID: "wamid.1")
        }
    }
}

/// Draws the highest number of every range.
struct TopGenerator: RandomNumberGenerator {
    mutating func next() -> UInt64 { .max }
}
