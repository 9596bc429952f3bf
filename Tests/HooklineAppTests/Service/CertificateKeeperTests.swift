// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import NIOConcurrencyHelpers
import TLS
import TestSupport
import Testing

@testable import HooklineApp

@Suite("A certificate that is renewed", .timeLimit(.minutes(5)))
struct CertificateKeeperTests {
    /// Two certificates, and the files of a listener, which show the first.
    private struct Renewal {
        let folder: URL
        let old: TestCertificate
        let new: TestCertificate
        let keeper: CertificateKeeper
        let now: Timestamp

        var shown: String? { keeper.identity.certificate.names.first }

        /// Puts a file in the place of another, as one that renews does.
        func put(_ file: URL, as name: String) throws {
            try Data(contentsOf: file).write(to: folder.appending(path: name), options: .atomic)
        }

        func look(_ now: Timestamp? = nil) -> CertificateKeeper.Outcome { keeper.look(at: now ?? self.now) }
    }

    private func renewing(days: Int = 2, _ body: (Renewal) throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let old = try await TestCertificate.make(in: folder, name: "old.example")
            let new = try await TestCertificate.make(in: folder, name: "new.example", days: days)
            for (file, name) in [(old.certificate, "tls.pem"), (old.key, "tls.key")] {
                try FileManager.default.copyItem(at: file, to: folder.appending(path: name))
            }
            let path = folder.path
            let keeper = try CertificateKeeper(TLSFiles(certificate: "\(path)/tls.pem", key: "\(path)/tls.key"))
            // Also after the second one's beginning, however long it took to make.
            let now = keeper.identity.certificate.begins.advanced(by: .seconds(3_600))
            try body(Renewal(folder: folder, old: old, new: new, keeper: keeper, now: now))
        }
    }

    @Test("is taken once its files have come to rest")
    func taken() async throws {
        try await renewing { renewal in
            #expect(renewal.look() == .nothingNew)
            try renewal.put(renewal.new.certificate, as: "tls.pem")
            try renewal.put(renewal.new.key, as: "tls.key")
            #expect(renewal.look() == .nothingNew)
            guard case .taken(let certificate) = renewal.look() else {
                Issue.record("it was not taken")
                return
            }
            #expect(certificate.names == ["new.example"] && renewal.shown == "new.example")
            #expect(renewal.look() == .nothingNew)
        }
    }

    @Test("is taken behind a symbolic link that is made to lead elsewhere")
    func linked() async throws {
        try await renewing { renewal in
            for (file, name) in [(renewal.new.certificate, "tls.pem"), (renewal.new.key, "tls.key")] {
                let link = renewal.folder.appending(path: name)
                try FileManager.default.removeItem(at: link)
                try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
            }
            _ = (renewal.look(), renewal.look())
            #expect(renewal.shown == "new.example")
        }
    }

    @Test("that comes without its key is refused once, the one before goes on, and the key that follows mends it")
    func half() async throws {
        try await renewing { renewal in
            try renewal.put(renewal.new.certificate, as: "tls.pem")
            _ = renewal.look()
            guard case .refused(let error) = renewal.look() else {
                Issue.record("it was not refused")
                return
            }
            #expect(error.part == .pair && renewal.keeper.refusal == error)
            #expect(renewal.look() == .nothingNew && renewal.shown == "old.example")
            try renewal.put(renewal.new.key, as: "tls.key")
            _ = (renewal.look(), renewal.look())
            #expect(renewal.shown == "new.example" && renewal.keeper.refusal == nil)
        }
    }

    @Test("whose files are gone leaves the one before, and the same files again are told")
    func gone() async throws {
        try await renewing { renewal in
            try FileManager.default.removeItem(at: renewal.folder.appending(path: "tls.key"))
            _ = renewal.look()
            guard case .refused(let error) = renewal.look() else {
                Issue.record("it was not refused")
                return
            }
            #expect(error.part == .key && renewal.shown == "old.example")
            try renewal.put(renewal.old.key, as: "tls.key")
            let outcomes = [renewal.look(), renewal.look()]
            #expect(outcomes.contains(.taken(renewal.keeper.identity.certificate)))
            #expect(renewal.keeper.refusal == nil)
        }
    }

    @Test("that has ended is refused while the one before holds, and taken when that has ended, too")
    func ended() async throws {
        try await renewing(days: 1) { renewal in
            let late = renewal.now.advanced(by: .seconds(86_400 + 3_600))
            try renewal.put(renewal.new.certificate, as: "tls.pem")
            try renewal.put(renewal.new.key, as: "tls.key")
            _ = renewal.look(late)
            guard case .refused(let error) = renewal.look(late) else {
                Issue.record("it was not refused")
                return
            }
            #expect(error.reason.hasPrefix("ended at ") && renewal.shown == "old.example")
            _ = renewal.look(renewal.now.advanced(by: .seconds(3 * 86_400)))
            #expect(renewal.shown == "new.example")
        }
    }

    @Test("is noticed in a file of the same place, size and time of writing")
    func copied() async throws {
        try await withTemporaryFolder { folder in
            let (file, other) = (folder.appending(path: "tls.pem").path, folder.appending(path: "other").path)
            func write(_ text: String, to path: String) throws {
                let handle = try #require(FileHandle(forUpdatingAtPath: path))
                try handle.write(contentsOf: Data(text.utf8))
                try handle.close()
                let date = Date(timeIntervalSince1970: 1_700_000_000)
                try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
            }
            func changed(_ path: String) -> [Int] {
                var status = stat()
                _ = stat(path, &status)
                return [status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
            }
            for path in [file, other] { #expect(FileManager.default.createFile(atPath: path, contents: nil)) }
            try write("old", to: file)
            let before = CertificateKeeper.Fingerprint([file])
            // The file system's time goes on in steps of some milliseconds.
            repeat { try write("any", to: other) } while changed(other) == changed(file)
            try write("new", to: file)
            #expect(CertificateKeeper.Fingerprint([file]) != before)
        }
    }

    @Test("is read aside: whoever connects meanwhile is shown the one before and does not wait")
    func aside() async throws {
        try await renewing { renewal in
            let (keeper, seen) = (NIOLockedValueBox<CertificateKeeper?>(nil), NIOLockedValueBox<[String]>([]))
            let renewed = try CertificateKeeper(renewal.keeper.files) { path in
                let names = keeper.withLockedValue { $0 }?.identity.certificate.names ?? []
                seen.withLockedValue { $0 += names }
                return FileManager.default.contents(atPath: path).map { Array($0) }
            }
            keeper.withLockedValue { $0 = renewed }
            try renewal.put(renewal.new.certificate, as: "tls.pem")
            try renewal.put(renewal.new.key, as: "tls.key")
            _ = renewed.look(at: renewal.now, atOnce: true)
            #expect(seen.withLockedValue { $0 } == ["old.example", "old.example"])
            #expect(renewed.identity.certificate.names == ["new.example"])
            keeper.withLockedValue { $0 = nil }
        }
    }

    @Test("is taken at once where a signal asks for it")
    func atOnce() async throws {
        try await renewing { renewal in
            try renewal.put(renewal.new.certificate, as: "tls.pem")
            try renewal.put(renewal.new.key, as: "tls.key")
            _ = renewal.keeper.look(at: renewal.now, atOnce: true)
            #expect(renewal.shown == "new.example")
        }
    }
}
