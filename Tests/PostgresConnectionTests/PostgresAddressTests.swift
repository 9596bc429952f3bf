// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import PostgresConnection
import Testing

@Suite("The address of a database")
struct PostgresAddressTests {
    private static let password = "Tr0ub4dor%263"

    @Test("nobody who prints an address sees its password")
    func hidesThePassword() throws {
        let address = try PostgresAddress("postgres://shop:\(Self.password)@db.example:5433/hookline?sslmode=require")
        var dumped = ""
        dump(address, to: &dumped)
        let texts = [String(describing: address), String(reflecting: address), "\([address])", dumped]
        #expect(String(describing: address) == "postgres://shop@db.example:5433/hookline")
        for text in texts { #expect(!text.contains("Tr0ub4dor")) }
    }

    @Test(
        "an address that does not read says how one is written, and not what stood there",
        arguments: [
            "postgres://shop:s3cret%zz@db/hookline", "postgres://shop:s3cret@db:port:5/x?nothing",
            "postgres://a?s3cret=1",
        ]
    )
    func refuses(url: String) {
        let error = #expect(throws: PostgresError.self) { try PostgresAddress(url) }
        #expect(error?.kind == .address)
        #expect(error?.description.contains("s3cret") == false)
        #expect(error?.description.contains("postgres://user:password@host:port/name") == true)
    }

    @Test("only a URL of PostgreSQL's is an address", arguments: ["mysql://db/x", "host=db password=s3cret", ""])
    func refusesOthers(text: String) {
        let expected = PostgresError(.address, "the address of a PostgreSQL database begins with postgres://")
        #expect(throws: expected) { try PostgresAddress(text) }
    }

    @Test("a server that is not there is unreachable, and the password stays out of what is said of it")
    func unreachable() async throws {
        let address = try PostgresAddress("postgres://shop:\(Self.password)@/hookline?host=/nowhere/at/all")
        try await withLane(to: address) { lane in
            let error = await lane.failure("SELECT 1")
            #expect(error?.kind == .unreachable)
            #expect(error?.reason.hasPrefix("postgres://shop@/nowhere/at/all/hookline cannot be reached: ") == true)
            #expect(error?.reason.contains("Tr0ub4dor") == false)
        }
    }
}
