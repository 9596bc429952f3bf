// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import Foundation
import PartnerClient
import ServiceConfiguration
import TestSupport
import Testing

@Suite("Files that hold secrets")
struct SecretFileTests {
    private static let configuration = """
        accounts:
          main: {base_url: "https://partner.example/api", api_key: pk_1, api_secret: "file:secret"}
        sources:
          shop: {secrets: ["file:secret"]}
        """

    private func read(_ bytes: [UInt8]) -> (settings: Settings?, diagnostics: [Diagnostic], files: [String]) {
        let environment = SettingsEnvironment(variables: [:]) { path in
            path == "hookline.yaml" ? Array(Self.configuration.utf8) : bytes
        }
        var reader = SettingsReader(path: "hookline.yaml", environment: environment)
        let (settings, diagnostics) = reader.read()
        return (settings, diagnostics, reader.secretFiles)
    }

    @Test(
        "the mark in front and white space at the ends are no part of the secret",
        arguments: ["s3cret-ü", "\u{FEFF}s3cret-ü", "\u{FEFF}s3cret-ü\r\n", " s3cret-ü\n"]
    )
    func text(_ text: String) {
        let result = read(Array(text.utf8))
        #expect(result.diagnostics.isEmpty)
        #expect(result.settings?.accounts.first?.partner.apiSecret.reveal() == "s3cret-ü")
        #expect(result.files == ["secret", "secret"])
    }

    @Test("when a secret's file was written is known by its name; of a variable and a credential nobody knows")
    func written() throws {
        let configuration = """
            accounts:
              main: {base_url: "https://partner.example/api", api_key: pk_1, api_secret: s3cret}
            sources:
              shop: {secrets: ["file:keys/shop-2026", "credential:shop", "${SHOP_SECRET}", s3cret]}
            """
        let time = try #require(Timestamp(rfc3339: "2026-01-05T04:30:00.000Z"))
        var environment = SettingsEnvironment(variables: ["SHOP_SECRET": "s3cret", "CREDENTIALS_DIRECTORY": "/run"]) {
            $0 == "hookline.yaml" ? Array(configuration.utf8) : Array("s3cret".utf8)
        }
        environment.writtenAt = { $0 == "keys/shop-2026" || $0 == "/run/shop" ? time : nil }
        var reader = SettingsReader(path: "hookline.yaml", environment: environment)
        #expect(reader.read().0?.secretsWritten == ["shop": ["shop-2026": time]])
    }

    @Test("the service takes the time that a file has, through a link to it")
    func modified() async throws {
        try await withTemporaryFolder { folder in
            let (file, link) = (folder.appending(path: "secret"), folder.appending(path: "link"))
            try Data("s3cret".utf8).write(to: file)
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
            let date = Date(timeIntervalSince1970: 1_767_500_000)
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: file.path)
            let time = Timestamp(microseconds: 1_767_500_000_000_000)
            #expect(SettingsEnvironment.process.writtenAt(link.path) == time)
            #expect(SettingsEnvironment.process.writtenAt(folder.appending(path: "none").path) == nil)
        }
    }

    @Test(
        "a file that is no text in UTF-8 is named with what it is, and nothing of it is shown",
        arguments: [
            ([0x73, 0x33, 0xE9, 0x74], "is not UTF-8"), ([0xFF, 0xFE, 0x73, 0x00], "is saved as UTF-16"),
            ([0xFE, 0xFF, 0x00, 0x73], "is saved as UTF-16"), ([0x73, 0x00, 0x33], "has bytes of zero"),
        ] as [([UInt8], String)]
    )
    func noText(_ bytes: [UInt8], _ words: String) {
        let result = read(bytes)
        #expect(result.settings == nil)
        #expect(result.diagnostics.map(\.id) == [.notUTF8, .notUTF8])
        for diagnostic in result.diagnostics {
            #expect(diagnostic.message.contains("the file 'secret'") && diagnostic.message.contains(words))
        }
    }
}
