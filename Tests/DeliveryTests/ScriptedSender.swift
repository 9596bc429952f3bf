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

    func send(_ request: RenderedRequest, account: String) async -> Outcome {
        sent.record(account)
        if let gate, await !gate.pass() {
            return .uncertain(AttemptDetail(code: "cancelled", reason: "cancelled while it waited for an answer"))
        }
        return answers.withLockedValue { $0.isEmpty ? afterwards : $0.removeFirst() }
    }
}
