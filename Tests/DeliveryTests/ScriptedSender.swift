// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Messages
import NIOConcurrencyHelpers
import Outbox
import TestSupport

/// A sender that answers from a script, and can be made to wait before it does.
final class ScriptedSender: MessageSender {
    /// What was sent, in order.
    let sent = EventRecorder<String>()
    private let answers: NIOLockedValueBox<[Outcome]>
    private let afterwards: Outcome
    private let gate: Gate?
    private let waiting = NIOLockedValueBox<[Task<Void, Never>]>([])

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

    func send(_ batch: [Sending], ended: @escaping @Sendable ([SendEnd]) -> Void) {
        for (index, sending) in batch.enumerated() {
            sent.record(sending.account)
            guard let gate else {
                ended([SendEnd(index: index, outcome: answer())])
                continue
            }
            let task = Task {
                let cancelled = AttemptDetail(code: "cancelled", reason: "cancelled while it waited for an answer")
                ended([SendEnd(index: index, outcome: await gate.pass() ? answer() : .uncertain(cancelled))])
            }
            waiting.withLockedValue { $0.append(task) }
        }
    }

    func cancelAll() {
        for task in waiting.withLockedValue({ $0 }) { task.cancel() }
    }

    private func answer() -> Outcome {
        answers.withLockedValue { $0.isEmpty ? afterwards : $0.removeFirst() }
    }
}
