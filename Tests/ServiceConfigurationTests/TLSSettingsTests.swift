// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Foundation
import ServiceConfiguration
import TLS
import TestSupport
import Testing

@Suite("TLS in the configuration", .timeLimit(.minutes(5)))
struct TLSSettingsTests {
    private static let start = """
        accounts: {main: {base_url: https://partner.example/api, api_key: pk_1, api_secret: "s"}}
        sources: {shop: {preset: shopify, secrets: ["s"]}}

        """

    /// Reads a configuration beside a certificate, its key, and the key of another.
    private func read(
        _ text: String,
        needsSecrets: Bool = true
    ) async throws -> (settings: Settings?, findings: [String], keyFiles: [String]) {
        try await withTemporaryFolder { folder in
            let made = try await TestCertificate.make(in: folder, name: "tls")
            let other = try await TestCertificate.make(in: folder, name: "other")
            var files = ["etc/hookline.yaml": Array((Self.start + text).utf8)]
            for (path, file) in [
                ("etc/tls.pem", made.certificate), ("etc/tls.key", made.key), ("etc/other.key", other.key),
                ("/run/creds/tls", made.key),
            ] {
                files[path] = Array(try Data(contentsOf: file))
            }
            let environment = SettingsEnvironment(variables: ["CREDENTIALS_DIRECTORY": "/run/creds"]) { [files] in
                files[$0]
            }
            var reader = SettingsReader(path: "etc/hookline.yaml", environment: environment, needsSecrets: needsSecrets)
            let (settings, diagnostics) = reader.read()
            return (settings, diagnostics.map(\.description), reader.keyFiles)
        }
    }

    @Test("is off unless files are named, and each listener has its own")
    func files() async throws {
        let plain = try await read("")
        #expect(plain.findings.isEmpty && plain.settings?.tls == nil && plain.settings?.adminTLS == nil)
        let text = """
            tls: {certificate: tls.pem, key: tls.key}
            admin: {tls: {certificate: tls.pem, key: "credential:tls"}}
            """
        let read = try await read(text)
        #expect(read.findings.isEmpty)
        #expect(read.settings?.tls == TLSFiles(certificate: "etc/tls.pem", key: "etc/tls.key"))
        #expect(read.settings?.adminTLS == TLSFiles(certificate: "etc/tls.pem", key: "/run/creds/tls"))
        #expect(read.keyFiles == ["etc/tls.key", "/run/creds/tls"])
        #expect(
            read.settings?.outer.base == "https://127.0.0.1:8080"
                && read.settings?.inner.base == "https://127.0.0.1:8081"
        )
        #expect(plain.settings?.inner.base == "http://127.0.0.1:8081")
    }

    @Test(
        "what cannot be served is said where it stands",
        arguments: [
            (
                "{certificate: tls.pem, key: other.key}",
                "'etc/tls.pem, etc/other.key': the key does not belong to the certificate"
            ),
            ("{certificate: gone.pem, key: tls.key}", "'etc/gone.pem': the certificate cannot be read"),
            ("{certificate: tls.pem, key: gone.key}", "'etc/gone.key': the key cannot be read"),
            ("{certificate: tls.key, key: tls.key}", "'etc/tls.key': the certificate holds none"),
            ("{certificate: tls.pem, key: tls.pem}", "'etc/tls.pem': the key is none"),
            ("{certificate: tls.pem}", "found no 'key'; expected it"),
        ]
    )
    func mistakes(_ files: String, _ words: String) async throws {
        let read = try await read("tls: \(files)")
        #expect(read.settings == nil && read.findings.count == 1)
        let found = read.findings.first ?? ""
        #expect(found.hasPrefix("etc/hookline.yaml:3:") && found.contains(words), "\(found)")
    }

    @Test("is not looked into by tools that sign in nowhere")
    func tools() async throws {
        let read = try await read("tls: {certificate: tls.pem, key: gone.key}", needsSecrets: false)
        #expect(read.findings.isEmpty && read.settings?.tls?.key == "etc/gone.key")
    }
}
