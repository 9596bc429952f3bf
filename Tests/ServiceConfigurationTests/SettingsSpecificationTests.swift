// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import Messages
import OrderedCollections
import ServiceConfiguration
import Testing

@Suite("The specification of the configuration")
struct SettingsSpecificationTests {
    /// The rows of the README's table of keys, by key: what holds where the key is left out.
    private static func rows() throws -> [String: String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let section = try #require(text.split(separator: "\n## ").first { $0.hasPrefix("Configuration\n") })
        let cells = section.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { row in
            row.split(separator: " | ").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "| ")) }
        }
        return Dictionary(cells.map { ($0[0].replacing("`", with: ""), $0[2]) }) { first, _ in first }
    }

    /// Mappings whose keys stand in the table each by itself.
    private static let groups: Set<String> = [
        "consent", "transport", "admin", "privacy", "tracing", "log", "postgres",
        "tls", "admin.tls",
    ]

    @Test("every key is a row of the README, and every row is a key")
    func keys() throws {
        let keys = SettingsSchema.keys.map(\.path).filter { !Self.groups.contains($0) }
        #expect(try Self.rows().keys.sorted() == keys.sorted())
    }

    @Test("the README says what holds where a key is left out")
    func fallbacks() throws {
        let fallbacks = SettingsSchema.keys.compactMap { key in key.fallback.map { (key.path, "`\($0)`") } }
        let rows = try Self.rows()
        #expect(fallbacks.count >= 13)
        for (key, fallback) in fallbacks { #expect(rows[key] == fallback, "\(key)") }
    }

    @Test("what holds is what the specification says, read as if it stood in the file")
    func values() throws {
        let minimal = """
            accounts: {main: {base_url: https://partner.example/api/v1/public, api_key: pk_1, api_secret: s}}
            sources: {shop: {secrets: [s]}}
            """
        let written = """
            listen: 127.0.0.1:8080
            admin: {listen: 127.0.0.1:8081}
            store: sqlite:hookline.db
            store_timeout: 2s
            rules: rules
            retention: 90d
            drain: 20s
            lease: 2m
            shutdown_delay: 0s
            log: {level: info, format: text}
            consent: {stop_scope: all-but-authentication}
            transport: {connect_timeout: 5s, timeout: 30s, http2: false}
            accounts:
              main: {base_url: https://partner.example/api/v1/public, api_key: pk_1, api_secret: s, max_in_flight: 32}
            sources: {shop: {secrets: [s]}}
            """
        let (left, given) = (try Self.read(minimal), try Self.read(written))
        #expect(left.listen == given.listen && left.adminListen == given.adminListen && left.store == given.store)
        #expect(left.storeTimeout == given.storeTimeout && left.rules == given.rules)
        #expect(left.drain == given.drain && left.shutdownDelay == given.shutdownDelay)
        #expect(left.lease == given.lease && left.lease == .seconds(120))
        #expect(left.consent == given.consent && left.consent.scope == .allButAuthentication)
        #expect(left.retention == given.retention && left.transport == given.transport)
        #expect(left.logLevel == given.logLevel && left.logFormat == given.logFormat)
        #expect(left.accounts.map(\.maxInFlight) == [32] && given.accounts.map(\.maxInFlight) == [32])
        #expect(left.retention == .seconds(90 * 86_400) && left.rules == "etc/rules")
    }

    private static func read(_ text: String) throws -> Settings {
        let environment = SettingsEnvironment(variables: [:]) { $0 == "etc/hookline.yaml" ? Array(text.utf8) : nil }
        var reader = SettingsReader(path: "etc/hookline.yaml", environment: environment)
        let (settings, diagnostics) = reader.read()
        return try #require(settings, "\(diagnostics)")
    }

    @Test("the schema has every key, with what it means")
    func schema() throws {
        let definitions = try #require(SettingsSchema.json["$defs"]?.object)
        #expect(
            definitions.keys.map(\.self) == [
                "configuration", "tls", "postgres", "account", "portfolio", "limit", "source", "look-up", "handshake",
                "statuses",
                "inbound", "consent", "transport", "admin", "log", "privacy", "tracing",
            ]
        )
        let source = try #require(definitions["source"]?["properties"]?.object)
        let keys = SettingsSchema.keys.compactMap { $0.path.hasPrefix("sources.*.") ? $0.path.dropFirst(10) : nil }
        #expect(source.keys.map { Substring($0) } == keys)
        #expect(definitions["configuration"]?["required"] == ["accounts", "sources"])
        #expect(
            definitions["configuration"]?["properties"]?["drain"]?["description"]
                == "How long a shutdown waits for requests that have left; 20s if left out."
        )
    }
}
