// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Messages
internal import Outbox
internal import Presentation

// Who wants which messages.

extension RouteTable {
    private static let whom = [
        Parameter("phone", "Only lines about this number, in any spelling."),
        Parameter("country", "The country of a number without country code, such as IN."),
        Parameter("contact", "Only lines about this contact of the partner's."),
    ]

    private static let change: [BodyShape.Field] = [
        .init("phones", .texts(1...500), "Phone numbers, in any spelling."),
        .init("contacts", .texts(1...500), "Ids of contacts of the partner's, for who has no number."),
        .init("country", .text(1...100), "The country of numbers without country code, such as IN."),
        .init("category", .choice(ConsentScope.allCases.map(\.rawValue)), "About which messages; all if left out."),
        .init("account", .text(1...200), "Only about messages of this account."),
    ]

    static func consentRoutes(_ ports: AdminPorts) -> [Route] { ledger(ports) + openQuestions(ports.store) }

    private static func ledger(_ ports: AdminPorts) -> [Route] {
        [
            .get(
                "/consent",
                .read,
                "Who has opted out: the lines that stand, the newest first.",
                query: whom + Parameter.paging,
                answer: .page("Consent")
            ) { try await lines($0, ports, isStanding: true) },
            .get(
                "/consent/history",
                .read,
                "Everything that was ever said, the newest first.",
                query: whom + Parameter.paging,
                answer: .page("Consent")
            ) { try await lines($0, ports, isStanding: false) },
            .post(
                "/consent",
                .operate,
                "Writes down that somebody wants no messages.",
                body: BodyShape(change),
                answer: .value(.ref("ConsentReceipt"))
            ) { try record(.optedOut, $0, ports) },
            .post(
                "/consent/remove",
                .operate,
                "Writes down that somebody wants messages again.",
                body: BodyShape(change),
                answer: .value(.ref("ConsentReceipt"))
            ) { try record(.optedIn, $0, ports) },
        ]
    }

    /// Whom a person should decide about; a line of the ledger answers it.
    private static func openQuestions(_ store: any ServiceStore) -> [Route] {
        [
            .get(
                "/consent/doubtful",
                .read,
                "What recipients wrote that may be meant as a STOP, the newest first, until somebody decides about them.",
                query: [.limit],
                answer: .list("ConsentDoubt")
            ) { call in
                let doubts = try await store.doubts(limit: call.limit)
                return .list(doubts.map { $0.json(call.masking) })
                    .printed { ConsentViews.table(doubts, masking: call.masking) }
            },
            .get(
                "/consent/suggested",
                .read,
                "Whom several messages in a row did not reach, and who has not opted out.",
                query: [.limit],
                answer: .list("ConsentSuggestion")
            ) { call in
                let suggestions = try await store.suggestions(limit: call.limit)
                return .list(suggestions.map { $0.json(call.masking) })
                    .printed { ConsentViews.table(suggestions, masking: call.masking) }
            },
        ]
    }

    private static func lines(_ call: Call, _ ports: AdminPorts, isStanding: Bool) async throws -> Answer {
        try refuse("contact", beside: "phone", call)
        var recipient = call.query["contact"].map { "contact:\($0)" }
        if let phone = call.query["phone"] {
            do throws(AdminPorts.Refusal) {
                recipient = try ports.phone(phone, call.query["country"])
            } catch {
                throw APIProblem(.badValue, "The number is none.", [.init(.parameter("phone"), error.reason)])
            }
        }
        let filter = ConsentFilter(
            recipient: recipient,
            isStanding: isStanding,
            limit: call.limit,
            cursor: call.cursor
        )
        let page = try await ports.store.consents(filter)
        return .page(page) { $0.json(call.masking) }
            .printed { ConsentViews.table(page.elements, masking: call.masking) }
    }

    private static func record(
        _ decision: ConsentEntry.Decision,
        _ call: Call,
        _ ports: AdminPorts
    ) throws(APIProblem) -> PlannedChange {
        let account = call.body["account"]?.string
        if let account { try ports.requireAccount(account, at: .pointer("#/account")) }
        let entries = try names(call.body, ports).map { name in
            ConsentEntry(
                name,
                decision,
                call.body["category"]?.string.flatMap(ConsentScope.init) ?? .all,
                account: account,
                origin: .operator,
                at: call.now,
                who: Operator(.token, call.token.name).description,
                reason: call.reason
            )
        }
        let place = PlannedChange.Place.store(.consent(entries)) { changed in
            guard case .consent(let receipt) = changed else { return .null }
            return receipt.json
        }
        return PlannedChange(place: place) { if case .consent(let receipt) = $0 { receipt.text + "\n" } else { "" } }
    }

    /// The ledger's names for those whom a body is about.
    static func names(_ body: JSON, _ ports: AdminPorts) throws(APIProblem) -> [String] {
        var (names, mistakes): ([String], [FieldMistake]) = ([], [])
        for (index, text) in (body["phones"]?.array ?? []).enumerated() {
            do throws(AdminPorts.Refusal) {
                names.append(try ports.phone(text.string ?? "", body["country"]?.string))
            } catch {
                mistakes.append(.init(.pointer("#/phones/\(index)"), error.reason))
            }
        }
        names += (body["contacts"]?.array ?? []).compactMap { $0.string.map { "contact:\($0)" } }
        if names.isEmpty && mistakes.isEmpty {
            mistakes.append(.init(.pointer("#"), "names nobody; expected phones or contacts"))
        }
        guard mistakes.isEmpty else {
            throw APIProblem(.badValue, "The body has \(mistakes.count.counted("mistake")).", mistakes)
        }
        return names
    }
}
