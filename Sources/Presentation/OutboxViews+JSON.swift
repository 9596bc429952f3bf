// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import HTTPTypes
package import Messages
package import Outbox
internal import PartnerAPI

// The same views as data, for `--json`.

extension Message {
    /// The message as `--json` shows it.
    package var json: JSON { json(.none) }

    /// The message as `--json` shows it, masked.
    package func json(_ masking: Masking) -> JSON {
        [
            "id": .string(id.rawValue), "event": .string(event.rawValue), "source": .string(source),
            "rule": .string(rule),
            "account": .string(account), "state": .string(state.rawValue), "reason": .string(reason),
            "delivery": arrival?.shown ?? .null,
            "attempts": .number(JSONNumber(attempts)), "partner_id": partnerID.map(JSON.string) ?? .null,
            "due_at": dueAt.json, "expires_at": expiresAt.json, "created_at": .string(createdAt.rfc3339),
            "updated_at": .string(updatedAt.rfc3339),
            "request": request?.message.map { masking.json($0.json()) } ?? .null,
        ]
    }
}

extension Arrival {
    /// The arrival as `--json` shows it; `null` while nothing is known.
    fileprivate var shown: JSON {
        guard let status else { return .null }
        return [
            "status": .string(status.rawValue), "sent_at": sentAt.json, "delivered_at": deliveredAt.json,
            "read_at": readAt.json, "failed_at": failedAt.json,
            "code": code.map { .number(JSONNumber($0)) } ?? .null,
        ]
    }
}

extension MessageDetail {
    /// The message with its tries and its timeline as `--json` shows it.
    package func json(_ masking: Masking = .none) -> JSON {
        let attempts = attempts.map { attempt -> JSON in
            [
                "number": .number(JSONNumber(attempt.number)), "started_at": .string(attempt.startedAt.rfc3339),
                "duration_seconds": .number(JSONNumber(unchecked: String(attempt.duration.inSeconds))),
                "outcome": .string(attempt.outcome.name.rawValue),
                "status": attempt.outcome.detail?.status.map { .number(JSONNumber($0)) } ?? .null,
                "code": attempt.outcome.detail.map { .string($0.code) } ?? .null,
                "reason": attempt.outcome.detail.map { .string($0.reason) } ?? .null,
            ]
        }
        let timeline = timeline.map { entry -> JSON in
            [
                "at": .string(entry.at.rfc3339), "who": .string(entry.who),
                "from": entry.from.map { .string($0.rawValue) } ?? .null, "to": .string(entry.to.rawValue),
                "why": .string(entry.why),
            ]
        }
        return [
            "message": message.json(masking), "attempts": .array(attempts), "timeline": .array(timeline),
            "digest": digest?.json ?? .null, "replay": replay.map { .string($0.rawValue) } ?? .null,
        ]
    }
}

extension DigestDetail {
    fileprivate var json: JSON {
        [
            "key": .string(key), "open": .bool(isOpen), "size": .number(JSONNumber(size)),
            "events": .array(events.map { .string($0.rawValue) }),
        ]
    }
}

extension EventSummary {
    /// The event as `--json` shows it in a list.
    package var json: JSON {
        [
            "id": .string(id.rawValue), "source": .string(source), "type": .string(type),
            "sender_id": senderID.map(JSON.string) ?? .null, "time": .string(time.rfc3339),
            "received_at": .string(receivedAt.rfc3339), "secret": secretLabel.map(JSON.string) ?? .null,
            "result": .string(disposition.name.rawValue),
            "reason": disposition.reason.map(JSON.string) ?? .null, "duplicates": .number(JSONNumber(duplicates)),
            "messages": .number(JSONNumber(messages)), "called_off": calledOff?.json ?? .null,
        ]
    }
}

extension Rejection {
    /// The refused request as `--json` shows it.
    package var json: JSON {
        [
            "at": .string(at.rfc3339), "source": .string(source), "status": .number(JSONNumber(status)),
            "result": .string(code), "reason": .string(reason), "count": .number(JSONNumber(count)),
        ]
    }
}

extension StoredEvent {
    /// The event with its body and messages as `--json` shows it.
    package func json(_ masking: Masking = .none) -> JSON {
        let headers = event.headers.map { field -> JSON in
            [.string(field.name.rawName), .string(masking.header(field.name.rawName, field.value))]
        }
        return [
            "id": .string(event.id.rawValue), "source": .string(event.source), "type": .string(event.type),
            "sender_id": event.senderID.map(JSON.string) ?? .null, "time": .string(event.time.rfc3339),
            "received_at": .string(event.receivedAt.rfc3339),
            "secret": event.secretLabel.map(JSON.string) ?? .null, "result": .string(event.disposition.name.rawValue),
            "reason": event.disposition.reason.map(JSON.string) ?? .null,
            "duplicates": .number(JSONNumber(duplicates)), "called_off": calledOff?.json ?? .null,
            "look_up": lookUp?.json(masking) ?? .null, "headers": .array(headers),
            "body": hasBody ? .string(masking.body(event.rawBody)) : .null,
            "messages": .array(messages.map { $0.json(masking) }),
        ]
    }
}

extension ArchivedEvent {
    /// The event as a line of an export: what ``StoredEvent/json`` says of it, without what became of it.
    package var line: JSON {
        let headers = event.headers.map { field -> JSON in [.string(field.name.rawName), .string(field.value)] }
        return [
            "id": .string(event.id.rawValue), "source": .string(event.source), "type": .string(event.type),
            "sender_id": event.senderID.map(JSON.string) ?? .null, "time": .string(event.time.rfc3339),
            "received_at": .string(event.receivedAt.rfc3339), "look_up": lookUp?.json(.none) ?? .null,
            "headers": .array(headers), "body": .string(String(decoding: event.rawBody, as: UTF8.self)),
        ]
    }
}

extension LookUpRecord {
    /// The look-up as `--json` shows it; `enriched` is what was found.
    fileprivate func json(_ masking: Masking) -> JSON {
        [
            "failures": .number(JSONNumber(failures)), "due_at": dueAt.json,
            "enriched": result.flatMap { try? JSON(parsing: $0) }.map(masking.json) ?? .null,
        ]
    }
}

extension Timestamp? {
    var json: JSON { map { .string($0.rfc3339) } ?? .null }
}
