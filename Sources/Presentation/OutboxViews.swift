// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox
package import PartnerAPI

/// The outbox as the command line shows it: for people, and as JSON.
package enum OutboxViews {
    // MARK: Lists

    /// Messages of one recipient, one a line, and which of them one event made: that is why there are two.
    package static func table(ofOne messages: [Message], masking: Masking = .none, at now: Timestamp? = nil) -> String {
        var (order, rules): ([EventID], [EventID: [String]]) = ([], [:])
        for message in messages.reversed() {
            if rules[message.event] == nil { order.append(message.event) }
            rules[message.event, default: []].append(message.rule)
        }
        let several = order.reversed().filter { rules[$0]?.count ?? 0 > 1 }
        let lines = several.map { event in
            let names = rules[event] ?? []
            return "\(names.count) messages of one event, \(event): \(names.joined(separator: ", "))"
        }
        let table = table(messages, masking: masking, at: now)
        return lines.isEmpty ? table : table + "\n" + lines.map(VisibleText.line(_:)).joined(separator: "\n") + "\n"
    }

    /// Messages, one a line; where `now` is told, also how many are due and have not left.
    package static func table(_ messages: [Message], masking: Masking = .none, at now: Timestamp? = nil) -> String {
        let late = now.map { now in messages.count { $0.lateness(at: now) != nil } } ?? 0
        let words = "'hookline accounts list' says what holds their accounts"
        let note = late == 0 ? "" : "\n\(late.counted("message")) due for more than a minute: \(words)\n"
        let table = TextTable.render(
            titles: ["MESSAGE", "CREATED", "STATE", "DELIVERY", "RULE", "TO", "TRIES", "WHY"],
            rows: messages.map { message in
                [
                    message.id.rawValue, time(message.createdAt), message.state.rawValue,
                    message.arrival?.status?.rawValue ?? "-", message.rule,
                    masking.recipient(message), String(message.attempts),
                    masking.reason(message.reason),
                ]
            }
        )
        return table + note
    }

    /// What is about to leave, one a line, with a sentence before it.
    package static func schedule(_ messages: [Message], masking: Masking = .none, at now: Timestamp) -> String {
        guard let first = messages.first?.dueAt else { return "nothing waits\n" }
        let next = first <= now ? "the first is due" : "the first may leave in \(wait(until: first, now))"
        let rows = messages.map { message in
            [
                message.dueAt.map(time) ?? "-", message.dueAt.map { wait(until: $0, now) } ?? "-", message.id.rawValue,
                message.state.rawValue, message.rule, masking.recipient(message), masking.reason(message.reason),
            ]
        }
        return "\(messages.count.counted("message waits", "messages wait")): \(next)\n\n"
            + TextTable.render(titles: ["LEAVES", "IN", "MESSAGE", "STATE", "RULE", "TO", "WHY"], rows: rows)
    }

    /// How long it is until then, in whole seconds.
    private static func wait(until time: Timestamp, _ now: Timestamp) -> String {
        let seconds = now.duration(to: time).components.seconds
        return seconds <= 0 ? "due" : DurationText.about(.seconds(seconds))
    }

    /// Events and refused requests together, the newest first, one a line.
    package static func table(
        _ events: [EventSummary],
        _ rejections: [Rejection],
        masking: Masking = .none
    ) -> String {
        let accepted = events.map { event in
            (
                event.receivedAt,
                [
                    event.id.rawValue, time(event.receivedAt), event.source,
                    event.type.isEmpty ? "-" : masking.text(event.type),
                    event.disposition.name.rawValue, String(event.messages), event.calledOff?.cell ?? "-",
                    String(event.duplicates),
                    event.disposition.reason.map(masking.reason)
                        ?? event.calledOff?.lines(masking).joined(separator: "; ") ?? "",
                ]
            )
        }
        let refused = rejections.map { rejection in
            (
                rejection.at,
                [
                    "-", time(rejection.at), rejection.source, "-", "\(rejection.status) \(rejection.code)", "-", "-",
                    rejection.count == 1 ? "-" : String(rejection.count),
                    rejection.reason,
                ]
            )
        }
        return TextTable.render(
            titles: ["EVENT", "RECEIVED", "SOURCE", "TYPE", "RESULT", "MESSAGES", "CALLED OFF", "REPEATED", "WHY"],
            rows: (accepted + refused).sorted { $0.0 > $1.0 }.map(\.1)
        )
    }

    // MARK: One

    /// A message with its tries and its timeline; where `now` is told, also how late it is.
    package static func text(_ detail: MessageDetail, masking: Masking = .none, at now: Timestamp? = nil) -> String {
        let message = detail.message
        let local = LocalTimes(of: masking.hidesContents ? nil : message.request?.message?.recipient)
        var fields: [FieldList.Field] = [
            ("message", "\(message.id)"),
            ("state", "\(message.state.rawValue): \(local.adding(to: masking.reason(message.reason)))"),
            ("rule", message.rule),
            ("event", "\(message.event) of source \(message.source)"),
            ("account", message.account.isEmpty ? "-" : message.account),
            ("to", masking.recipient(message)),
        ]
        if let due = message.dueAt { fields.append(("due", local.adding(to: time(due)))) }
        if let late = now.flatMap(message.lateness) {
            let words = "'hookline accounts list' says what holds account '\(message.account)'"
            fields.append(("late", "it was due \(Int(late.inSeconds) / 60) min ago: \(words)"))
        }
        if message.state == .accepted || message.arrival?.status != nil {
            fields.append(("delivery", delivery(message)))
        }
        if let replay = detail.replay { fields.append(("replay", "\(replay)")) }
        if let successor = detail.successor { fields.append(("told by", "\(successor), of a replay")) }
        if let partnerID = message.partnerID { fields.append(("partner", masking.id(partnerID))) }
        var text = FieldList.render(fields)
        if let request = message.request?.message { text += "\n\(masking.request(request).text(.indented))\n" }
        if let digest = detail.digest { text += "\n" + events(digest, masking) }
        if !detail.attempts.isEmpty { text += "\n" + attempts(detail, masking) }
        return text + "\n" + timeline(detail, masking, local)
    }

    /// What became of a message after the partner had taken it.
    private static func delivery(_ message: Message) -> String {
        guard let arrival = message.arrival else { return "not known: no source reports what becomes of messages" }
        let times = [
            ("sent", arrival.sentAt), ("delivered", arrival.deliveredAt), ("read", arrival.readAt),
            ("failed", arrival.failedAt),
        ]
        let known = times.compactMap { name, at in at.map { "\(name) \(time($0))" } }
        return known.isEmpty ? "nothing was reported yet" : known.joined(separator: ", ")
    }

    /// The events that a message tells together, a few a line.
    private static func events(_ digest: DigestDetail, _ masking: Masking) -> String {
        let shown = masking.key(digest.key) ?? ""
        let key = shown.isEmpty ? "" : " of '\(VisibleText.line(shown))'"
        let state = digest.isOpen ? ", and takes more" : ""
        var text = "\(digest.size.counted("event"))\(key)\(state):\n"
        for event in digest.events { text += "  \(event)\n" }
        let rest = digest.size - digest.events.count
        return rest > 0 ? text + "  and \(rest.counted("more event"))\n" : text
    }

    private static func attempts(_ detail: MessageDetail, _ masking: Masking) -> String {
        let rows = detail.attempts.map { attempt in
            [
                String(attempt.number), time(attempt.startedAt), "\(attempt.duration.inSeconds) s",
                attempt.outcome.name.rawValue, attempt.outcome.detail?.code ?? "-",
                masking.reason(attempt.outcome.detail?.reason ?? ""),
            ]
        }
        return TextTable.render(titles: ["TRY", "TIME", "TOOK", "OUTCOME", "CODE", "WHY"], rows: rows)
    }

    /// How a message's state changed; where it only learnt something, where it stands.
    private static func change(_ entry: TimelineEntry) -> String {
        let from = entry.from.flatMap { $0 == entry.to ? nil : "\($0.rawValue) → " }
        return (from ?? "") + entry.to.rawValue
    }

    private static func timeline(_ detail: MessageDetail, _ masking: Masking, _ local: LocalTimes) -> String {
        let changes = detail.timeline.map { entry in
            [
                time(entry.at), entry.who, change(entry), local.adding(to: masking.reason(entry.why)),
            ]
        }
        return TextTable.render(titles: ["TIME", "WHO", "STATE", "WHY"], rows: changes)
    }

    /// An event with its headers, its body and its messages.
    package static func text(_ stored: StoredEvent, masking: Masking = .none) -> String {
        let event = stored.event
        var text = FieldList.render([
            ("event", "\(event.id)"),
            ("source", event.source),
            ("type", event.type.isEmpty ? "-" : masking.text(event.type)),
            ("sender id", event.senderID.map(masking.id) ?? "-"),
            ("received", time(event.receivedAt)),
            ("signed by", event.secretLabel ?? "-"),
            (
                "result",
                event.disposition.name.rawValue + (event.disposition.reason.map { ": \(masking.reason($0))" } ?? "")
            ),
            ("repeated", "\(stored.duplicates)" + (stored.lastDuplicateAt.map { ", last \(time($0))" } ?? "")),
        ])
        if let trace = event.trace { text += FieldList.render([("trace", "\(trace.trace), span \(trace.span)")]) }
        if let calledOff = stored.calledOff {
            text += FieldList.render(
                [("called off", calledOff.total.sentence)] + calledOff.lines(masking).map { ("by", $0) }
            )
        }
        guard stored.hasBody else {
            text += FieldList.render([("contents", "erased, as 'retention_contents' says; this record stays")])
            return stored.messages.isEmpty ? text : text + "\n" + table(stored.messages, masking: masking)
        }
        if let lookUp = stored.lookUp { text += lines(lookUp, masking) }
        let headers = masking.headers(event.headers).map { "\($0.name): \($0.value)" }
        text += "\n" + headers.map { VisibleText.line($0) + "\n" }.joined()
        text += "\n\(masking.body(event.rawBody))\n"
        return stored.messages.isEmpty ? text : text + "\n" + table(stored.messages, masking: masking)
    }

    /// What is known of an event's look-up.
    private static func lines(_ lookUp: LookUpRecord, _ masking: Masking) -> String {
        if let due = lookUp.dueAt {
            return FieldList.render([("look-up", "failed \(lookUp.failures.counted("time")), next at \(time(due))")])
        }
        guard let result = lookUp.result else { return FieldList.render([("look-up", "failed, and is over")]) }
        return FieldList.render([("enriched", masking.body(result))])
    }

    // MARK: Parts

    /// The recipient as it leaves.
    package static func recipient(_ request: MessageRequest) -> String { Masking.none.recipient(request) }

    private static func time(_ time: Timestamp) -> String { time.rfc3339 }
}
