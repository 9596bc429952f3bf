// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Messages
internal import Webhooks

extension ReceivedEvent {
    /// What it tells about messages and their recipients; `nil` for nothing, as of most events.
    func told(_ hearing: Hearing, country: String?) -> SideEffects? {
        guard !feedback.isEmpty else { return nil }
        let heard = hearing.heard(self, country: country)
        let told = SideEffects(reports: reports, heard: heard, stopScope: hearing.scope)
        return told.isEmpty ? nil : told
    }

    /// What it says became of messages; a status that means nothing to us is none.
    private var reports: [DeliveryReport] {
        feedback.compactMap { feedback in
            guard case .status(let told) = feedback, let status = DeliveryReport.Status(rawValue: told.status) else {
                return nil
            }
            return DeliveryReport(
                status,
                of: told.id,
                code: told.code.flatMap { Int($0) },
                words: told.reason,
                at: min(event.time, event.receivedAt),
                source: event.source
            )
        }
    }
}

extension SideEffects {
    /// The same, with what the event tells about messages and their recipients.
    func with(_ told: SideEffects) -> SideEffects {
        var all = self
        all.reports += told.reports
        all.heard += told.heard
        all.stopScope = told.stopScope
        return all
    }
}
