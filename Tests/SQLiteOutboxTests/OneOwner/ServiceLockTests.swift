// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Messages
import Outbox
import SQLiteOutbox
import TestSupport
import Testing

@Suite("One service owns a database, by whatever name it comes", .timeLimit(.minutes(10)))
struct ServiceLockTests {
    /// Runs a body while a service has the file.
    private func whileOwned(_ file: StoreFile, _ body: () async throws -> Void) async throws {
        let service = try await SQLiteOutbox.open(file.path)
        try await body()
        _ = try await service.accept(Make.submission(messages: [Make.message()]))
        await service.close()
    }

    @Test("a symbolic link, also to its folder, leads to the same owner")
    func symbolicLink() async throws {
        try await StoreFile.with { file in
            let link = file.beside("other.db")
            let folder = file.beside("elsewhere")
            try await whileOwned(file) {
                try FileManager.default.createSymbolicLink(at: link, withDestinationURL: URL(filePath: file.path))
                try FileManager.default.createSymbolicLink(at: folder, withDestinationURL: file.folder)
                #expect(await file.refusal(of: link.path)?.code == .inUse)
                #expect(await file.refusal(of: folder.path + "/outbox.db")?.code == .inUse)
            }
            #expect(await file.refusal(of: link.path) == nil)
        }
    }

    @Test("a lock file that was removed does not let a second service in")
    func removedLockFile() async throws {
        try await StoreFile.with { file in
            try await whileOwned(file) {
                try FileManager.default.removeItem(atPath: file.path + ".lock")
                #expect(await file.refusal()?.code == .inUse)
            }
            #expect(await file.refusal() == nil)
        }
    }

    @Test("a file with two names is refused, by both, also when nobody has it")
    func hardLink() async throws {
        try await StoreFile.with { file in
            let link = file.beside("other.db")
            try await whileOwned(file) {
                try FileManager.default.linkItem(at: URL(filePath: file.path), to: link)
                #expect(await file.refusal(of: link.path)?.code == .cannotOpen)
            }
            let error = await file.refusal()
            #expect(error?.reason.contains("2 names (hard links)") == true)
            try FileManager.default.removeItem(at: link)
            #expect(await file.refusal() == nil)
        }
    }
}
