// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import Outbox
import TestSupport
import Testing

@testable import SQLiteOutbox

@Suite("The audit log in the file", .timeLimit(.minutes(10)))
struct AuditTests {
    private let now = TestClock().now

    private func line(_ subject: String) -> AuditLine {
        AuditLine(at: now, who: Operator(.user, "asha"), action: "keys.revoke", subject: subject, detail: "done")
    }

    @Test("no statement changes or deletes a line, not even of somebody with a shell and sqlite3")
    func staysAsItIs() async throws {
        try await StoreFile.with { file in
            let store = try await SQLiteOutbox.open(file.path)
            try await store.record(line("pk_a"), taking: nil)
            let beside = try DatabaseQueue(path: file.path)
            for statement in [
                "UPDATE audit SET who = 'nobody'", "DELETE FROM audit", "UPDATE audit SET seq = 7",
            ] {
                let error = #expect(throws: DatabaseError.self) {
                    try beside.write { try $0.execute(sql: statement) }
                }
                #expect(error?.message?.contains("never") == true)
            }
            try beside.close()
            #expect(try await store.audit(AuditFilter()).elements == [line("pk_a")])
            await store.close()
        }
    }

    @Test("a change whose line cannot be written is not made, and its key stays free")
    func isPartOfTheChange() async throws {
        try await StoreFile.with { file in
            let store = try await SQLiteOutbox.open(file.path)
            let message = try Make.message(dueAt: now.advanced(by: .seconds(60)))
            _ = try await store.accept(Make.submission(messages: [message]))
            try await store.pool.write { database in
                try database.execute(
                    sql: "CREATE TRIGGER broken BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no line'); END"
                )
            }
            let key = IdempotencyKey(apiKey: "tok_a", key: "k", bodyFingerprint: [])
            let once = OnceRequest(key: key) { _ in KeptAnswer(status: 200, body: []) }
            let cancel = OperatorAction(.decide(.cancel, message.id), by: Operator(.user, "asha"), at: now)
            await #expect(throws: StoreError.self) { try await store.carryOut(cancel, once: once) }
            #expect(try await store.message(message.id)?.message.state == .scheduled)
            #expect(try await store.use(ofActionKey: key, at: now) == nil)
            try await store.pool.write { try $0.execute(sql: "DROP TRIGGER broken") }
            let outcome = try await store.carryOut(cancel, once: once)
            #expect(outcome != .used(.other))
            #expect(try await store.message(message.id)?.message.state == .cancelled)
            await store.close()
        }
    }
}
