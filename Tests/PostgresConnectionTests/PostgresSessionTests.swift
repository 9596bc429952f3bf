// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import PostgresConnection
import PostgresServer
import TestSupport
import Testing

@Suite("A session with PostgreSQL", .timeLimit(.minutes(5)))
struct PostgresSessionTests {
    @Test("values of every type come back as they went, nulls too", arguments: [true, false])
    func values(prepares: Bool) async throws {
        var options = PostgresSession.Options()
        options.prepares = prepares
        let server = try await PostgresServer.shared()
        try await withLane(to: server.address, options) { lane in
            // Twice: the second run finds the statement prepared.
            for _ in 0..<2 { try await lane.perform { try Self.sendValues(on: $0) } }
        }
    }

    private static func sendValues(on session: PostgresSession) throws {
        let (time, uuid) = (Timestamp(microseconds: 1_764_000_000_123_456), PostgresUUID(high: .max - 5, low: 77))
        let query = PostgresQuery(
            """
            SELECT $1::bigint, $2::timestamptz, $3::text, $4::uuid, $5::bytea, $6::boolean, $7::bigint, $8::text,
                $9::bytea
            """
        ) {
            $0.add(-5 as Int64)
            $0.add(time)
            $0.add("Asha \u{1F600}\u{0}!")
            $0.add(uuid)
            $0.add(blob: [0, 1, 255])
            $0.add(true)
            $0.add(nil as Int64?)
            $0.add("")
            $0.add(blob: [])
        }
        let row = try #require(try session.rows(query, by: soon()).first)
        #expect(try row.number(0) == -5)
        #expect(try row.time(1) == time)
        #expect(try row.text(2) == "Asha \u{1F600}\u{2400}!")
        #expect(try row.uuid(3) == uuid)
        #expect(try row.blob(4) == [0, 1, 255])
        #expect(try row.flag(5))
        #expect(try row.optionalNumber(6) == nil)
        #expect(try row.optionalText(7) == "")
        #expect(try row.optionalBlob(8) == [])
        #expect(throws: PostgresError(.unreadable, "column 6 of a row is not what its statement promises")) {
            try row.number(6)
        }
        #expect(throws: PostgresError.self) { try row.number(2) }
    }

    @Test("options of an address stand beside the limits of a session, and have the last word about what they name")
    func options() async throws {
        let server = try await PostgresServer.shared()
        var options = PostgresSession.Options()
        (options.abandonsAfter, options.waitsForLocks) = (.seconds(17), .seconds(3))
        let address = try server.address.with("options", "-c work_mem=3MB -c lock_timeout=4s")
        try await withLane(to: address, options) { lane in
            let said = try await lane.perform { session in
                try ["work_mem", "lock_timeout", "idle_in_transaction_session_timeout"].map {
                    try session.rows(PostgresQuery("SELECT current_setting('\($0)')"), by: soon()).first?.text(0)
                }
            }
            #expect(said == ["3MB", "4s", "17s"])
        }
    }

    @Test("arrays go as one parameter each, with nulls in them, and empty ones")
    func arrays() async throws {
        let server = try await PostgresServer.shared()
        try await withLane(to: server.address) { lane in
            try await lane.perform { session in
                let times = [Timestamp(seconds: 1), nil, Timestamp(seconds: -1)]
                let uuids = [PostgresUUID(high: 1, low: 2), nil, PostgresUUID(high: 3, low: 4)]
                let query = PostgresQuery(
                    """
                    SELECT * FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::uuid[], $5::bytea[])
                        WITH ORDINALITY ORDER BY 6
                    """
                ) {
                    $0.add([1, nil, 3])
                    $0.add(["a", nil, ""])
                    $0.add(times)
                    $0.add(uuids)
                    $0.add(blobs: [[7], nil, []])
                }
                let rows = try session.rows(query, by: soon())
                #expect(try rows.map { try $0.optionalNumber(0) } == [1, nil, 3])
                #expect(try rows.map { try $0.optionalText(1) } == ["a", nil, ""])
                #expect(try rows.map { try $0.optionalTime(2) } == times)
                #expect(try rows.map { try $0.optionalUUID(3) } == uuids)
                #expect(try rows.map { try $0.optionalBlob(4) } == [[7], nil, []])
                let none = PostgresQuery("SELECT cardinality($1::bigint[])::bigint") { $0.add([] as [Int64?]) }
                #expect(try session.rows(none, by: soon()).first?.number(0) == 0)
            }
        }
    }

    @Test("a statement that is refused says its code and its constraint, and no value; the session goes on")
    func refusals() async throws {
        try await withDatabase { lane in
            try await lane.run("CREATE TABLE numbers (phone text CONSTRAINT once PRIMARY KEY)")
            try await lane.run("INSERT INTO numbers VALUES ('919812345670')")
            let expected = PostgresError(
                .refused,
                "duplicate key value violates unique constraint \"once\"",
                sqlState: .uniqueViolation,
                constraint: "once"
            )
            #expect(await lane.failure("INSERT INTO numbers VALUES ('919812345670')") == expected)
            let cast = await lane.failure("SELECT phone::uuid FROM numbers")
            #expect(cast == PostgresError(.refused, "a value does not fit", sqlState: SQLState("22P02")))
            #expect(try await lane.number("SELECT count(*) FROM numbers") == 1)
        }
    }

    private static func note(_ id: Int64) -> PostgresQuery {
        PostgresQuery("INSERT INTO notes VALUES ($1)") { $0.add(id) }
    }

    @Test("what is only to be done goes out with the next question or the commit; a body that throws is rolled back")
    func transactions() async throws {
        try await withDatabase { lane in
            try await lane.run("CREATE TABLE notes (id bigint PRIMARY KEY)")
            let counted = try await lane.perform { session in
                try session.transaction(by: soon()) { transaction in
                    transaction.write(Self.note(1))
                    transaction.write(Self.note(2))
                    let count = try transaction.rows(PostgresQuery("SELECT count(*) FROM notes")).first?.number(0)
                    transaction.write(Self.note(3))
                    return count
                }
            }
            #expect(counted == 2)
            struct Mistake: Error {}
            await #expect(throws: Mistake.self) {
                try await lane.perform { session in
                    try session.transaction(by: soon()) { transaction in
                        transaction.write(Self.note(4))
                        _ = try transaction.rows(PostgresQuery("SELECT 1"))
                        throw Mistake()
                    }
                }
            }
            await #expect(throws: PostgresError.self) {
                try await lane.perform { session in
                    try session.transaction(by: soon()) { transaction in
                        transaction.write(Self.note(5))
                        transaction.write(Self.note(1))
                    }
                }
            }
            #expect(try await lane.number("SELECT count(*) FROM notes") == 3)
        }
    }

    @Test("a pipeline larger than all buffers does not stand still")
    func largePipelines() async throws {
        let server = try await PostgresServer.shared()
        try await withLane(to: server.address) { lane in
            let body = [UInt8](repeating: 7, count: 1 << 20)
            let lengths = try await lane.perform { session in
                let query = PostgresQuery("SELECT $1::bytea") { $0.add(blob: body) }
                return try session.exchange(Array(repeating: query, count: 24), commits: true, by: soon()).map {
                    try $0.first?.blob(0).count
                }
            }
            #expect(lengths == Array(repeating: body.count, count: 24))
        }
    }

    /// Pitfall 3: a statement is "done" before its commit is.
    @Test("nothing counts before the pipeline's end: a constraint that is checked at the commit fails the transaction")
    func deferredConstraint() async throws {
        try await withDatabase { lane in
            try await lane.run("CREATE TABLE pairs (id bigint UNIQUE DEFERRABLE INITIALLY DEFERRED)")
            let error = await #expect(throws: PostgresError.self) {
                try await lane.perform { session in
                    try session.transaction(by: soon()) { transaction in
                        transaction.write(PostgresQuery("INSERT INTO pairs VALUES (1), (1)"))
                    }
                }
            }
            #expect(error?.kind == .refused)
            #expect(error?.sqlState == .uniqueViolation)
            #expect(try await lane.number("SELECT count(*) FROM pairs") == 0)
        }
    }
}
