// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A file beside the tests.
struct Fixture: Sendable, CustomTestStringConvertible {
    let url: URL

    /// The file's name.
    var name: String { url.lastPathComponent }
    var testDescription: String { name }

    /// The files of a folder of `Fixtures`, by name.
    static func all(_ folder: String) -> [Fixture] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(folder)")
        return files(in: folder.path())
    }

    /// The files of any folder, by name.
    static func files(in folder: String) -> [Fixture] {
        let folder = URL(filePath: folder).resolvingSymlinksInPath()
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.sorted { $0.lastPathComponent < $1.lastPathComponent }.map(Fixture.init)
    }

    /// One file of `Fixtures`.
    static func named(_ name: String) -> Fixture {
        Fixture(url: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)"))
    }

    /// The folder of the rule files that are shipped.
    static var shippedRules: String {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return tests.deletingLastPathComponent().appending(path: "rules").path()
    }

    func text() throws -> String {
        try String(contentsOf: url, encoding: .utf8)
    }

    func write(_ text: String) throws {
        try Data(text.utf8).write(to: url)
    }
}
