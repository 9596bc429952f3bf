// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import PartnerAPI
import TestSupport
import Testing

@Suite("The law of consent")
struct ConsentTests {
    private let now = TestClock().now

    private func later(_ seconds: Int) -> Timestamp { now.advanced(by: .seconds(seconds)) }

    private func entry(
        _ decision: ConsentEntry.Decision,
        _ scope: ConsentScope = .all,
        _ origin: ConsentEntry.Origin = .operator,
        at seconds: Int = 0,
        account: String? = nil
    ) -> ConsentEntry {
        ConsentEntry(
            "phone:919812345670",
            decision,
            scope,
            account: account,
            origin: origin,
            at: later(seconds),
            who: "asha"
        )
    }

    private static let categories: [MessageCategory?] = [.marketing, .utility, .authentication, .service, nil]

    /// Which categories a message's recipient does not get, of those above.
    private func refused(_ optOut: ConsentEntry) throws -> [MessageCategory?] {
        try Self.categories.filter { category in
            var record = try record()
            record.category = category
            // A text's category is known without a column.
            if category == nil { record.message.request = nil }
            return record.hold(against: [optOut], at: now) != nil
        }
    }

    private func record(account: String = "main", expiresAt: Timestamp? = nil) throws -> MessageRecord {
        let message = try Make.message(account: account, expiresAt: expiresAt)
        let beginning = Beginning.of(message.terms, cause: message.cause, at: now, keys: now)
        return MessageRecord(message, of: (EventID(rawValue: "evt_1"), "shop"), beginning, at: now)
    }

    @Test("a scope takes its categories; what nobody knows counts as marketing (43)")
    func scopes() throws {
        let marketing = try refused(entry(.optedOut, .marketing))
        let allBut = try refused(entry(.optedOut, .allButAuthentication))
        let all = try refused(entry(.optedOut, .all))
        #expect(marketing == [.marketing, nil])
        #expect(allBut == [.marketing, .utility, .service, nil])
        #expect(all == Self.categories)
    }

    @Test("an opt-out of one account holds nothing of another (43)")
    func accounts() throws {
        let optOut = entry(.optedOut, account: "main")
        let holds = try ["main", "second"].map { try record(account: $0).hold(against: [optOut], at: now)?.gate }
        #expect(holds == [.consent, nil])
    }

    @Test("the reason says what is not wanted, since when and by whose word, and not by whom (43)")
    func reason() throws {
        var record = try record()
        let optOuts = [entry(.optedOut, .marketing), entry(.optedOut, .all, .stopWord, at: 5)]
        let hold = try #require(record.hold(against: optOuts, at: later(9)))
        #expect(hold.gate == .consent)
        #expect(hold.fate == .drop)
        #expect(
            hold.reason == "consent: the recipient wants no messages, since 2026-01-15T04:30:05.000Z (stop-word, asha)"
        )
        let entries = try record.claim(until: later(60), at: later(9), held: hold)
        #expect(entries.map(\.to) == [.suppressed])
        #expect(record.claimed == nil)
    }

    @Test("what has expired is told so, and not that it was unwanted (1)")
    func expired() throws {
        let record = try record(expiresAt: later(5))
        #expect(record.hold(against: [entry(.optedOut)], at: later(4)) != nil)
        #expect(record.hold(against: [entry(.optedOut)], at: later(5)) == nil)
    }

    @Test("an opt-in undoes what came from where it came, a person's whatever there is (45)")
    func undoing() {
        let outs = [
            entry(.optedOut, .all, .stopWord, at: 0), entry(.optedOut, .marketing, .preference, at: 1),
            entry(.optedOut, .all, .import, at: 2), entry(.optedOut, .marketing, .operator, at: 3),
        ]
        func standing(after entry: ConsentEntry) -> [Int] {
            ConsentEntry.standing(outs + [entry]).compactMap(outs.firstIndex)
        }
        #expect(standing(after: entry(.optedIn, .all, .stopWord, at: 9)) == [1, 2, 3])
        #expect(standing(after: entry(.optedIn, .all, .preference, at: 9)) == [0, 2, 3])
        #expect(standing(after: entry(.optedIn, .all, .import, at: 9)) == [0, 1, 3])
        #expect(standing(after: entry(.optedIn, .all, .operator, at: 9)) == [])
        #expect(standing(after: entry(.optedIn, .marketing, .operator, at: 9)) == [0, 2])
        #expect(standing(after: entry(.optedIn, .all, .operator, at: 9, account: "main")) == [0, 1, 2, 3])
    }

    @Test("the order of time counts, in whatever order lines come (45)")
    func order() {
        let lines = [
            entry(.optedOut, .all, .stopWord, at: 0), entry(.optedIn, .all, .stopWord, at: 10),
            entry(.optedOut, .all, .stopWord, at: 20), entry(.optedIn, .all, .stopWord, at: 30),
        ]
        for seed in 0..<50 {
            var generator = SeededGenerator(seed: UInt64(seed))
            #expect(ConsentEntry.standing(lines.shuffled(using: &generator)) == [])
            #expect(ConsentEntry.standing(lines.prefix(3).shuffled(using: &generator)) == [lines[2]])
        }
    }

    @Test("of two opt-outs of a kind the first one stands: since then it was unwanted (43)")
    func first() {
        let lines = [entry(.optedOut, at: 0), entry(.optedOut, at: 10), entry(.optedOut, .marketing, at: 5)]
        #expect(ConsentEntry.standing(lines) == [lines[0], lines[2]])
    }

    @Test("a repeated line is no news, and a replayed STOP changes nothing newer (45)")
    func news() {
        let stop = entry(.optedOut, .all, .stopWord, at: 0)
        let start = entry(.optedIn, .all, .stopWord, at: 10)
        #expect(stop.isNews(to: []))
        #expect(!stop.isNews(to: [stop]))
        #expect(start.isNews(to: [stop]))
        #expect(!stop.isNews(to: [stop, start]))
        #expect(entry(.optedOut, .all, .stopWord, at: 20).isNews(to: [stop, start]))
        #expect(entry(.optedOut, .all, .operator, at: 0).isNews(to: [stop]))
        let old = entry(.optedOut, .all, .stopWord, at: -5)
        #expect(old.isNews(to: [stop, start]))
        #expect(ConsentEntry.standing([stop, start, old]) == [])
    }

    @Test(
        "a number has one name, whichever of its spellings WhatsApp uses (48)",
        arguments: [
            ("phone:5215512345678", "phone:525512345678"), ("phone:525512345678", "phone:525512345678"),
            ("phone:551187654321", "phone:5511987654321"), ("phone:5511987654321", "phone:5511987654321"),
            // A landline of São Paulo has no ninth digit.
            ("phone:551133334444", "phone:551133334444"), ("phone:919812345670", "phone:919812345670"),
            ("contact:5215512345678", "contact:5215512345678"),
        ]
    )
    func identity(_ name: String, _ subject: String) {
        #expect(ConsentEntry.subject(name) == subject)
        #expect(ConsentEntry.names(of: subject).contains(name))
        #expect(ConsentEntry(name, .optedOut, .all, origin: .operator, at: now, who: "asha").recipient == subject)
    }

    @Test("a line of the ledger prints without its number, and its reason hides others'")
    func masked() {
        let line = ConsentEntry(
            "phone:919812345670",
            .optedOut,
            .all,
            origin: .operator,
            at: now,
            who: "asha",
            reason: "called from +91 98123 45670"
        )
        #expect(!"\(line) \(String(reflecting: line))".contains("98123"))
        #expect(line.reason == "called from +[number]")
    }

    @Test("a message's category is its template's, in whatever language; a text has none and is no marketing (43)")
    func categories() throws {
        let records: [JSON] = [
            ["name": "a", "language": "en", "status": "APPROVED", "category": "MARKETING"],
            ["name": "b", "language": "en", "status": "APPROVED", "category": "AUTHENTICATION"],
            ["name": "c", "language": "en", "status": "APPROVED"],
        ]
        let catalogue = TemplateCatalogue(records.compactMap { MessageTemplate($0) })
        #expect(catalogue.templates.count == 3)
        func category(_ name: String) throws -> MessageCategory? {
            MessageCategory(.template(try TemplateMessage(name: name)), in: catalogue)
        }
        let found = try ["a", "b", "c", "d"].map(category)
        #expect(found == [.marketing, .authentication, nil, nil])
        #expect(MessageCategory(.text("Namaste"), in: catalogue) == .service)
    }
}
