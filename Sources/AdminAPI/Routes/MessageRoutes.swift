// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Messages
internal import OrderedCollections
internal import Outbox
internal import Presentation

// What left, what waits, what failed, and what people decide about it.

extension RouteTable {
    private static let filters =
        [
            Parameter("state", .choice(MessageState.allCases.map(\.rawValue)), "Only those in this state."),
            Parameter("rule", "Only those of this rule."),
            Parameter("rule_off", .flag, "Only those that wait though their rule is switched off, renamed or gone."),
            Parameter("source", "Only those of this source."),
            Parameter("event", "Only those that this event caused."),
            Parameter("key", "Only those with this key: what the rule's key gave."),
            Parameter("partner_id", "Only the one that the partner calls so."),
            Parameter(
                "delivery",
                .choice(DeliveryReport.Status.allCases.map(\.rawValue)),
                "Only those that got so far after the partner took them."
            ),
        ] + recipient + [.since, Parameter("until", .time, "Only what came before then.")]

    /// Whom a list is about.
    static let recipient = [
        Parameter("to", "Only those to this phone number, in any spelling."),
        Parameter("country", "The country of a number without country code, such as IN."),
        Parameter("contact", "Only those to this contact of the partner's."),
    ]

    /// The names that the store may have for whom a list is about; none for everybody.
    static func recipients(_ call: Call, _ ports: AdminPorts) throws(APIProblem) -> [String] {
        try refuse("contact", beside: "to", call)
        if let contact = call.query["contact"] { return ["contact:\(contact)"] }
        guard let phone = call.query["to"] else { return [] }
        do throws(AdminPorts.Refusal) {
            return ConsentEntry.names(of: try ports.phone(phone, call.query["country"]))
        } catch {
            throw APIProblem(.badValue, "The number is none.", [.init(.parameter("to"), error.reason)])
        }
    }

    /// Refuses two parameters that name two recipients.
    static func refuse(_ name: String, beside other: String, _ call: Call) throws(APIProblem) {
        guard call.query[name] != nil, call.query[other] != nil else { return }
        let mistake = FieldMistake(.parameter(name), "names a second recipient; expected it or '\(other)'")
        throw APIProblem(.badValue, "The query has 1 mistake.", [mistake])
    }

    /// How many messages stand in which state, each state with its number.
    static func json(_ counts: [MessageState: Int]) -> JSON {
        let states = MessageState.allCases.map { ($0.rawValue, JSON.number(JSONNumber(counts[$0] ?? 0))) }
        return .object(.init(uniqueKeysWithValues: states))
    }

    static func messageRoutes(_ ports: AdminPorts) -> [Route] {
        messageLists(ports) + messageContents(ports.store)
            + Decision.Kind.allCases.map { decision($0, ports.store) }
    }

    private static func messageLists(_ ports: AdminPorts) -> [Route] {
        let store = ports.store
        return [
            .get(
                "/messages",
                .read,
                "Messages, the newest first.",
                query: filters + Parameter.paging,
                answer: .page("Message")
            ) { call in
                let page = try await store.messages(filter(call, ports))
                let isOfOne = call.query["to"] != nil || call.query["contact"] != nil
                return .page(page) { $0.json(call.masking) }.printed {
                    isOfOne
                        ? OutboxViews.table(ofOne: page.elements, masking: call.masking, at: call.now)
                        : OutboxViews.table(page.elements, masking: call.masking, at: call.now)
                }
            },
            .get(
                "/messages/next",
                .read,
                "What leaves next, the soonest first: all messages that wait, whatever for.",
                query: [.limit],
                answer: .list("Message")
            ) { call in
                let messages = try await store.leavingNext(limit: call.limit)
                return .list(messages.map { $0.json(call.masking) })
                    .printed { OutboxViews.schedule(messages, masking: call.masking, at: call.now) }
            },
            .get(
                "/messages/count",
                .read,
                "How many messages there are.",
                query: filters,
                answer: .value(.ref("Count"))
            ) {
                count(try await store.count(filter($0, ports), upTo: countBound + 1))
            },
        ]
    }

    /// So many of a rule's messages are counted by their state.
    static let newestOfRule = 2_000

    private static func messageContents(_ store: any ServiceStore) -> [Route] {
        [
            .get(
                "/messages/states",
                .read,
                "How many messages stand in which state, however many there are; of a rule, of its newest \(newestOfRule) alone.",
                query: [Parameter("rule", "Only the newest \(newestOfRule) of this rule.")],
                answer: .value(.ref("StateCounts"))
            ) { call in
                let counts =
                    if let rule = call.query["rule"] {
                        try await store.countsByState(of: rule, newest: newestOfRule)
                    } else {
                        try await store.countsByState()
                    }
                return .json(json(counts))
            },
            .get(
                "/messages/{id}",
                .read,
                "A message with its tries and its timeline.",
                answer: .resource("MessageDetail")
            ) { call in
                let detail = try await detail(call, store)
                return .resource(detail.json(call.masking))
                    .printed { OutboxViews.text(detail, masking: call.masking, at: call.now) }
            },
        ]
    }

    private static func filter(_ call: Call, _ ports: AdminPorts) throws(APIProblem) -> MessageFilter {
        MessageFilter(
            state: call.word("state"),
            arrival: call.word("delivery"),
            rule: call.query["rule"],
            source: call.query["source"],
            recipients: try recipients(call, ports),
            key: call.query["key"],
            partnerID: call.query["partner_id"],
            event: call.query["event"].map(EventID.init(rawValue:)),
            since: call.time("since"),
            until: call.time("until"),
            notOf: call.query["rule_off"] == "true" ? ports.enabledRules() : nil,
            limit: call.limit,
            cursor: call.cursor
        )
    }

    private static func detail(_ call: Call, _ store: any ServiceStore) async throws -> MessageDetail {
        try found(try await store.message(MessageID(rawValue: call.id)), "message")
    }

    private static let anyway = BodyShape.Field(
        "anyway",
        .flag,
        "Also to somebody who wants no such messages; timeline and audit log say who decided that."
    )

    private static func decision(_ kind: Decision.Kind, _ store: any ServiceStore) -> Route {
        let states = kind.states.map(\.rawValue).joined(separator: ", ")
        let name = kind.rawValue.replacing("_", with: "-")
        return .post(
            "/messages/{id}/\(name)",
            .operate,
            "\(summary(kind)) From: \(states). `If-Match` says of which state it was decided.",
            body: BodyShape(kind == .retry || kind == .release ? [anyway] : []),
            answer: .value(.ref("Message"))
        ) { call in
            let (masking, id) = (call.masking, MessageID(rawValue: call.id))
            let detail = try await detail(call, store)
            if let wanted = call.ifMatch {
                let tag = Answer.tag(of: detail.json(masking).encoded())
                guard RequestReading.tags(wanted).contains(where: { $0 == tag || $0 == "*" }) else {
                    throw APIProblem(
                        .preconditionFailed,
                        "The message is not what If-Match names; get it again and look."
                    )
                }
            }
            let place = PlannedChange.Place.store(
                .decide(Decision(kind, why: call.reason, anyway: call.body["anyway"] == true), id),
                ifSteps: call.ifMatch == nil ? nil : detail.timeline.count
            ) { changed in
                guard case .message(let message) = changed else { return .null }
                return message.json(masking)
            }
            return PlannedChange(place: place)
        }
    }

    private static func summary(_ kind: Decision.Kind) -> String {
        switch kind {
        case .retry: "Sends a failed message after all."
        case .release: "Sends an uncertain message again; it may arrive twice."
        case .markSent: "Takes an uncertain message for accepted."
        case .cancel: "Calls a message off."
        }
    }
}
