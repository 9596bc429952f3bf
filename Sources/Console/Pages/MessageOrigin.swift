// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Messages
internal import OrderedCollections
internal import Outbox

// Why a message says what it says, to that number, and when; and what else its recipient got.

extension Screens {
    /// So many bytes of the event are shown beside a message.
    private static let mostPayload = 3_000
    /// The rules are not asked about a larger event for each look at a message; the event's page does.
    private static let mostExplained = 1 << 20

    /// What a message was made of.
    struct Origin {
        let shown: Shown
        /// The event, as far as it is kept.
        let event: JSON?
    }

    /// What its rule makes of its event now, the rule's lines, and what the event said.
    static func origin(_ message: JSON, _ visit: Visit) async throws -> Origin {
        let (id, name) = (message["event"]?.string ?? "", message["rule"]?.string ?? "")
        let event = try await visit.find(
            "/events/\(Visit.segment(id))",
            [("body_bytes", "\(mostPayload * 4)"), ("messages", "0")]
        )
        let rule = try await running(name, visit)
        let (answers, why) = try await verdict(of: name, event, visit)
        let made = message["created_at"]?.time
        let read = rule?["read_at"]?.time
        let isNewer = read.flatMap { read in made.map { $0 < read } } ?? false
        let shown: Shown = [
            "answers": .list(answers), "why": .sentence(why), "gaps": gaps(message["request"]),
            "rule": rule.map { ruleShown($0, withTests: false).with(["newer": .flag(isNewer)]) } ?? .nothing,
            "payload": event.map { payload($0, most: mostPayload) } ?? .nothing, "event": .text(id),
        ]
        return Origin(shown: shown, event: event)
    }

    /// What a rule makes of an event now; or why nobody says.
    private static func verdict(of rule: String, _ event: JSON?, _ visit: Visit) async throws -> ([Shown], String?) {
        guard let event else { return ([], "Its event is not kept any more.") }
        guard visit.token.seesPersonalData else {
            return ([], "Your token was made without --pii: what the rule says of the event is hidden.")
        }
        guard event["body_size"]?.number?.int ?? 0 <= mostExplained else {
            return ([], "The event is large: its own page says what its rules make of it.")
        }
        do throws(APIProblem) {
            let answer = try await visit.get("/events/\(Visit.segment(event["id"]?.string ?? ""))/explanation")
            return ((answer["rules"]?.array ?? []).filter { $0["rule"]?.string == rule }.map { Shown($0) }, nil)
        } catch {
            return ([], error.detail)
        }
    }

    /// What was put into a template's gaps.
    private static func gaps(_ request: JSON?) -> Shown {
        let values = (request?["templateVariables"]?.object ?? [:]).map { name, value -> Shown in
            ["name": .text(name), "value": .text(value.string ?? value.text())]
        }
        return values.isEmpty ? .nothing : ["values": .list(values)]
    }

    // MARK: When

    /// How long it took to leave, and what made it late; nothing where there is nothing to say.
    static func pace(_ detail: JSON, _ event: JSON?, _ visit: Visit) async throws -> Shown {
        let message = detail["message"] ?? .null
        func span(_ from: Timestamp?, _ to: Timestamp?) -> String? {
            guard let from, let to, from.duration(to: to) >= .seconds(60) else { return nil }
            return DurationText.about(from.duration(to: to))
        }
        let made = message["created_at"]?.time
        let left = detail["attempts"]?.array?.last?["started_at"]?.time
        var words: [String] = []
        if let late = span(event?["time"]?.time, event?["received_at"]?.time) {
            words.append("Its event reached us \(late) after it had happened.")
        }
        if let wait = span(made, left) {
            let what = message["state"]?.string == MessageState.accepted.rawValue ? "sent" : "last tried"
            words.append("It was \(what) \(wait) after it was made; what it waited for stands below.")
        }
        if let late = span(message["due_at"]?.time, visit.now) {
            words.append("It was due \(late) ago. \(try await hold(on: message["account"]?.string ?? "", visit))")
        }
        return .sentence(words.isEmpty ? nil : words.joined(separator: " "))
    }

    /// What holds the messages of an account.
    private static func hold(on name: String, _ visit: Visit) async throws -> String {
        let accounts = try await visit.get("/accounts")["data"]?.array ?? []
        guard let account = accounts.first(where: { $0["name"]?.string == name }) else {
            return "The configuration has no account '\(name)' any more."
        }
        let stops = account["stopped"]?.array ?? []
        if let stop = stops.first(where: isWhole)?["reason"]?.string {
            return "Its account stopped: \(stop)"
        }
        if let since = account["paused_since"]?.string { return "Its account is paused since \(since)." }
        if let since = account["failing_since"]?.string { return "The partner fails since \(since)." }
        if let until = account["waits_until"]?.string { return "Its account waits until \(until)." }
        let held = holds(account)
        guard held.isEmpty else { return "Its account sends all but what it holds: \(held.joined(separator: "; "))." }
        return "Its account sends; others stand before it."
    }

    /// What of an account's messages is held though the rest leaves, each with its reason.
    static func holds(_ account: JSON) -> [String] {
        let stops = (account["stopped"]?.array ?? []).filter { !isWhole($0) }.map { stop in
            "\(stop["part"]?.string ?? "a part") stopped: \(stop["reason"]?.string ?? "nobody says why")"
        }
        let held = (account["held"]?.array ?? []).map { held in
            let until = held["until"]?.string.map { " until \($0)" } ?? ""
            return "\(held["what"]?.string ?? "some")\(until): \(held["reason"]?.string ?? "nobody says why")"
        }
        let uncertain = account["uncertain_held_since"]?.string.map {
            "uncertain messages since \($0): too many answers leave open what happened"
        }
        return stops + held + (uncertain.map { [$0] } ?? [])
    }

    // MARK: Beside it

    /// So many messages are looked at for what else somebody got.
    private static let mostBeside = 100

    /// What else its recipient got within a day of it, and how that came; nothing where there is nothing.
    ///
    /// Who may not see numbers cannot look for one: for them it is what else its event made.
    static func beside(_ message: JSON, _ visit: Visit) async throws -> Shown {
        guard let made = message["created_at"]?.time else { return .nothing }
        let day = Duration.seconds(86_400)
        let (whom, isOfEvent) = whom(message)
        let query =
            whom + [
                ("since", made.advanced(by: day * -1).rfc3339), ("until", made.advanced(by: day).rfc3339),
                ("limit", "\(mostBeside + 1)"),
            ]
        let others = (try await visit.get("/messages", query)["data"]?.array ?? []).filter { $0["id"] != message["id"] }
        guard !others.isEmpty else { return .nothing }
        let rows = others.prefix(5).map { MessageRows.row($0).with(["reason": .sentence(kinship($0, message))]) }
        let isMore = others.count >= mostBeside
        let count = isMore ? "\(mostBeside) and more other messages" : others.count.counted("other message")
        let words = isOfEvent ? "\(count) of its event within a day of it" : "\(count) to them within a day of it"
        return ["words": .text(words), "rows": .list(rows)]
    }

    /// How another message is akin to one.
    private static func kinship(_ other: JSON, _ message: JSON) -> String {
        switch (other["event"] == message["event"], other["rule"] == message["rule"]) {
        case (true, true): "the same rule, for the same event"
        case (true, false): "another rule, for the same event"
        case (false, true): "the same rule, for another event"
        case (false, false): "another rule, for another event"
        }
    }

    /// Whom a message is for as a filter; without the right to see that, its event.
    private static func whom(_ message: JSON) -> (query: [(String, String?)], isOfEvent: Bool) {
        let request = message["request"]
        if let phone = request?["phone"]?.string { return ([("to", "+\(phone.drop { $0 == "+" })")], false) }
        if let contact = request?["contactId"]?.string { return ([("contact", contact)], false) }
        return ([("event", message["event"]?.string)], true)
    }
}
