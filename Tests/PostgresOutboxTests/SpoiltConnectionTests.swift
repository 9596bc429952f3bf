// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection
import PostgresOutbox
import TestSupport
import Testing

/// What the server refuses because of the connection and not because of what is asked: nothing is stored, and on another connection
/// it goes well.
@Suite("Connections that are of no more use", .timeLimit(.minutes(5)))
struct SpoiltConnectionTests {
    let now = TestClock().now

    /// What may become of a connection while nobody looks.
    enum Harm: String, CaseIterable, Sendable {
        /// 26000: a pooler gave it another server connection, or somebody threw its statements away.
        case losesStatements = "DEALLOCATE ALL"
        /// 25006: its server is a standby by now.
        case isReadOnly = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
    }

    /// Has whatever connection commits the next row of a table come to harm with that commit, once.
    private func harm(
        _ harm: Harm,
        withCommitOf table: String,
        _ lane: PostgresLane,
        _ body: () async throws -> Void
    ) async throws {
        try await lane.run([
            """
            CREATE FUNCTION hookline.harm() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN EXECUTE ''\(harm.rawValue)''; RETURN NULL; END'
            """,
            """
            CREATE CONSTRAINT TRIGGER harm AFTER INSERT ON hookline.\(table) DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION hookline.harm()
            """,
        ])
        try await body()
        try await lane.run(["DROP FUNCTION hookline.harm() CASCADE"])
    }

    @Test(
        "an event comes in over another connection, once, and its sender hears nothing of it",
        arguments: Harm.allCases
    )
    func accepts(harm: Harm) async throws {
        try await withNodes(1, .whole) { nodes, lane in
            let first = Make.submission(dedupe: "1")
            try await self.harm(harm, withCommitOf: "events", lane) { _ = try await nodes[0].accept(first) }
            let submission = Make.submission(messages: [try Make.message()], dedupe: "2")
            #expect(try await nodes[0].accept(submission).event == submission.event.id)
            #expect(try await nodes[0].accept(Make.submission(dedupe: "1")).event == first.event.id)
            #expect(try await lane.number("SELECT count(*) FROM hookline.events") == 2)
        }
    }

    @Test("claims, decisions and what is read go over another connection, too", arguments: Harm.allCases)
    func works(harm: Harm) async throws {
        try await withNodes(1, .whole) { nodes, lane in
            let messages = try [Make.message(), Make.message(), Make.message(dueAt: now.advanced(by: .seconds(60)))]
            _ = try await nodes[0].accept(Make.submission(messages: messages))
            var claimed: [MessageID] = []
            try await self.harm(harm, withCommitOf: "leases", lane) {
                claimed += try await nodes[0].claim(1, at: now).map(\.id)
            }
            claimed += try await nodes[0].claim(1, at: now).map(\.id)
            #expect(claimed == messages[0...1].map(\.id))
            try await self.harm(harm, withCommitOf: "audit", lane) {
                let line = AuditLine(at: now, who: Operator(.user, "asha"), action: "a", subject: "main", detail: "")
                try await nodes[0].record(line, taking: nil)
            }
            _ = try await nodes[0].decide(.cancel, on: messages[2].id, by: "asha", at: now)
            #expect(try await nodes[0].countsByState() == [.sending: 2, .cancelled: 1])
        }
    }
}

extension PostgresOutbox.Options {
    /// Tables that are not in pieces, on which the triggers of tests stand.
    fileprivate static var whole: Self {
        var options = testOptions
        options.partitions = PostgresPartitions.none
        return options
    }
}
