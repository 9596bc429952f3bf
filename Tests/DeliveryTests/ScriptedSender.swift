// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Messages
import NIOConcurrencyHelpers
import Outbox
import PartnerAPI
import TestSupport

/// A sender that answers from a script, and can be made to wait before it does.
final class ScriptedSender: MessageSender {
    /// What was sent, in order.
    let sent = EventRecorder<String>()
    private let answers: NIOLockedValueBox<[Outcome]>
    private let afterwards: Outcome
    private let gate: Gate?

    /// A sender.
    ///
    /// - Parameters:
    ///   - answers: How the first attempts end.
    ///   - afterwards: How all further ones end.
    ///   - gate: What every attempt waits for; a cancelled one ends as uncertain there.
    init(
        _ answers: [Outcome] = [],
        then afterwards: Outcome = .accepted(partnerID: "wamid.1"),
        gate: Gate? = nil
    ) {
        self.answers = NIOLockedValueBox(answers)
        self.afterwards = afterwards
        self.gate = gate
    }

    func send(_ request: MessageRequest, account: String) async -> Outcome {
        sent.record(account)
        if let gate, await !gate.pass() {
            return .uncertain(AttemptDetail(code: "cancelled", reason: "cancelled while it waited for an answer"))
        }
        return answers.withLockedValue { $0.isEmpty ? afterwards : $0.removeFirst() }
    }
}

/// Holds those who pass until somebody opens it.
final class Gate: Sendable {
    private let state = NIOLockedValueBox(State())

    private struct State {
        var isOpen = false
        var nextID = 0
        var waiting: [Int: CheckedContinuation<Bool, Never>] = [:]
        var cancelled: Set<Int> = []
    }

    /// Lets everyone pass, now and from now on.
    func open() {
        let waiting = state.withLockedValue { state in
            state.isOpen = true
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume(returning: true) }
    }

    /// Waits; false when the task was cancelled meanwhile.
    func pass() async -> Bool {
        let id = state.withLockedValue { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLockedValue { state -> Bool? in
                    if state.isOpen { return true }
                    if state.cancelled.remove(id) != nil { return false }
                    state.waiting[id] = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let continuation = state.withLockedValue { state in
                state.cancelled.insert(id)
                return state.waiting.removeValue(forKey: id)
            }
            continuation?.resume(returning: false)
        }
    }
}
