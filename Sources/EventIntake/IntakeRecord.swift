// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import Messages
internal import Webhooks

/// What the outbox stores of a request that is no ordinary event.
enum IntakeRecord {
    /// An event that is evaluated once what it leaves out was looked up.
    static func submission(
        awaiting received: ReceivedEvent,
        _ sideEffects: SideEffects,
        _ dedupe: Submission.Dedupe
    ) -> Submission {
        Submission(
            event: NewEvent(
                received.event,
                secretLabel: received.secretLabel,
                disposition: .pending(reason: "it waits for its look-up")
            ),
            sideEffects: sideEffects,
            dedupe: dedupe,
            pendingPayload: Array(received.event.payload.bytes)
        )
    }

    /// A correctly signed body that cannot be read, kept as it came.
    static func submission(parking body: ParkedBody) -> Submission {
        Submission(
            event: NewEvent(
                id: body.id,
                source: body.source,
                receivedAt: body.receivedAt,
                headers: body.headers,
                rawBody: body.rawBody,
                secretLabel: body.secretLabel,
                disposition: .parked(reason: body.reason)
            ),
            dedupe: .init(key: body.dedupeKey, window: body.dedupeWindow)
        )
    }
}

extension Receipt {
    /// The answer to a sender: of one event its own, of several all of them and their messages together.
    static func report(_ receipts: [Receipt]) -> [UInt8] {
        var text = JSONText(reserving: 256)
        guard receipts.count != 1 else {
            receipts[0].write(to: &text)
            return text.bytes
        }
        text.object { text in
            text.key("events")
            text.array { text in for receipt in receipts { receipt.write(to: &text) } }
            text.key("messages")
            text.array { text in for receipt in receipts { receipt.writeMessages(to: &text) } }
        }
        return text.bytes
    }

    /// One event's part of the answer: the event, whether it was known, and its messages.
    private func write(to text: inout JSONText) {
        text.object { text in
            text.key("event")
            text.string(event.rawValue)
            text.key("duplicate")
            text.bool(isDuplicate)
            text.key("messages")
            text.array(writeMessages)
            if let calledOff {
                text.key("called_off")
                text.value(calledOff.answer)
            }
            if !reports.isEmpty {
                text.key("statuses")
                text.array { text in for result in reports { text.string(result.rawValue) } }
            }
        }
    }

    private func writeMessages(to text: inout JSONText) {
        for message in messages {
            text.object { text in
                text.key("id")
                text.string(message.id.rawValue)
                text.key("rule")
                text.string(message.rule)
                text.key("state")
                text.string(message.state.rawValue)
            }
        }
    }
}
