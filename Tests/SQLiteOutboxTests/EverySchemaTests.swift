// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import GRDB
import Messages
import Outbox
import TestSupport
import Testing

@testable import SQLiteOutbox

/// What docs/compatibility.md promises: a database of any version is opened, and what is in it is there.
@Suite("A database of every schema that there was", .timeLimit(.minutes(10)))
struct EverySchemaTests {
    @Test("is brought up to date, keeps its events, and goes on", arguments: Schema.migrator.migrations)
    func opens(schema: String) async throws {
        try await StoreFile.with { file in
            let time = TestClock().now.microseconds
            let earlier = try DatabaseQueue(path: file.path)
            try Schema.migrator.migrate(earlier, upTo: schema)
            try await earlier.write { database in
                try database.execute(
                    sql: """
                        INSERT INTO events (seq, id, source, type, time, received_at, disposition, message_count)
                            VALUES (1, 'evt_1', 'shop', 'orders/paid', ?, ?, 'unmatched', 0);
                        INSERT INTO event_bodies (event, headers, body) VALUES (1, '[]', x'7B7D');
                        """,
                    arguments: [time, time]
                )
            }
            try earlier.close()
            let store = try await SQLiteOutbox.open(file.path)
            try await closing(store) {
                let event = try #require(try await store.events(EventFilter()).elements.first)
                #expect(event.id.rawValue == "evt_1" && event.type == "orders/paid")
                let message = try Make.message()
                #expect(try await store.accept(Make.submission(messages: [message])).messages.map(\.id) == [message.id])
                #expect(try await store.message(message.id)?.message.state == .queued)
            }
        }
    }
}
