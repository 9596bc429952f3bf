// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresOutbox
import SQLiteOutbox
import StoreCopying
import TestSupport
import Testing

/// A service on the target goes on where the one on the source ended.
@Suite("Services on copies")
struct ServiceAfterCopyTests {
    private let now = TestClock().now

    private func later(_ seconds: Int) -> Timestamp { now.advanced(by: .seconds(seconds)) }

    /// A sender's key that is too long for an index.
    private let key = "order-4711-paid-" + String(repeating: "0123456789", count: 4)

    private func order(_ key: String, to phone: String = "919812345670", at time: Timestamp) throws -> Submission {
        let once = OncePer(key: "\(key)/told", window: .seconds(86_400))
        let message = try Make.message(to: phone, once: once, at: time)
        return Make.submission(messages: [message], dedupe: key, at: time)
    }

    /// What a service left: one message on its way, one that waits, one whose recipient wants no more.
    private func fill(_ store: any ServiceStore) async throws -> [MessageID] {
        let first = try await store.accept(try order(key, at: now))
        #expect(try await store.claim(at: now).count == 1)
        let second = try await store.accept(try order("second", to: "919812345671", at: later(1)))
        let third = try await store.accept(try order("third", to: "919812345672", at: later(2)))
        let stop = ConsentEntry(
            "phone:919812345673",
            .optedOut,
            .all,
            origin: .operator,
            at: later(3),
            who: "asha",
            reason: "asked by mail"
        )
        #expect(try await store.record([stop], at: later(3)) == ConsentReceipt(added: 1))
        return [first, second, third].flatMap { $0.messages.map(\.id) }
    }

    /// That it is known what was before, and that it goes on.
    private func expectGoingOn(_ store: any ServiceStore, _ messages: [MessageID]) async throws {
        let repeated = try await store.accept(try order(key, at: later(10)))
        #expect(repeated.isDuplicate && repeated.messages.map(\.id) == [messages[0]])
        let stopped = try await store.accept(try order("fourth", to: "919812345673", at: later(11)))
        #expect(stopped.messages.map(\.state) == [.suppressed])
        #expect(try await store.message(messages[0])?.message.state == .sending)
        #expect(try await store.expiredLeases(at: later(12), limit: 10).map(\.id) == [messages[0]])
        #expect(try await store.claim(at: later(12)).map(\.id) == [messages[1], messages[2]])
    }

    @Test("what waited is claimed, what was on its way is taken over, repetitions and STOP are known, on PostgreSQL")
    func goesOnOnPostgreSQL() async throws {
        try await withPlaces { places in
            let shop = try await SQLiteOutbox.open(places.path())
            let messages = try await closing(shop) { try await fill(shop) }
            try await closing(try await places.source(.sqlite)) { try await places.copy($0, to: .postgres) }
            let store = try await PostgresOutbox.open(places.address, options: places.options)
            try await closing(store) { try await expectGoingOn(store, messages) }
        }
    }

    /// Opens a service's store, one source of which tells what becomes of messages.
    private func service(_ engine: Engine, _ places: Places) async throws -> any ServiceStore {
        switch engine {
        case .sqlite:
            var options = SQLiteOutbox.Options()
            options.linksReports = true
            return try await SQLiteOutbox.open(places.path(), options: options)
        case .postgres:
            var options = places.options
            options.linksReports = true
            return try await PostgresOutbox.open(places.address, options: options)
        }
    }

    /// What is found by indexes that a copy makes anew.
    private struct Found {
        let accepted: MessageID
        let digest: MessageID
    }

    /// Leaves a message that the partner took, one that it refused, and a digest that is open.
    private func fillIndexes(_ store: any ServiceStore) async throws -> Found {
        let messages = try ["paid", "cart"].map { try Make.message(rule: $0) }
        _ = try await store.accept(Make.submission(messages: messages, at: now))
        for claimed in try await store.claim(at: now) {
            let isTaken = claimed.id == messages[0].id
            let outcome = isTaken ? Outcome.accepted(partnerID: "wamid.1") : .refused(Make.detail(422))
            #expect(try await store.settle(claimed, outcome, at: now) == .settled)
        }
        let item = try Make.item(subject: "first", at: now)
        let opened = try await store.accept(Make.submission(digests: [item], at: now))
        return Found(accepted: messages[0].id, digest: try #require(opened.messages.first?.id))
    }

    @Test(
        "a report finds its message, an event the digest that is open, and a selection what failed, on the other engine",
        arguments: Engine.allCases
    )
    func findsByIndexes(target: Engine) async throws {
        try await withPlaces { places in
            let source: Engine = target == .sqlite ? .postgres : .sqlite
            let old = try await service(source, places)
            let found = try await closing(old) { try await fillIndexes(old) }
            try await closing(try await places.source(source)) { try await places.copy($0, to: target) }
            let store = try await service(target, places)
            try await closing(store) {
                let report = DeliveryReport(.delivered, of: "wamid.1", code: nil, at: later(20), source: "wa")
                let effects = SideEffects(reports: [report])
                let told = try await store.accept(Make.submission(source: "wa", sideEffects: effects, at: later(20)))
                #expect(told.reports == [.linked])
                #expect(try await store.message(found.accepted)?.message.arrival?.status == .delivered)
                let item = try Make.item(subject: "second", at: later(21))
                let joined = try await store.accept(Make.submission(digests: [item], at: later(21)))
                #expect(joined.messages.map(\.id) == [found.digest])
                #expect(try await store.message(found.digest)?.digest?.size == 2)
                let failed = try await store.counts(MessageSelection(rule: "cart"), for: .retry)
                #expect(failed == [SelectionCount(rule: "cart", state: .failed, count: 1)])
            }
        }
    }

    @Test("the same on SQLite, also of keys of which there is only a fingerprint")
    func goesOnOnSQLite() async throws {
        try await withPlaces { places in
            let store = try await PostgresOutbox.open(places.address, options: places.options)
            let messages = try await closing(store) { try await fill(store) }
            try await closing(try await places.source(.postgres)) { try await places.copy($0, to: .sqlite) }
            let shop = try await SQLiteOutbox.open(places.path())
            try await closing(shop) {
                try await expectGoingOn(shop, messages)
                let counts = try await shop.countsByState()
                #expect(counts[.sending] == 3 && counts[.suppressed] == 1)
                // Who tells the same once more is told that somebody did, though the key came as a fingerprint.
                let again = try Make.message(once: OncePer(key: "\(key)/told", window: .seconds(86_400)), at: later(20))
                let receipt = try await shop.accept(Make.submission(messages: [again], dedupe: "fifth", at: later(20)))
                #expect(receipt.messages.map(\.state) == [.suppressed])
            }
        }
    }
}
