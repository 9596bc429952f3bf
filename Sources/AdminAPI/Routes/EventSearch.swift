// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Messages
internal import Outbox
internal import Presentation

// What a payload says, looked for without an index: a piece of the list at a time, and each answer says how far it got.

extension RouteTable {
    /// So many events are looked at for one answer.
    private static let mostSearched = 500
    /// In so many bytes of each body it is looked for: it may have ten megabytes.
    private static let mostOfBody = 65_536
    /// So many are read at a time.
    private static let searchPage = 50

    static func eventSearch(_ ports: AdminPorts) -> Route {
        .get(
            "/events/search",
            .read,
            showsPersonalData: true,
            "Events whose body has a text, the newest first: of \(mostSearched) events for each answer, whose `next` looks further.",
            query: [Parameter("text", .text, required: true, "The text, byte for byte, in the first 64 KiB of a body.")]
                + eventFilters + Parameter.paging,
            answer: .value(.ref("EventSearch"))
        ) { call in
            var filter = try eventFilter(call, ports)
            let (text, limit) = (Array((call.query["text"] ?? "").utf8), call.limit)
            var (found, looked, last): ([EventSummary], Int, Timestamp?) = ([], 0, nil)
            repeat {
                // All of them may have it, and no more than was asked for are told.
                filter.limit = min(searchPage, limit - found.count, mostSearched - looked)
                let page = try await ports.store.events(filter)
                let bodies = try await ports.store.bodies(of: page.elements.map(\.id), first: mostOfBody)
                found += page.elements.filter { bodies[$0.id]?.firstRange(of: text) != nil }
                looked += page.elements.count
                last = page.elements.last?.receivedAt ?? last
                filter.cursor = page.next
            } while filter.cursor != nil && looked < mostSearched && found.count < limit
            return .json([
                "data": .array(found.map { $0.json(call.masking) }),
                "next": filter.cursor.map { .string($0.rawValue) } ?? .null, "prev": .null,
                "looked": .number(JSONNumber(looked)), "back_to": last.map { .string($0.rfc3339) } ?? .null,
            ])
        }
    }
}
