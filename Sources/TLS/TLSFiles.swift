// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Where a listener's certificate and key are.
package struct TLSFiles: Hashable, Sendable {
    /// The file of the certificate and of those that lead from it to one that clients know.
    package let certificate: String
    /// The file of its key.
    package let key: String

    package init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    /// Reads both files.
    ///
    /// - Parameter read: A file's content; `nil` when it cannot be read.
    /// - Returns: Who they say that we are.
    /// - Throws: ``TLSError``.
    package func identity(_ read: (String) -> [UInt8]?) throws(TLSError) -> TLSIdentity {
        guard let certificate = read(certificate) else {
            throw TLSError(.certificate, "cannot be read; expected a file that the service may read")
        }
        guard let key = read(key) else {
            throw TLSError(.key, "cannot be read; expected a file that the service may read")
        }
        return try TLSIdentity(certificate: certificate, key: key)
    }

    /// The file that an error is about.
    ///
    /// - Parameter part: What is at fault.
    /// - Returns: Its path; both, where they do not fit.
    package func name(of part: TLSError.Part) -> String {
        switch part {
        case .certificate: certificate
        case .key: key
        case .pair: "\(certificate), \(key)"
        }
    }
}
