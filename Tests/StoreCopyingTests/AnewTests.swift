// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Outbox
import PostgresOutbox
import SQLiteOutbox
import StoreCopying
import TestSupport
import Testing

/// What is emptied for a copy that begins again, and what is not: nothing but a copy that was not finished.
@Suite("Copies that begin again")
struct AnewTests {
    private let first = MadeStore(seed: 3)
    private let other = MadeStore(seed: 8, count: 20, mark: "made later")

    /// Copies until the audit log is there, one of the last tables, and leaves it at that.
    private func half(_ engine: Engine, _ places: Places) async throws {
        try await closing(FragileTarget(try await places.target(engine))) { target in
            var runs = 0
            while try await begun(target)?.tables["audit"]?.rows != 24 {
                runs += 1
                try #require(runs < 1_000)
                await #expect(throws: StoreError.self) { try await StoreCopy(from: first, to: target).run() }
            }
        }
    }

    private func begun(_ store: any CopyingStore) async throws -> CopyStanding.Begun? {
        if case .begun(let begun) = try await store.standing() { begun } else { nil }
    }

    @Test(
        "a copy of another source is emptied first where that is asked for, and only then",
        arguments: Engine.allCases
    )
    func beginsAgain(engine: Engine) async throws {
        try await withPlaces { places in
            try await half(engine, places)
            try await closing(try await places.target(engine)) { target in
                let before = try #require(try await begun(target))
                let error = await #expect(throws: StoreError.self) {
                    try await StoreCopy(from: other, to: target).run()
                }
                #expect(error?.code == .conflict)
                #expect(error?.reason.hasSuffix("the same with --anew empties the target and begins again") == true)
                let rehearsed = try await StoreCopy(from: other, to: target, startsAnew: true).rehearse()
                #expect(rehearsed.isAnew && !rehearsed.isResumed)
                #expect(rehearsed.tables.allSatisfy { $0.known == 0 })
                #expect(try await begun(target) == before)
                let summary = try await StoreCopy(from: other, to: target, startsAnew: true).run()
                #expect(summary.isAnew && !summary.isResumed && summary.isSame)
                #expect(try await target.standing() == .filled)
            }
            // Everything of the first copy is gone: what is derived of rows fits, and the log of what was done is guarded as before.
            switch engine {
            case .sqlite: await (try await SQLiteOutbox.open(places.path())).close()
            case .postgres:
                await (try await PostgresOutbox.open(places.address, options: places.options)).close()
                await #expect(throws: (any Error).self) { try await places.address.run(["DELETE FROM hookline.audit"]) }
            }
        }
    }

    @Test("a copy of the same source begins again as well", arguments: Engine.allCases)
    func beginsTheSameAgain(engine: Engine) async throws {
        try await withPlaces { places in
            try await half(engine, places)
            let summary = try await places.copy(first, to: engine, startsAnew: true)
            #expect(summary.isAnew && summary.isSame)
            #expect(summary.tables.allSatisfy { $0.known == 0 })
        }
    }

    @Test("on an empty target it only begins", arguments: Engine.allCases)
    func beginsOnEmptyTargets(engine: Engine) async throws {
        try await withPlaces { places in
            let summary = try await places.copy(first, to: engine, startsAnew: true)
            #expect(!summary.isAnew && summary.isSame)
        }
    }

    @Test("a store that is whole is never emptied", arguments: Engine.allCases)
    func leavesWholeStores(engine: Engine) async throws {
        try await withPlaces { places in
            try await places.copy(first, to: engine)
            try await closing(try await places.target(engine)) { target in
                let refused = await #expect(throws: StoreError.self) {
                    try await StoreCopy(from: other, to: target, startsAnew: true).run()
                }
                #expect(refused?.code == .conflict)
                let kept = await #expect(throws: StoreError.self) { try await target.discard() }
                #expect(kept?.code == .conflict)
                let compared = try await StoreComparison(first, target).run()
                #expect(compared.isSame)
            }
        }
    }

    @Test("a database with a living node is not emptied")
    func leavesNodesAlone() async throws {
        try await withPlaces { places in
            try await half(.postgres, places)
            let node = """
                INSERT INTO hookline.nodes (node, started_at, seen_at, build, clock_offset, leads, address)
                VALUES ('shop-1/abc', now(), now(), '1', 0, true, '')
                """
            try await places.address.run([node])
            try await closing(try await places.target(.postgres)) { target in
                let before = try #require(try await begun(target))
                let error = await #expect(throws: StoreError.self) {
                    try await StoreCopy(from: other, to: target, startsAnew: true).run()
                }
                #expect(error?.code == .inUse)
                #expect(try await begun(target) == before)
            }
        }
    }

    @Test("where emptying ended half way no copy goes on, and emptying does")
    func endsHalfWay() async throws {
        try await withPlaces { places in
            try await half(.postgres, places)
            // A table on which another one hangs cannot be emptied alone.
            try await places.address.run([
                "CREATE TABLE public.hanging (recipient text REFERENCES hookline.undeliverable (recipient))"
            ])
            try await closing(try await places.target(.postgres)) { target in
                await #expect(throws: StoreError.self) { try await target.discard() }
                let error = await #expect(throws: StoreError.self) {
                    try await StoreCopy(from: first, to: target).run()
                }
                #expect(error?.code == .conflict)
                try await places.address.run(["DROP TABLE public.hanging"])
                #expect(try await StoreCopy(from: first, to: target, startsAnew: true).run().isSame)
            }
        }
    }
}
