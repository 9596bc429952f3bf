// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import PartnerAPI
import ScriptedCatalogues
import TestSupport
import Testing

@testable import TemplateCatalogues

@Suite("The copies of templates on disk")
struct TemplateCacheTests {
    private static let base = "https://partner.example/api"
    private let copy = TemplateCopy(catalogue: catalogue(("order_paid", "en", "APPROVED")), readAt: TestClock().now)

    private func with(_ body: (TemplateCache) throws -> Void) async throws {
        try await withTemporaryFolder { try body(TemplateCache(folder: $0.appending(path: "copies"))) }
    }

    @Test("come back as they were written, in a file that only its owner reads")
    func roundTrip() async throws {
        try await with { cache in
            #expect(try cache.read("main", baseURL: Self.base) == nil)
            try cache.write(copy, "main", baseURL: Self.base)
            #expect(try cache.read("main", baseURL: Self.base) == copy)
            let path = cache.folder.appending(path: "main.json").path
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        }
    }

    @Test("are replaced whole: nothing but the file is left")
    func replaces() async throws {
        try await with { cache in
            try cache.write(copy, "main", baseURL: Self.base)
            let newer = TemplateCopy(catalogue: catalogue(), readAt: copy.readAt.advanced(by: .seconds(60)))
            try cache.write(newer, "main", baseURL: Self.base)
            #expect(try cache.read("main", baseURL: Self.base) == newer)
            #expect(try FileManager.default.contentsOfDirectory(atPath: cache.folder.path) == ["main.json"])
        }
    }

    @Test("stay inside their folder whatever an account is called", arguments: ["../../up", "a/b", "..", "Zürich 1"])
    func names(_ account: String) async throws {
        try await with { cache in
            try cache.write(copy, account, baseURL: Self.base)
            #expect(try cache.read(account, baseURL: Self.base) == copy)
            #expect(try FileManager.default.contentsOfDirectory(atPath: cache.folder.path).count == 1)
        }
    }

    @Test(
        "that are damaged are an error that names the file, not templates",
        arguments: [
            "", "{", "[]", #"{"version": 2}"#, #"{"version": 1, "read_at": "yesterday"}"#,
            #"{"version": 1, "read_at": "2026-01-15T04:30:00Z", "answer": {"success": false}}"#,
        ]
    )
    func damaged(_ text: String) async throws {
        try await with { cache in
            try cache.write(copy, "main", baseURL: Self.base)
            let file = cache.folder.appending(path: "main.json")
            try Data(text.utf8).write(to: file)
            let failure = #expect(throws: TemplateCache.Failure.self) { try cache.read("main", baseURL: Self.base) }
            #expect(failure?.reason.contains(file.path) == true)
        }
    }

    @Test("that cannot be written leave the old one as it is")
    func unwritable() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "taken")
            try Data("no folder".utf8).write(to: file)
            let cache = TemplateCache(folder: file)
            #expect(throws: TemplateCache.Failure.self) { try cache.write(copy, "main", baseURL: Self.base) }
            #expect(try Data(contentsOf: file) == Data("no folder".utf8))
        }
    }
}
