// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CLibssl
import Events
import Foundation
import NIOCore
import TestSupport
import Testing

@testable import TLS

@Suite("A certificate and its key", .timeLimit(.minutes(5)))
struct TLSIdentityTests {
    private func bytes(_ file: URL) throws -> [UInt8] { Array(try Data(contentsOf: file)) }

    private func refusal(_ certificate: [UInt8], _ key: [UInt8]) -> TLSError? {
        do throws(TLSError) {
            _ = try TLSIdentity(certificate: certificate, key: key)
            return nil
        } catch {
            return error
        }
    }

    @Test("say whom they are for and until when")
    func described() async throws {
        try await withTemporaryFolder { folder in
            let names = "DNS:hooks.example,DNS:other.example,IP:127.0.0.1,IP:::1"
            let made = try await TestCertificate.make(in: folder, names: names, days: 30)
            let identity = try TLSIdentity(certificate: try bytes(made.certificate), key: try bytes(made.key))
            let certificate = identity.certificate
            #expect(certificate.names == ["hooks.example", "other.example", "127.0.0.1", "::1"])
            #expect(certificate.subject == "hooks.example and 3 more")
            #expect(certificate.begins.duration(to: certificate.ends) == .seconds(30 * 86_400))
            #expect(certificate.doubt(at: certificate.begins) == nil)
            #expect(certificate.doubt(at: certificate.ends)?.reason.hasPrefix("ended at ") == true)
            let before = Timestamp(seconds: certificate.begins.seconds - 1)
            #expect(certificate.doubt(at: before)?.reason.hasPrefix("begins to hold at ") == true)
        }
    }

    @Test("of a text with both in it are read from it, and the chain behind the first is taken along")
    func together() async throws {
        try await withTemporaryFolder { folder in
            let (first, second) = (
                try await TestCertificate.make(in: folder, name: "one.example"),
                try await TestCertificate.make(in: folder, name: "two.example")
            )
            let all = try bytes(first.key) + bytes(first.certificate) + bytes(second.certificate)
            #expect(try TLSIdentity(certificate: all, key: all).certificate.names == ["one.example"])
        }
    }

    @Test("that were read leave no error behind, good ones and bad ones")
    func noErrors() async throws {
        try await withTemporaryFolder { folder in
            let made = try await TestCertificate.make(in: folder)
            let (certificate, key) = (try bytes(made.certificate), try bytes(made.key))
            ERR_clear_error()
            _ = try TLSIdentity(certificate: certificate, key: key)
            #expect(ERR_peek_error() == 0)
            _ = try TLSCertificate(pem: certificate)
            #expect(ERR_peek_error() == 0)
            #expect(refusal(key, certificate) != nil && ERR_peek_error() == 0)
        }
    }

    @Test("of a connection that takes nothing more leave no error behind")
    func failedWrite() async throws {
        let (identity, client) = (try await TLSChannel.identity(), TestTLSClient())
        let session = try #require(TLSSession(identity))
        var progress = TLSSession.Progress.waits
        while progress == .waits {
            _ = client.handshake()
            var (bytes, sealed) = (ByteBuffer(bytes: client.sent()), ByteBuffer())
            try #require(session.receive(&bytes))
            progress = session.handshake()
            session.takeUnsent(into: &sealed)
            client.receive(Array(buffer: sealed))
        }
        #expect(progress == .done)
        session.end()
        var sealed = ByteBuffer()
        #expect(!session.write(ByteBuffer(string: "late"), into: &sealed))
        #expect(ERR_peek_error() == 0)
    }

    @Test("that are none, or do not belong together, are refused in words")
    func refused() async throws {
        try await withTemporaryFolder { folder in
            let (first, second) = (
                try await TestCertificate.make(in: folder, name: "one.example"),
                try await TestCertificate.make(in: folder, name: "two.example")
            )
            let (certificate, key) = (try bytes(first.certificate), try bytes(first.key))
            let broken = Array(String(decoding: certificate, as: UTF8.self).replacing("MII", with: "AAA").utf8)
            for (certificate, key, part, words) in [
                ([], key, TLSError.Part.certificate, "holds none"), (key, key, .certificate, "holds none"),
                (broken, key, .certificate, "cannot be read"),
                (certificate + broken, key, .certificate, "cannot be read"),
                (certificate, certificate, .key, "is none"), (certificate, [], .key, "is none"),
                (certificate, try bytes(second.key), .pair, "does not belong"),
            ] {
                let found = refusal(certificate, key)
                #expect(found?.part == part)
                #expect(found?.reason.contains(words) == true, "\(String(describing: found))")
            }
        }
    }

    @Test("that are too weak, or protected by a passphrase, are refused in words")
    func unfit() async throws {
        try await withTemporaryFolder { folder in
            let weak = try await TestCertificate.make(in: folder, name: "weak.example", kind: ["rsa:1024"])
            let refused = refusal(try bytes(weak.certificate), try bytes(weak.key))
            #expect(refused?.reason.contains("ee key too small") == true)
            let locked = try await TestCertificate.make(
                in: folder,
                name: "l.example",
                options: ["-passout", "pass:word"]
            )
            let found = refusal(try bytes(locked.certificate), try bytes(locked.key))
            #expect(found?.part == .key)
            #expect(found?.reason.hasPrefix("is protected by a passphrase") == true)
        }
    }
}
