// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import PostgresConnection
import PostgresOutbox
import Testing

@testable import ServiceConfiguration

@Suite("A store on PostgreSQL in the configuration")
struct StoreSettingsTests {
    private let rest = """

        accounts: {main: {base_url: https://partner.example/v1, api_key: pk_1, api_secret: sk_1}}
        sources: {shop: {preset: razorpay, secrets: ["x"]}}
        """

    private func read(
        _ text: String,
        _ variables: [String: String] = [:]
    ) -> (settings: Settings?, findings: [String]) {
        let bytes = Array((text + rest).utf8)
        let environment = SettingsEnvironment(variables: variables) { path in
            ["etc/hookline.yaml": bytes, "/run/creds/db": Array("t0p s3cret\n".utf8)][path]
        }
        var reader = SettingsReader(path: "etc/hookline.yaml", environment: environment)
        let (settings, diagnostics) = reader.read()
        return (settings, diagnostics.map(\.description))
    }

    private func postgres(_ settings: Settings?) throws -> PostgresSettings {
        guard case .postgres(let postgres)? = settings?.store else { throw Missing() }
        return postgres
    }

    private struct Missing: Error {}

    @Test("it is an address as libpq reads it, with a folder for copies beside the configuration or in the unit's own")
    func address() throws {
        for scheme in ["postgres", "postgresql"] {
            let text = "store: \(scheme)://shop@db1,db2:5433/hookline?sslmode=verify-full"
            let found = try postgres(read(text).settings)
            #expect(found.address == (try PostgresAddress("postgres://shop@db1,db2:5433/hookline?sslmode=verify-full")))
            #expect(found.templates == "etc/hookline.templates")
            #expect(found.prepares && found.partitions == nil && found.listen == nil)
            let unit = try postgres(read(text, ["STATE_DIRECTORY": "/var/lib/hookline:/x"]).settings)
            #expect(unit.templates == "/var/lib/hookline/hookline.templates")
        }
    }

    @Test("a password comes from a variable, a file or a credential, and nobody who prints the settings sees it")
    func password() throws {
        let plain = try PostgresAddress("postgres://shop@db/hookline")
        let text = """
            store: postgres://shop@db/hookline
            postgres: {password: "credential:db", listen: "postgres://shop@db:5432/hookline", partitions: day, prepared: off}
            """
        let found = read(text, ["CREDENTIALS_DIRECTORY": "/run/creds"])
        let settings = try postgres(found.settings)
        #expect(settings.address == plain.with(password: "t0p s3cret"))
        #expect(
            settings.listen == (try PostgresAddress("postgres://shop@db:5432/hookline")).with(password: "t0p s3cret")
        )
        #expect(!settings.prepares && settings.partitions == .day)
        let inURL = read("store: postgres://shop:${DB}@db/hookline", ["DB": "t0p%20s3cret"])
        #expect(try postgres(inURL.settings).address == plain.with(password: "t0p s3cret"))
        for settings in [found.settings, inURL.settings] {
            var dumped = ""
            dump(settings, to: &dumped)
            #expect(!dumped.contains("s3cret") && !"\(settings?.store as Any)".contains("s3cret"))
        }
    }

    @Test("what is said of PostgreSQL beside a store in a file is told, and stops nobody")
    func besideFile() {
        let found = read("store: sqlite:hookline.db\npostgres: {prepared: off}")
        #expect(found.settings?.store == .sqlite(path: "etc/hookline.db"))
        #expect(found.findings.count == 1)
        #expect(found.findings.first?.hasPrefix("etc/hookline.yaml:2:11: warning: 'postgres' is about a store") == true)
    }

    @Test("mistakes are told without the address, which may have a password in it")
    func mistakes() {
        let text = """
            store: postgres://shop:s3cret@db/hookline?nosuch=1
            """
        let words =
            "the address of the database does not read; expected postgres://user:password@host:port/name, with %-escapes for what is special in a URL"
        #expect(read(text).findings == ["etc/hookline.yaml:1:8: error: \(words) [invalid-value]"])
        let other =
            "etc/hookline.yaml:1:8: error: found a store of the kind 'mysql'; expected sqlite:PATH or postgres://USER@HOST/DATABASE [invalid-value]"
        #expect(read("store: mysql://db/x").findings == [other])
        let listen = "store: postgres://db/x\npostgres: {listen: mysql://db/x}"
        let begins = "etc/hookline.yaml:2:20: error: the address of a PostgreSQL database begins with postgres://"
        #expect(read(listen).findings == ["\(begins) [invalid-value]"])
    }
}
