// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Outbox

// One event: what the sender said, what each rule makes of it now, and the messages that came of it.

extension Screens {
    /// So much of a payload is on the page; the whole is a file.
    private static let mostCharacters = 12_000
    /// So many bytes it takes on a page, laid out and as it came.
    private static let mostEscaped = 32_000
    /// So many bytes of it are asked for, whatever it holds.
    private static let mostRead = 16_384
    /// So many messages are on the page; the rest are in the list of messages.
    private static let mostMessages = 50

    static let event = Screen(path: PathPattern("events/{id}"), scope: .read, tab: .events, template: "event") {
        visit in
        let event = try await visit.event(visit.id, bytes: mostRead, messages: mostMessages)
        let body = event["body"]?.string
        let messages = event["messages"]?.array ?? []
        let headers = (event["headers"]?.array ?? []).map { pair -> Shown in
            ["name": .optional(pair.array?.first?.string), "value": .optional(pair.array?.last?.string)]
        }
        let shown: Shown = [
            "event": Shown(event).with(["look": result(event["result"])]),
            "rows": MessageRows.of(messages), "rest": rest(event),
            "silent": .flag(messages.isEmpty), "headerLines": .list(headers), "payload": payload(event),
            "explanation": try await explanation(visit), "calledOff": calledOff(event["called_off"]),
            "repeated": .flag(event["duplicates"]?.number?.int ?? 0 > 0),
            "canDraft": .flag(body != nil), "canTry": .flag(visit.may(.operate) && body != nil),
            "canReplay": .flag(visit.may(.operate)),
            "canLookUp": .flag(visit.may(.operate) && event["look_up"] != .null),
        ]
        return .page(title: event["type"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? "Event", shown)
    }

    /// How many of its messages are not on the page; nothing where all are.
    private static func rest(_ event: JSON) -> Shown {
        let rest = (event["message_count"]?.number?.int ?? 0) - (event["messages"]?.array?.count ?? 0)
        return rest > 0 ? .number(rest) : .nothing
    }

    /// The whole payload, byte for byte, as text that no browser takes for anything else.
    static let payloadFile = Screen(path: PathPattern("events/{id}/payload"), scope: .read, tab: nil, template: "event")
    { visit in
        // Whether there is such an event is said before what a token may not see of it; of others the bytes say it.
        if !visit.token.seesPersonalData { _ = try await visit.event(visit.id) }
        // It may have ten megabytes: nobody reads it on its way.
        return .bytes(try await visit.bytes("/events/\(Visit.segment(visit.id))/payload"))
    }

    /// The payload in lines, its numbers as they came; and as it came, where that is something else.
    ///
    /// - Parameters:
    ///   - event: As the API showed it, with no more of its body than is wanted.
    ///   - most: So many bytes are shown at most.
    /// - Returns: Nothing where no payload is shown.
    static func payload(_ event: JSON, most: Int = mostCharacters) -> Shown {
        guard let body = event["body"]?.string else { return .nothing }
        let size = event["body_size"]?.number?.int ?? body.utf8.count
        var most = most
        var (raw, lines) = (body.beginning(most), layOut(body, most))
        // Signs that are escaped take more room on a page than in a payload.
        while most > 1, VisibleHTML().escapeText((lines?.text ?? "") + raw).utf8.count > mostEscaped {
            most /= 2
            (raw, lines) = (body.beginning(most), layOut(body, most))
        }
        let isCut = lines?.isCut ?? (raw != body) || size > body.utf8.count
        return [
            "lines": .text(lines?.text ?? raw), "cut": .flag(isCut),
            "raw": (lines?.text ?? raw) == raw ? .nothing : .text(raw), "size": .number(size),
        ]
    }

    private static func layOut(_ body: String, _ most: Int) -> BoundedLines? {
        BoundedLines.takes(body) ? BoundedLines(body, most: most) : nil
    }

    /// What each rule makes of the event now; or why nobody can say.
    private static func explanation(_ visit: Visit) async throws -> Shown {
        do throws(APIProblem) {
            let answer = try await visit.get("/events/\(Visit.segment(visit.id))/explanation")
            let rules = (answer["rules"]?.array ?? []).map { Shown($0) }
            let refused = (answer["refused"]?.array ?? []).map { Shown($0) }
            return ["rules": .list(rules), "refused": .list(refused), "none": .flag(rules.isEmpty), "why": .nothing]
        } catch {
            let why =
                error.kind == .hidden
                ? "Your token was made without --pii: what rules say of it is hidden." : error.detail
            return ["rules": [], "refused": [], "none": false, "why": .sentence(why)]
        }
    }

    private static func calledOff(_ json: JSON?) -> Shown {
        guard let json, json != .null else { return .nothing }
        let by: Shown = .list((json["by"]?.array ?? []).map { Shown($0) })
        let counts = [
            ("cancelled", "called off"), ("leaving", "leaving already"), ("too_late", "too late: it had left"),
        ]
        .map { (count: json[$0.0]?.number?.int ?? 0, words: $0.1) }
        guard counts.contains(where: { $0.count > 0 }) else {
            return ["words": "Nothing waited that it could have called off, under:", "by": by]
        }
        let words = counts.filter { $0.count > 0 }.map { "\($0.count) \($0.words)" }.joined(separator: "; ")
        return ["words": .text("What it was to call off: \(words). Under:"), "by": by]
    }

    static let lookUpAgain = Screen(
        path: PathPattern("events/{id}/retry"),
        scope: .operate,
        tab: .events,
        template: "ask",
        show: { visit in
            Ask(
                verb: "Look it up again",
                about: visit.id,
                consequence: "What the event leaves out is asked of its sender again; its rules run when it is there.",
                back: "events/\(Visit.segment(visit.id))"
            ).showing(visit)
        },
        act: { visit in
            try Ask.check(visit)
            _ = try await visit.post("/events/\(Visit.segment(visit.id))/retry")
            return Landing(place: "events/\(Visit.segment(visit.id))", note: "It is looked up again.")
        }
    )
}
