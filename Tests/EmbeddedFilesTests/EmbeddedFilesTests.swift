// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import EmbeddedFiles
import Foundation
import Testing

/// The list of what is built in does not fall behind the folders that it is made of.
@Suite struct EmbeddedFilesTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

    /// The files below a folder of the repository, by their paths below it.
    private static func files(below folder: String) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        let walk = try #require(FileManager.default.enumerator(atPath: root.appending(path: folder).path))
        for case let path as String in walk where !path.hasSuffix(".py") && !path.hasSuffix(".md") {
            guard let content = try? Data(contentsOf: root.appending(path: folder).appending(path: path)) else {
                continue
            }
            files[path] = Array(content)
        }
        return files
    }

    @Test(
        "what is built in are the files of the repository: `make embedded` lists them",
        arguments: [
            "rules/", "Sources/Console/Assets/", "Sources/Console/Templates/", "Sources/Liquid/Resources/",
            "Sources/RuleDrafts/Resources/", "Sources/Sandbox/Resources/",
        ]
    )
    func builtIn(folder: String) throws {
        let files = try Self.files(below: folder)
        #expect(!files.isEmpty)
        #expect(EmbeddedFiles.all(below: folder) == files)
    }

    @Test("one file is asked for by its path")
    func one() {
        let style = EmbeddedFiles.bytes("Sources/Console/Assets/console.css")
        #expect(style == EmbeddedFiles.all(below: "Sources/Console/Assets/")["console.css"])
    }
}
