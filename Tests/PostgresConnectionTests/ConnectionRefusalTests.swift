// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PostgresConnection

/// What libpq says, word for word, when it is verbose.
@Suite("Words of a server that takes no connection")
struct ConnectionRefusalTests {
    private static let place = #"connection to server on socket "/run/postgresql/.s.PGSQL.5432" failed: "#

    @Test("the code is read out of them, and neither it nor a place in PostgreSQL's source is left in them")
    func full() {
        let text = "\(Self.place)FATAL:  53300: sorry, too many clients already\nLOCATION:  InitProcess, proc.c:359\n"
        let refusal = ConnectionRefusal(text)
        #expect(refusal.sqlState == .tooManyConnections)
        #expect(refusal.words == "\(Self.place)FATAL:  sorry, too many clients already")
        #expect(refusal.isOfNumber && refusal.advice.contains("raise max_connections"))
    }

    @Test("of several addresses the one that is full decides, and else the last")
    func several() {
        let away = "connection to server at \"::1\", port 5432 failed: Connection refused\n"
        let starting =
            "\(Self.place)FATAL:  57P03: the database system is starting up\nLOCATION:  ProcessStartupPacket\n"
        let full = "\(Self.place)FATAL:  53300: too many connections for role \"app\"\n"
        #expect(ConnectionRefusal(away).sqlState == nil)
        #expect(ConnectionRefusal(away + starting).sqlState == SQLState("57P03"))
        #expect(ConnectionRefusal(full + starting).isOfNumber)
        #expect(ConnectionRefusal(starting).advice.isEmpty)
    }

    @Test("what only looks like a code stays")
    func noCode() {
        let text =
            "\(Self.place)FATAL:  28P01: password authentication failed for user \"a:  28000\"\nDETAIL:  HELLO world"
        let refusal = ConnectionRefusal(text)
        #expect(refusal.sqlState == SQLState("28P01"))
        #expect(
            refusal.words.hasSuffix(
                "FATAL:  password authentication failed for user \"a:  28000\"\nDETAIL:  HELLO world"
            )
        )
    }

    @Test("a pooler that is full, or wants fewer parameters, says so without a code of its own")
    func pooler() {
        let full = ConnectionRefusal("\(Self.place)FATAL:  08P01: no more connections allowed (max_client_conn)\n")
        #expect(full.isOfNumber && full.sqlState == SQLState("08P01"))
        let parameter = ConnectionRefusal("\(Self.place)FATAL:  08P01: unsupported startup parameter: options\n")
        #expect(parameter.advice == "; behind a pooler write 'prepared: off'")
    }
}
