// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPValues
import NIOConcurrencyHelpers
import NIOCore
import Server
import TLS
import TestSupport
import Testing
import WireClient

/// Other people's programs as clients of a listener that speaks TLS.
@Suite("A listener that speaks TLS, over a socket", .timeLimit(.minutes(10)))
struct TLSListenerTests {
    /// Takes bodies, and says how many bytes each had and what they add up to.
    private struct Endpoint: HTTPEndpoint {
        func open(_ line: RequestLine) -> Opening {
            .body(
                AsyncTaker(maxBodyBytes: 32 << 20) { request in
                    let sum = request.body.reduce(0) { $0 &+ Int($1) }
                    return .plainText("\(line.path) \(request.body.count) \(sum)\n")
                }
            )
        }
    }

    /// A listener under test.
    private struct Listening: Sendable {
        let address: ListenAddress
        let files: TestCertificate
        let folder: URL
        let beginnings: NIOLockedValueBox<[TLSBeginning]>

        /// Asks with curl, which checks the certificate.
        func curl(_ arguments: [String], path: String = "/here") async throws -> ProgramRun {
            let name = ["--resolve", "hooks.example:\(address.port):127.0.0.1", "--cacert", files.certificate.path]
            let url = "https://hooks.example:\(address.port)\(path)"
            return try await Program("/usr/bin/env", ["curl", "-sS"] + name + arguments + [url]).run()
        }

        /// Sends bytes with `openssl s_client`, and reads until the listener closes.
        func openssl(_ arguments: [String] = [], sending text: String) async throws -> ProgramRun {
            let file = folder.appending(path: "request")
            try Data(text.utf8).write(to: file)
            let options = [
                "s_client", "-quiet", "-connect", "127.0.0.1:\(address.port)", "-verify_quiet", "-nocommands",
            ]
            let command = (["openssl"] + options + arguments).joined(separator: " ")
            return try await Program("/bin/sh", ["-c", "\(command) < '\(file.path)'"]).run()
        }
    }

    private func listening(
        _ change: (inout HTTPLimits) -> Void = { _ in },
        _ body: (Listening) async throws -> Void
    ) async throws {
        var limits = HTTPLimits.patient
        limits.lingerTime = .milliseconds(200)
        change(&limits)
        try await withTemporaryFolder { [limits] folder in
            let made = try await TestCertificate.make(in: folder)
            let identity = try TLSFiles(certificate: made.certificate.path, key: made.key.path).identity { path in
                FileManager.default.contents(atPath: path).map { Array($0) }
            }
            let beginnings = NIOLockedValueBox<[TLSBeginning]>([])
            let listener = HTTPListener(
                address: ListenAddress(host: "127.0.0.1", port: 0),
                tls: TLSDoor(identity: { identity }) { beginning in beginnings.withLockedValue { $0.append(beginning) }
                },
                endpoint: Endpoint(),
                limits: limits,
                logger: quietLogger
            )
            try await running(listener) {
                let address = try await listener.bound.value
                try await body(Listening(address: address, files: made, folder: folder, beginnings: beginnings))
            }
        }
    }

    @Test("serves curl in TLS 1.2 and 1.3, and tells one of TLS 1.1 that it is too old")
    func versions() async throws {
        try await listening { listening in
            for version in ["1.2", "1.3"] {
                let run = try await listening.curl(["--tls-max", version])
                #expect(run.output == "/here 0 0\n" && run.exitCode == 0, "\(run.errors)")
            }
            let old = try await listening.openssl(["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], sending: "")
            #expect(old.errors.contains("alert protocol version"))
            #expect(
                listening.beginnings.withLockedValue { $0 } == [
                    .began(version: "TLSv1.2"), .began(version: "TLSv1.3"), .failed(.version),
                ]
            )
        }
    }

    @Test("takes a body of ten megabytes as it is")
    func large() async throws {
        try await listening { listening in
            let file = listening.folder.appending(path: "body")
            let bytes = (0..<(10 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 37) }
            try Data(bytes).write(to: file)
            let run = try await listening.curl(["--data-binary", "@\(file.path)"])
            #expect(run.output == "/here \(bytes.count) \(bytes.reduce(0) { $0 &+ Int($1) })\n")
        }
    }

    @Test("answers requests that come together one after the other, and closes with TLS's own word")
    func pipelined() async throws {
        try await listening { listening in
            let requests = (1...3).map { "GET /\($0) HTTP/1.1\r\nHost: hooks.example\r\n\r\n" }.joined()
            let last = "GET /4 HTTP/1.1\r\nHost: hooks.example\r\nConnection: close\r\n\r\n"
            let run = try await listening.openssl(sending: requests + last)
            let answers = run.output.split(separator: "\r\n").filter { $0.hasPrefix("/") }.map { $0.prefix(2) }
            #expect(answers == ["/1", "/2", "/3", "/4"].map { $0[...] }, "\(run.output)")
            // OpenSSL 3 calls an end without that word an error.
            #expect(!run.errors.contains("unexpected eof"))
        }
    }

    @Test("says to HTTP without TLS where it is, and counts it")
    func plainHTTP() async throws {
        try await listening { listening in
            let run = try await Program(
                "/usr/bin/env",
                ["curl", "-sS", "http://127.0.0.1:\(listening.address.port)/"]
            ).run()
            #expect(run.output == "This port speaks HTTPS: begin the address with https://\n")
            #expect(listening.beginnings.withLockedValue { $0 } == [.failed(.plainHTTP)])
        }
    }

    @Test("serves while a thousand connections have begun a handshake and say no more")
    func crowd() async throws {
        try await listening {
            $0.connections = 64
        } _: { listening in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<1_000 {
                    group.addTask {
                        // The first bytes of a record that never ends; the listener closes those that wait the longest.
                        try? await WireConnection.open(to: listening.address) { connection in
                            try await connection.write("\u{16}\u{3}\u{1}\u{2}")
                            try? await connection.untilClosed()
                        }
                    }
                }
                for _ in 0..<5 {
                    let run = try await listening.curl(["--retry", "20", "--retry-all-errors", "--retry-delay", "1"])
                    #expect(run.output == "/here 0 0\n")
                }
                group.cancelAll()
            }
        }
    }
}
