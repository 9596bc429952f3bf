// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

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
        let maker = openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name)", "-keyout", key.path, "-out",
            certificate.path,
        ])
        maker.standardError = FileHandle.nullDevice
        try maker.run()
        maker.waitUntilExit()
        guard maker.terminationStatus == 0 else { throw Failure(step: "certificate") }

        // Port 0 lets the system choose; the server's first line, `ACCEPT 0.0.0.0:PORT`, says which.
        let server = openssl([
            "s_server", "-accept", "127.0.0.1:0", "-cert", certificate.path, "-key", key.path, "-www",
        ])
        let output = Pipe()
        server.standardOutput = output
        server.standardError = FileHandle.nullDevice
        server.standardInput = Pipe()
        try server.run()
        defer {
            // A child of the test process may have inherited a blocked SIGTERM; this one cannot be blocked.
            kill(server.processIdentifier, SIGKILL)
        }
        return try await body(TLSServer(port: port(in: output.fileHandleForReading), certificate: certificate))
    }

    private static func openssl(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        return process
    }

    private static func port(in output: FileHandle) throws -> Int {
        var text = ""
        while true {
            if let line = text.split(separator: "\n").first(where: { $0.hasPrefix("ACCEPT") }), text.hasSuffix("\n"),
                let port = line.split(separator: ":").last.flatMap({ Int($0.trimmingCharacters(in: .whitespaces)) })
            {
                return port
            }
            let data = output.availableData
            guard !data.isEmpty else { throw Failure(step: "server") }
            text += String(decoding: data, as: UTF8.self)
        }
    }
}
