// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

@testable import SQLiteOutbox

@Suite("A store that another process holds", .timeLimit(.minutes(10)))
struct BusyStoreTests {
    /// Runs a body while another connection holds the write lock, and gives it a way to let go.
    private func whileHeld(
        _ file: StoreFile,
        _ options: SQLiteOutbox.Options,
        _ body: (SQLiteOutbox, @escaping @Sendable () -> Void) async throws -> Void
    ) async throws {
        let store = try await SQLiteOutbox.open(file.path, options: options)
        try await closing(store) {
            try await whileLocked(file.path) { try await body(store, $0) }
        }
    }

    private func code(_ body: () async throws(StoreError) -> some Any) async -> StoreError.Code? {
        do throws(StoreError) {
            _ = try await body()
            return nil
        } catch {
            return error.code
        }
    }

    @Test("a sender is told before a more patient write that came first has even begun, and nothing of it is stored")
    func sendersDoNotWait() async throws {
        var options = SQLiteOutbox.Options()
        options.busyTimeout = .seconds(50)
        options.patience = .zero
        try await StoreFile.with { file in
            try await whileHeld(file, options) { store, letGo in
                async let claimed = store.claim(at: TestClock().now)
                let submission = try Make.submission(messages: [Make.message()], dedupe: "evt-1")
                for _ in 0..<3 {
                    let code = await code { () throws(StoreError) in try await store.accept(submission) }
                    #expect(code == .busy)
                }
                #expect(await code { () throws(StoreError) in try await store.check() } == .busy)
                letGo()
                let patient = try await claimed
                #expect(patient.isEmpty, "the patient one got its turn")
                #expect(try await store.event(submission.event.id) == nil)
                let receipt = try await store.accept(submission)
                #expect(!receipt.isDuplicate, "not even its key was kept")
            }
        }
    }

    @Test("one that lets go in time is waited for")
    func letsGo() async throws {
        var options = SQLiteOutbox.Options()
        (options.busyTimeout, options.patience) = (.seconds(50), .seconds(50))
        try await StoreFile.with { file in
            try await whileHeld(file, options) { store, letGo in
                async let receipt = store.accept(Make.submission(messages: [Make.message()]))
                letGo()
                let stored = try await receipt
                #expect(!stored.isDuplicate)
            }
        }
    }
}
