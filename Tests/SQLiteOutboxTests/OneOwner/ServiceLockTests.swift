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

    @Test(
        "a file that is removed or replaced under a service takes nothing more, and the service says so",
        arguments: ["outbox.db", "outbox.db-wal"],
        [true, false]
    )
    func goneFile(_ name: String, _ isReplaced: Bool) async throws {
        try await StoreFile.with { file in
            let service = try await SQLiteOutbox.open(file.path)
            _ = try await service.accept(Make.submission(dedupe: "1"))
            let gone = file.folder.appending(path: name)
            let kept = file.beside("kept")
            try FileManager.default.moveItem(at: gone, to: kept)
            if isReplaced { try Data("another".utf8).write(to: gone) }
            for _ in 0..<2 {
                let error = await #expect(throws: StoreError.self) {
                    try await service.accept(Make.submission(dedupe: "2"))
                }
                #expect(error?.code == .cannotOpen && error?.reason.contains(name + " was removed or replaced") == true)
                #expect(await #expect(throws: StoreError.self) { try await service.check() } == error)
            }
            if isReplaced { try FileManager.default.removeItem(at: gone) }
            try FileManager.default.moveItem(at: kept, to: gone)
            #expect(try await service.accept(Make.submission(dedupe: "2")).isDuplicate == false)
            await service.close()
        }
    }

    @Test("a copy of the descriptors, as a child has it that is being started, does not keep the lock")
    func copiedDescriptors() async throws {
        try await StoreFile.with { file in
            var copies: [Int32] = []
            try await whileOwned(file) {
                for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
                    let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + name)
                    guard let target, target.hasSuffix(file.folder.lastPathComponent + "/outbox.db.lock") else {
                        continue
                    }
                    copies.append(dup(try #require(Int32(name))))
                }
            }
            #expect(!copies.isEmpty)
            #expect(await file.refusal() == nil)
            for copy in copies { close(copy) }
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
