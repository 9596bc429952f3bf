// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import Outbox
import PostgresOutbox
import SQLiteOutbox
import StoreCopying
import TestSupport
import Testing

/// What a copy does not begin, and what does not begin on a copy that is not whole.
@Suite("Copies that are refused")
struct RefusalTests {
    /// Begins a copy that ends at its first write.
    private func half(_ engine: Engine, _ places: Places) async throws {
        try await closing(FragileTarget(try await places.target(engine))) { target in
            let copy = StoreCopy(from: MadeStore(seed: 3), to: target)
            await #expect(throws: StoreError.self) { try await copy.run() }
        }
    }

    @Test("no service opens a copy that was not finished, and it says how to go on", arguments: Engine.allCases)
    func staysClosed(engine: Engine) async throws {
        try await withPlaces { places in
            try await half(engine, places)
            let error = await #expect(throws: StoreError.self) {
                switch engine {
                case .sqlite: _ = try await SQLiteOutbox.open(places.path())
                case .postgres: _ = try await PostgresOutbox.open(places.address, options: places.options)
                }
            }
            #expect(error?.code == .cannotOpen)
            #expect(error?.reason.contains("run 'hookline store copy' again") == true)
            #expect(try await places.copy(MadeStore(seed: 3), to: engine).isSame)
            switch engine {
            case .sqlite: await (try await SQLiteOutbox.open(places.path())).close()
            case .postgres:
                await (try await PostgresOutbox.open(places.address, options: places.options)).close()
            }
        }
    }

    @Test("a copy that was not finished is no source, and a rehearsal says what is left", arguments: Engine.allCases)
    func wantsWholeSources(engine: Engine) async throws {
        try await withPlaces { places in
            try await half(engine, places)
            try await closing(try await places.source(engine)) { half in
                let other: Engine = engine == .sqlite ? .postgres : .sqlite
                let error = await #expect(throws: StoreError.self) {
                    try await places.copy(half, to: other, "other.db")
                }
                #expect(error?.code == .conflict)
                let words = "is itself a copy of what the test made that was not finished: finish that first"
                #expect(error?.reason.hasSuffix(words) == true)
                let rehearsed = try await StoreCopy(from: MadeStore(seed: 3), to: half).rehearse()
                #expect(rehearsed.isResumed)
                let compared = try await StoreComparison(MadeStore(seed: 3), half).run()
                #expect(compared.differences != [])
            }
        }
    }

    @Test("nothing is copied into a store that something is in", arguments: Engine.allCases)
    func wantsEmptyTargets(engine: Engine) async throws {
        try await withPlaces { places in
            try await places.copy(MadeStore(seed: 3), to: engine)
            let error = await #expect(throws: StoreError.self) {
                try await places.copy(MadeStore(seed: 3), to: engine)
            }
            #expect(error?.code == .conflict)
            #expect(error?.reason.hasSuffix("already; expected an empty store") == true)
        }
    }

    @Test("a store that something is in is refused as it is, and not made fit first: the leases in a file stand")
    func leavesFilesAlone() async throws {
        try await withPlaces { places in
            let now = TestClock().now
            let service = try await SQLiteOutbox.open(places.path())
            _ = try await service.accept(Make.submission(messages: [try Make.message()], at: now))
            #expect(try await service.claim(at: now).count == 1)
            await service.close()
            let error = await #expect(throws: StoreError.self) {
                try await places.copy(MadeStore(seed: 3), to: .sqlite)
            }
            #expect(error?.code == .conflict)
            let leases = try await DatabaseQueue(path: places.path()).read { database in
                try Int.fetchOne(database, sql: "SELECT count(*) FROM messages WHERE lease_ends > 0")
            }
            #expect(leases == 1)
        }
    }

    @Test("a database of a newer schema is neither copied nor copied into, and stays as it is")
    func leavesNewerSchemasAlone() async throws {
        try await withPlaces { places in
            await (try await places.target(.postgres)).close()
            try await places.address.run(["UPDATE hookline.meta SET version = version + 1"])
            for open in [places.source, places.target] {
                let error = await #expect(throws: StoreError.self) { _ = try await open(.postgres, "") }
                #expect(error?.code == .newerSchema)
            }
        }
    }

    @Test("a copy does not go on from a source that was changed since")
    func wantsTheSameSource() async throws {
        try await withPlaces { places in
            try await places.copy(MadeStore(seed: 3), to: .sqlite)
            try await closing(try await places.source(.sqlite)) { source in
                try await closing(FragileTarget(try await places.target(.postgres))) { target in
                    await #expect(throws: StoreError.self) { try await StoreCopy(from: source, to: target).run() }
                }
            }
            let service = try await SQLiteOutbox.open(places.path())
            _ = try await service.accept(Submission(event: Make.event()))
            await service.close()
            let error = await #expect(throws: StoreError.self) {
                try await closing(try await places.source(.sqlite)) { try await places.copy($0, to: .postgres) }
            }
            #expect(error?.reason.contains("is not as it was then; the same with --anew") == true)
        }
    }

    @Test("a file that a service owns is neither copied nor copied into")
    func leavesServicesAlone() async throws {
        try await withPlaces { places in
            let service = try await SQLiteOutbox.open(places.path())
            for open in [places.source, places.target] {
                let error = await #expect(throws: StoreError.self) { _ = try await open(.sqlite, "shop.db") }
                #expect(error?.code == .inUse)
            }
            await service.close()
        }
    }

    @Test("a database with a living node is neither copied nor copied into")
    func leavesNodesAlone() async throws {
        try await withPlaces { places in
            await (try await places.target(.postgres)).close()
            let node = """
                INSERT INTO hookline.nodes (node, started_at, seen_at, build, clock_offset, leads, address)
                VALUES ('shop-1/abc', now(), now() - interval '20 seconds', '1', 0, true, '')
                """
            try await places.address.run([node])
            try await closing(try await places.source(.postgres)) { source in
                let error = await #expect(throws: StoreError.self) { try await places.copy(source, to: .sqlite) }
                #expect(error?.code == .inUse)
                #expect(error?.reason.contains("in use by shop-1/abc: stop every node") == true)
            }
            let error = await #expect(throws: StoreError.self) {
                try await places.copy(MadeStore(seed: 3), to: .postgres)
            }
            #expect(error?.code == .inUse)
            try await places.address.run(["UPDATE hookline.nodes SET seen_at = now() - interval '31 seconds'"])
            #expect(try await places.copy(MadeStore(seed: 3), to: .postgres).isSame)
        }
    }

    @Test("two copies do not write into one database")
    func wantsItAlone() async throws {
        try await withPlaces { places in
            try await closing(try await places.target(.postgres)) { first in
                try await first.requireIdle()
                try await closing(try await places.target(.postgres)) { second in
                    let error = await #expect(throws: StoreError.self) { try await second.requireIdle() }
                    #expect(error?.reason.hasPrefix("another 'hookline store copy' writes into") == true)
                }
            }
        }
    }

    @Test("a rehearsal says how many rows there are, and writes nothing")
    func rehearses() async throws {
        try await withPlaces { places in
            let target = NoStoreYet(name: "nowhere")
            let summary = try await StoreCopy(from: MadeStore(seed: 3), to: target).rehearse()
            #expect(summary.tables.map(\.name) == CopiedTable.all.map(\.name))
            #expect(summary.tables.first?.rows == 24)
            try await places.copy(MadeStore(seed: 3), to: .sqlite)
            try await closing(try await places.source(.sqlite)) { filled in
                let error = await #expect(throws: StoreError.self) {
                    _ = try await StoreCopy(from: MadeStore(seed: 3), to: filled).rehearse()
                }
                #expect(error?.code == .conflict)
            }
        }
    }
}
