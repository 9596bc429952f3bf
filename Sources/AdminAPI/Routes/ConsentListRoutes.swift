// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPValues
internal import Messages
internal import Outbox
internal import Presentation

// The ledger of consent as a whole: lists that come and go, and who is erased.

extension RouteTable {
    /// So many lines are written in one transaction, for which the service waits.
    private static let mostLines = 1_000

    private static let list: [BodyShape.Field] = [
        .init("csv", .document(1...200_000), required: true, "The list; its first line names the columns."),
        .init("country", .text(1...100), "The country of numbers without country code, such as IN."),
    ]

    private static let somebody: [BodyShape.Field] = [
        .init("phones", .texts(1...500), "Phone numbers, in any spelling."),
        .init("contacts", .texts(1...500), "Ids of contacts of the partner's, for who has no number."),
        .init("country", .text(1...100), "The country of numbers without country code, such as IN."),
        .init("search_bodies", .flag, "Whether every event is read for the digits of the number, too."),
    ]

    static func consentLists(_ ports: AdminPorts) -> [Route] { lists(ports) + erasing(ports) }

    private static func lists(_ ports: AdminPorts) -> [Route] {
        [
            .ask(
                "/consent/import/check",
                .operate,
                "Reads a list of consent, and says what is in it and every mistake; writes nothing.",
                body: BodyShape(list),
                answer: .value(.ref("ConsentList"))
            ) { call in
                let file = file(call, ports)
                return .json(file.json(nil)).printed { file.text(nil) }
            },
            .post(
                "/consent/import",
                .operate,
                "Takes over a list of consent, of at most \(mostLines) lines.",
                body: BodyShape(list + [.init("skip_mistakes", .flag, "Whether lines with mistakes are left out.")]),
                answer: .value(.ref("ConsentList"))
            ) { try takeOver($0, ports) },
            .follow(
                "/consent/export",
                .read,
                showsPersonalData: true,
                "The whole ledger as CSV, which the import reads, the oldest line first.",
                query: [Parameter("standing", .flag, "Only opt-outs that stand.")],
                answer: .table
            ) { export($0, ports.store) },
        ]
    }

    private static func file(_ call: Call, _ ports: AdminPorts) -> ConsentFile {
        ConsentFile(
            Array((call.body["csv"]?.string ?? "").utf8),
            .init(
                country: call.body["country"]?.string,
                accounts: ports.accounts,
                at: call.now,
                who: Operator(.token, call.token.name).description
            )
        )
    }

    private static func takeOver(_ call: Call, _ ports: AdminPorts) throws(APIProblem) -> PlannedChange {
        let file = file(call, ports)
        guard file.mistakes.isEmpty || call.body["skip_mistakes"] == true else {
            let mistakes = file.mistakes.prefix(20).map { mistake in
                FieldMistake(
                    .pointer("#/csv"),
                    "line \(mistake.line), column \(mistake.column): \(mistake.reason)"
                )
            }
            let count = file.mistakes.count.counted("mistake")
            throw APIProblem(.badValue, "The list has \(count), and nothing is written.", mistakes)
        }
        guard (1...mostLines).contains(file.entries.count) else {
            let detail = "has \(file.entries.count.counted("line")); expected 1 to \(mostLines)"
            throw APIProblem(.badValue, "The list cannot be written at once.", [.init(.pointer("#/csv"), detail)])
        }
        let place = PlannedChange.Place.store(.consent(file.entries)) { changed in
            guard case .consent(let receipt) = changed else { return .null }
            return file.json(receipt)
        }
        return PlannedChange(place: place) { if case .consent(let receipt) = $0 { file.text(receipt) } else { "" } }
    }

    private static func export(_ call: Call, _ store: any ServiceStore) -> ReplyStream {
        let isStanding = call.query["standing"] == "true"
        return ReplyStream { send in
            try await send(Array(ConsentFile.head.utf8))
            // From the front of the list on to what is newer.
            var cursor: PageCursor? = .front
            while let place = cursor {
                let page = try await store.consents(ConsentFilter(isStanding: isStanding, limit: 500, cursor: place))
                try await send(Array(ConsentFile.lines(page.elements.reversed()).utf8))
                cursor = page.previous
            }
        }
    }

    // MARK: Erasing

    private static func erasing(_ ports: AdminPorts) -> [Route] {
        [
            .ask(
                "/consent/erase/count",
                .operate,
                "Counts what is kept of somebody; erases nothing.",
                body: BodyShape(somebody),
                answer: .value(.ref("Erasure"))
            ) { call in
                var total = Erasure()
                for name in try names(call.body, ports) {
                    total += try await ports.store.traces(of: name, searchingBodies: searches(call))
                }
                return told(total, isErased: false)
            },
            .post(
                "/consent/erase",
                .admin,
                "Erases what is kept of somebody, but what they wanted: that stays under a keyed hash.",
                body: BodyShape(somebody),
                answer: .value(.ref("Erasure"))
            ) { call in
                let (names, store) = (try names(call.body, ports), ports.store)
                let order = ErasureOrder(by: Operator(.token, call.token.name), because: call.reason, at: call.now)
                let subject = names.count.counted("recipient")
                let place = PlannedChange.Place.steps(action: "consent.erase", subject: subject) {
                    var total = Erasure()
                    for name in names {
                        total += try await store.erase(name, searchingBodies: searches(call), on: order)
                    }
                    return told(total, isErased: true)
                }
                return PlannedChange(place: place)
            },
        ]
    }

    private static func told(_ total: Erasure, isErased: Bool) -> Answer {
        .json(total.json(isErased: isErased)).printed { total.text(isErased: isErased) + "\n" }
    }

    private static func searches(_ call: Call) -> Bool { call.body["search_bodies"] == true }
}
