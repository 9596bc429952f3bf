// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A certificate that is its own authority and its key, made for a test with `openssl`.
package struct TestCertificate: Sendable {
    /// Why there is none.
    package struct Failure: Error {
        package let words: String
    }

    /// PEM files.
    package let certificate: URL
    package let key: URL

    /// Makes one; what stands in its files is replaced.
    ///
    /// - Parameters:
    ///   - folder: Where its two files go.
    ///   - name: Whom it is for, and how its files are called.
    ///   - names: `subjectAltName`, as `openssl` wants it; the name alone if left out.
    ///   - days: How long it holds from now on.
    ///   - kind: What `openssl req` makes a key of; P-256 if left out.
    ///   - options: More for `openssl req`, in the place of "no passphrase".
    /// - Returns: Its files.
    /// - Throws: ``Failure``, or what starting a program throws.
    package static func make(
        in folder: URL,
        name: String = "hooks.example",
        names: String? = nil,
        days: Int = 2,
        kind: [String] = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        options: [String] = ["-nodes"]
    ) async throws -> TestCertificate {
        let made = TestCertificate(
            certificate: folder.appending(path: "\(name).pem"),
            key: folder.appending(path: "\(name).key")
        )
        let run = try await Program(
            "/usr/bin/env",
            ["openssl", "req", "-x509", "-newkey"] + kind + options + [
                "-days", "\(days)", "-subj", "/CN=\(name)", "-addext", "subjectAltName=\(names ?? "DNS:\(name)")",
                "-keyout", made.key.path, "-out", made.certificate.path,
            ]
        ).run()
        guard run.exitCode == 0 else { throw Failure(words: run.errors) }
        return made
    }
}
