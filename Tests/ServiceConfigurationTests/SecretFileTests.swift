// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import PartnerClient
import ServiceConfiguration
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
