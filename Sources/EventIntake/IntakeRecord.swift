// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import Messages
internal import Webhooks

/// What the outbox stores of a request that is no ordinary event.
enum IntakeRecord {
    /// An event that is evaluated once what it leaves out was looked up.
    static func submission(awaiting received: ReceivedEvent, _ dedupe: Submission.Dedupe) -> Submission {
        Submission(
            event: NewEvent(
                received.event,
                secretLabel: received.secretLabel,
                disposition: .pending(reason: "it waits for its look-up")
            ),
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
    static func json(_ receipts: [Receipt]) -> JSON {
        guard receipts.count != 1 else { return receipts[0].json }
        let events = receipts.map(\.json)
        return ["events": .array(events), "messages": .array(events.flatMap { $0["messages"]?.array ?? [] })]
    }

    /// One event's part of the answer: the event, whether it was known, and its messages.
    private var json: JSON {
        let messages = messages.map { message -> JSON in
            [
                "id": .string(message.id.rawValue), "rule": .string(message.rule),
                "state": .string(message.state.rawValue),
            ]
        }
        return ["event": .string(event.rawValue), "duplicate": .bool(isDuplicate), "messages": .array(messages)]
    }
}
