// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import HTTPTypes
package import Messages
package import Outbox
internal import PartnerAPI

// The same views as data, for `--json`.

extension Message {
    /// The message as `--json` shows it, as much of it as may be shown.
    package func json(_ masking: Masking = .none) -> JSON {
        [
            "id": .string(id.rawValue), "event": .string(event.rawValue), "source": .string(source),
            "rule": .string(rule),
            "account": .string(account), "state": .string(state.rawValue),
            "reason": .string(masking.reason(reason)), "delivery": arrival?.shown ?? .null,
            "attempts": .number(JSONNumber(attempts)),
            "partner_id": partnerID.map { .string(masking.id($0)) } ?? .null,
            "due_at": dueAt.json, "expires_at": expiresAt.json, "created_at": .string(createdAt.rfc3339),
            "updated_at": .string(updatedAt.rfc3339),
            "request": request?.message.map(masking.request) ?? .null,
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
    /// The message with its tries and its timeline as `--json` shows it, as much of it as may be shown.
    package func json(_ masking: Masking = .none) -> JSON {
        let attempts = attempts.map { attempt -> JSON in
            [
                "number": .number(JSONNumber(attempt.number)), "started_at": .string(attempt.startedAt.rfc3339),
                "duration_seconds": .number(JSONNumber(unchecked: String(attempt.duration.inSeconds))),
                "outcome": .string(attempt.outcome.name.rawValue),
                "status": attempt.outcome.detail?.status.map { .number(JSONNumber($0)) } ?? .null,
                "code": attempt.outcome.detail.map { .string($0.code) } ?? .null,
                "reason": attempt.outcome.detail.map { .string(masking.reason($0.reason)) } ?? .null,
            ]
        }
        let timeline = timeline.map { entry -> JSON in
            [
                "at": .string(entry.at.rfc3339), "who": .string(entry.who),
                "from": entry.from.map { .string($0.rawValue) } ?? .null, "to": .string(entry.to.rawValue),
                "why": .string(masking.reason(entry.why)),
            ]
        }
        return [
            "message": message.json(masking), "attempts": .array(attempts), "timeline": .array(timeline),
            "digest": digest?.json(masking) ?? .null, "replay": replay.map { .string($0.rawValue) } ?? .null,
            "successor": successor.map { .string($0.rawValue) } ?? .null,
        ]
    }
}

extension DigestDetail {
    fileprivate func json(_ masking: Masking) -> JSON {
        [
            "key": masking.key(key).map(JSON.string) ?? .null, "open": .bool(isOpen), "size": .number(JSONNumber(size)),
            "events": .array(events.map { .string($0.rawValue) }),
        ]
    }
}

extension EventSummary {
    /// The event as `--json` shows it in a list, as much of it as may be shown.
    package func json(_ masking: Masking = .none) -> JSON {
        [
            "id": .string(id.rawValue), "source": .string(source), "type": .string(masking.text(type)),
            "sender_id": senderID.map { .string(masking.id($0)) } ?? .null, "time": .string(time.rfc3339),
            "received_at": .string(receivedAt.rfc3339), "secret": secretLabel.map(JSON.string) ?? .null,
            "result": .string(disposition.name.rawValue),
            "reason": disposition.reason.map { .string(masking.reason($0)) } ?? .null,
            "duplicates": .number(JSONNumber(duplicates)), "messages": .number(JSONNumber(messages)),
            "called_off": calledOff?.json(masking) ?? .null,
        ]
    }
}

extension CallOffReport {
    /// The report with its keys as they may be shown.
    fileprivate func json(_ masking: Masking) -> JSON {
        let by = zip(parts, json["by"]?.array ?? []).map { part, json -> JSON in
            var shown = json
            if let key = part.key { shown = shown.adding(["key": masking.key(key).map(JSON.string) ?? .null]) }
            guard let reason = json["reason"]?.string else { return shown }
            return shown.adding(["reason": .string(masking.reason(reason))])
        }
        return json.adding(["by": .array(by)])
    }

    /// A line for each rule and key, as people are told, with the keys as they may be shown.
    func lines(_ masking: Masking) -> [String] {
        zip(parts, lines).map { part, line in
            guard let key = part.key else { return masking.reason(line) }
            guard masking.key(key) != key else { return masking.text(line) }
            return "rule '\(part.rule)', key '\(masking.key(key) ?? "")': \(part.count.sentence)"
        }
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
    /// The event with its body and messages as `--json` shows it, as much of it as may be shown.
    ///
    /// - Parameters:
    ///   - masking: What may be shown.
    ///   - most: So many bytes of the body at most; all of it if left out.
    /// - Returns: The event; `body_size` says how many bytes the whole body has.
    package func json(_ masking: Masking = .none, most: Int = .max) -> JSON {
        let headers = masking.headers(event.headers).map { field -> JSON in [.string(field.name), .string(field.value)]
        }
        return [
            "id": .string(event.id.rawValue), "source": .string(event.source),
            "type": .string(masking.text(event.type)),
            "sender_id": event.senderID.map { .string(masking.id($0)) } ?? .null, "time": .string(event.time.rfc3339),
            "received_at": .string(event.receivedAt.rfc3339),
            "secret": event.secretLabel.map(JSON.string) ?? .null, "result": .string(event.disposition.name.rawValue),
            "reason": event.disposition.reason.map { .string(masking.reason($0)) } ?? .null,
            "duplicates": .number(JSONNumber(duplicates)), "called_off": calledOff?.json(masking) ?? .null,
            "look_up": lookUp?.json(masking) ?? .null,
            "traceparent": event.trace.map { .string($0.traceparent) } ?? .null, "headers": .array(headers),
            "body": hasBody ? masking.contents(event.rawBody.beginning(most)).map(JSON.string) ?? .null : .null,
            "body_size": hasBody ? .number(JSONNumber(event.rawBody.count)) : .null,
            "messages": .array(messages.map { $0.json(masking) }), "message_count": .number(JSONNumber(messageCount)),
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
