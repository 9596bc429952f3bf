// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ChildProcesses
import Foundation

/// `openssl s_server` on a free port with a certificate made for the occasion.
struct TLSServer {
    struct Failure: Error {
        let step: String
    }

    let port: Int
    /// The certificate, which is its own authority, as a PEM file.
    let certificate: URL

    static func run<Result>(
        certificateFor name: String,
        _ body: (TLSServer) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hookline-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let certificate = folder.appending(path: "certificate.pem")
        let key = folder.appending(path: "key.pem")
        let maker = try await ChildProcess.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name)", "-keyout", key.path, "-out",
                certificate.path,
            ]
        )
        guard maker.exitCode == 0 else { throw Failure(step: "certificate") }

        // Port 0 lets the system choose; the server's first line, `ACCEPT 127.0.0.1:PORT`, says which.
        let (server, port) = try await ChildProcess.start(
            "openssl",
            ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate.path, "-key", key.path, "-www"]
        ) { line in
            line.hasPrefix("ACCEPT")
                ? line.split(separator: ":").last.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
                : nil
        }
        // A child of the test process may have inherited a blocked SIGTERM; this one cannot be blocked.
        defer { server.signal(SIGKILL) }
        return try await body(TLSServer(port: port, certificate: certificate))
    }
}
