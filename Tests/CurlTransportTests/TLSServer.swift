// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// `openssl s_server` on a free port with a certificate made for the occasion.
struct TLSServer {
    struct Failure: Error {
        let step: String
    }

    let port: Int
    /// The certificate, which is its own authority, as a PEM file.
    let certificate: URL

    /// Makes a certificate, and lends a server that has it.
    static func run<Result: Sendable>(
        certificateFor name: String,
        _ body: (TLSServer) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryFolder { folder in
            let certificate = folder.appending(path: "certificate.pem")
            let key = folder.appending(path: "key.pem")
            let made = try await openssl([
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name)", "-keyout", key.path, "-out",
                certificate.path,
            ]).run()
            guard made.exitCode == 0 else { throw Failure(step: "certificate: \(made.errors)") }

            // Port 0 lets the system choose; the server's first line, `ACCEPT 0.0.0.0:PORT`, says which.
            let server = openssl([
                "s_server", "-accept", "127.0.0.1:0", "-cert", certificate.path, "-key", key.path, "-www",
            ])
            return try await server.running(showsErrors: false) { server in
                guard let port = await server.line(after: "ACCEPT")?.split(separator: ":").last.flatMap({ Int($0) })
                else { throw Failure(step: "server") }
                return try await body(TLSServer(port: port, certificate: certificate))
            }.value
        }
    }

    private static func openssl(_ arguments: [String]) -> Program {
        Program("/usr/bin/env", ["openssl"] + arguments)
    }
}
