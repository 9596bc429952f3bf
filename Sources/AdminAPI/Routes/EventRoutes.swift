// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Messages
internal import Outbox
internal import Presentation

// What came in, and what became of it.

extension RouteTable {
    /// What is counted at most: a count says whether there are more.
    static let countBound = 10_000

    static let eventFilters =
        [
            Parameter("source", "Only those of this source."),
            Parameter("type", "Only those of this type."),
            Parameter("result", .choice(Disposition.Name.allCases.map(\.rawValue)), "Only those with this result."),
            Parameter(
                "secret",
                "Only those that this secret had signed: its variable's or file's name; among the newest \(EventFilter.secretReach) events."
            ),
        ] + recipient + [.since]

    static func eventRoutes(_ ports: AdminPorts) -> [Route] {
        eventLists(ports) + [event(ports.store), eventSearch(ports), rejections(ports.store)] + eventContents(ports) + [
            eventRetry
        ]
    }

    private static func eventLists(_ ports: AdminPorts) -> [Route] {
        let store = ports.store
        return [
            .get(
                "/events",
                .read,
                "Events, the newest first.",
                query: eventFilters + Parameter.paging,
                answer: .page("EventSummary")
            ) { call in
                let page = try await store.events(eventFilter(call, ports))
                return .page(page) { $0.json(call.masking) }
                    .printed { OutboxViews.table(page.elements, [], masking: call.masking) }
            },
            .get(
                "/events/count",
                .read,
                "How many events there are.",
                query: eventFilters,
                answer: .value(.ref("Count"))
            ) {
                count(try await store.count(eventFilter($0, ports), upTo: countBound + 1))
            },
        ]
    }

    private static func event(_ store: any ServiceStore) -> Route {
        .get(
            "/events/{id}",
            .read,
            "An event with its messages; headers and body with pii alone.",
            query: [
                Parameter(
                    "body_bytes",
                    .number(0...1_000_000_000),
                    "The most bytes of the body; all of it if left out. `body_size` says how many there are."
                ),
                Parameter(
                    "messages",
                    .number(0...1_000_000),
                    "The most of its messages, the first of them; all if left out. `message_count` says how many there are."
                ),
            ],
            answer: .resource("Event")
        ) { call in
            let messages = call.query["messages"].flatMap { Int($0) } ?? .max
            let event = try found(try await store.event(EventID(rawValue: call.id), messages: messages), "event")
            let most = call.query["body_bytes"].flatMap { Int($0) } ?? .max
            return .resource(event.json(call.masking, most: most))
                .printed { OutboxViews.text(event, masking: call.masking) }
        }
    }

    private static func rejections(_ store: any ServiceStore) -> Route {
        .get(
            "/rejections",
            .read,
            "Requests that were refused, the newest first.",
            query: [Parameter("source", "Only those to this source."), Parameter.since] + Parameter.paging,
            answer: .page("Rejection")
        ) { call in
            let filter = RejectionFilter(
                source: call.query["source"],
                since: call.time("since"),
                limit: call.limit,
                cursor: call.cursor
            )
            let page = try await store.rejections(filter)
            return .page(page, \.json).printed { OutboxViews.table([], page.elements) }
        }
    }

    private static func eventContents(_ ports: AdminPorts) -> [Route] {
        let store = ports.store
        return [
            .get(
                "/events/{id}/payload",
                .read,
                showsPersonalData: true,
                "An event's body, byte for byte as it came.",
                answer: .bytes
            ) { call in
                .bytes(try await whole(call, store).event.rawBody, type: "application/octet-stream")
            },
            .get(
                "/events/{id}/explanation",
                .read,
                showsPersonalData: true,
                "What every rule makes of an event now, and what came of it, as `hookline explain` says it.",
                answer: .value(.ref("Explanation"))
            ) { call in
                let event = try await whole(call, store, messages: 20)
                do throws(AdminPorts.Refusal) {
                    let explanation = try await ports.explain(event)
                    return .json(explanation.json).printed { explanation.text }
                } catch {
                    throw APIProblem(.conflict, error.reason)
                }
            },
        ]
    }

    /// An event with what it says.
    ///
    /// - Throws: ``APIProblem`` where that was erased, or what the store says.
    static func whole(_ call: Call, _ store: any ServiceStore, messages: Int = 0) async throws -> StoredEvent {
        let event = try found(try await store.event(EventID(rawValue: call.id), messages: messages), "event")
        guard event.hasBody else {
            throw APIProblem(.conflict, "What the event says was erased; its record alone is kept.")
        }
        return event
    }

    private static var eventRetry: Route {
        .post(
            "/events/{id}/retry",
            .operate,
            "Looks up again what an event leaves out, at once or after its look-up was given up.",
            answer: .value(.ref("EventState"))
        ) { call in
            let id = EventID(rawValue: call.id)
            return PlannedChange(
                place: .store(.lookUpAgain(id)) { ["id": .string(id.rawValue), "result": .string($0.sentence)] }
            )
        }
    }

    static func eventFilter(_ call: Call, _ ports: AdminPorts) throws(APIProblem) -> EventFilter {
        EventFilter(
            source: call.query["source"],
            type: call.query["type"],
            secretLabel: call.query["secret"],
            disposition: call.word("result"),
            recipients: try recipients(call, ports),
            since: call.time("since"),
            limit: call.limit,
            cursor: call.cursor
        )
    }

    /// A count that stops at the bound.
    static func count(_ number: Int) -> Answer {
        .json([
            "count": .number(JSONNumber(min(number, countBound))), "has_more": .bool(number > countBound),
        ])
    }
}
