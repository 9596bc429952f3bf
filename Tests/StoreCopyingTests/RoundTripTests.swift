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

/// What comes out at the other end is what went in, whatever happened on the way.
@Suite("Stores that are copied")
struct RoundTripTests {
    @Test("from SQLite to PostgreSQL and back nothing is lost and nothing changed", arguments: [1, 2, 3] as [UInt64])
    func goesThereAndBack(seed: UInt64) async throws {
        try await withPlaces { places in
            let made = MadeStore(seed: seed)
            for table in CopiedTable.all { #expect(made.count(table) > 0, "\(table.name) has no rows") }
            var bounds = CopyBounds()
            bounds.rows = 7
            #expect(try await places.copy(made, to: .sqlite, within: bounds).isSame)
            try await closing(try await places.source(.sqlite)) { try await places.copy($0, to: .postgres) }
            let back = try await closing(try await places.source(.postgres)) { source in
                try await places.copy(source, to: .sqlite, "back.db")
            }
            #expect(back.differences == [])
            for table in back.tables { #expect(table.rows > 0 && table.checksums[0] == table.checksums[1]) }
            try await closing(try await places.source(.sqlite, "back.db")) { copy in
                let differences = try await StoreComparison(made, copy).run().differences
                #expect(differences == [])
            }
        }
    }

    @Test("a copy that ends before and after its writes goes on where it was", arguments: Engine.allCases)
    func goesOn(engine: Engine) async throws {
        try await withPlaces { places in
            let made = MadeStore(seed: 11)
            var bounds = CopyBounds()
            bounds.rows = 10
            try await closing(FragileTarget(try await places.target(engine))) { target in
                let copy = StoreCopy(from: made, to: target, within: bounds)
                var runs = 0
                var summary: CopySummary?
                while summary == nil {
                    runs += 1
                    try #require(runs < 1_000)
                    do throws(StoreError) {
                        summary = try await copy.run()
                    } catch {
                        #expect(error.reason == "killed")
                    }
                }
                #expect(runs > CopiedTable.all.count)
                #expect(summary?.isResumed == true && summary?.differences == [])
                #expect(try await target.standing() == .filled)
            }
        }
    }

    @Test("a body of ten megabytes passes, and no more than the bounds comes at once", arguments: Engine.allCases)
    func keepsItsBounds(engine: Engine) async throws {
        try await withPlaces { places in
            let store = try await SQLiteOutbox.open(places.path())
            let sizes = [10_000_000, 3_000_000, 3_000_000, 3_000_000]
            for (index, size) in sizes.enumerated() {
                let now = TestClock().now.advanced(by: .seconds(index))
                let event = Make.event(at: now, body: String(repeating: "\(index)", count: size))
                _ = try await store.accept(Submission(event: event))
            }
            await store.close()
            var source = try await places.source(.sqlite)
            #expect(try await places.copy(source, to: .postgres).isSame)
            if engine == .postgres {
                await source.close()
                source = try await places.source(.postgres)
            }
            try await closing(source) { source in
                var (place, counts): (CopiedPlace?, [Int]) = (nil, [])
                while true {
                    let page = try await source.page(of: .eventBodies, after: place, within: CopyBounds())
                    guard !page.rows.isEmpty else { break }
                    counts.append(page.rows.count)
                    place = page.place
                }
                #expect(counts == [1, 3])
            }
        }
    }

    @Test("two sides with different checksums are not the same, whatever rows are found")
    func believesChecksums() {
        var table = CopySummary.Table(name: "events", rows: 1)
        table.checksums = ["0a", "0a"]
        #expect(CopySummary(tables: [table]).isSame)
        table.checksums = ["0a", "0b"]
        #expect(!CopySummary(tables: [table]).isSame)
    }

    @Test("rows that differ are told with their table and key")
    func tellsDifferences() async throws {
        try await withPlaces { places in
            let made = MadeStore(seed: 5)
            #expect(try await places.copy(made, to: .postgres).isSame)
            try await places.address.run([
                "UPDATE hookline.consents SET decision = 'other' WHERE place = 4",
                "DELETE FROM hookline.undeliverable WHERE count = 7",
                "INSERT INTO hookline.opt_outs (recipient, consent) VALUES ('phone:1', 99)",
            ])
            try await closing(try await places.source(.postgres)) { target in
                let found = try await StoreComparison(made, target).run().differences
                #expect(
                    found == [
                        CopyDifference(table: "consents", row: "4", kind: .different),
                        CopyDifference(table: "opt_outs", row: "phone:1 99", kind: .additional),
                        CopyDifference(table: "undeliverable", row: "recipient-2-नमस्ते", kind: .missing),
                    ]
                )
            }
        }
    }
}
