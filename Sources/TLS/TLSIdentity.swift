// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CLibssl

/// A certificate with its chain and key, checked, and all that connections are held to: what a listener shows who it is.
///
/// It never changes; a renewed certificate is another identity.
@safe package final class TLSIdentity: Sendable {
    /// What the certificate says of itself.
    package let certificate: TLSCertificate
    /// OpenSSL counts those who hold it under a lock of its own; from the end of `init` on nothing changes it, and
    /// `SSL_new` may be called from any thread (openssl-threads(7)).
    private nonisolated(unsafe) let context: OpaquePointer

    /// Reads and checks both.
    ///
    /// - Parameters:
    ///   - certificate: A PEM text: the certificate, then those that lead from it to one that clients know.
    ///   - key: A PEM text with the certificate's key, not protected by a passphrase.
    /// - Throws: ``TLSError`` for what cannot be read, does not belong together, or is too weak.
    package init(certificate: [UInt8], key: [UInt8]) throws(TLSError) {
        ErrorQueue.clear()
        defer { ErrorQueue.clear() }
        guard let context = unsafe hookline_tls_context() else { throw TLSError(.pair, "OpenSSL: \(ErrorQueue.words)") }
        do throws(TLSError) {
            self.certificate = try unsafe Self.fill(context, certificate, key)
        } catch {
            unsafe SSL_CTX_free(context)
            throw error
        }
        unsafe self.context = context
    }

    deinit { unsafe SSL_CTX_free(context) }

    /// A new connection's side of TLS.
    ///
    /// - Returns: `nil` when there is no memory.
    func connect() -> OpaquePointer? { unsafe SSL_new(context) }

    private static func fill(
        _ context: OpaquePointer,
        _ certificate: [UInt8],
        _ key: [UInt8]
    ) throws(TLSError) -> TLSCertificate {
        let chain = try CertificateChain(certificate)
        let key = try PrivateKey(key)
        let described = try TLSCertificate(reading: chain)
        ErrorQueue.clear()
        guard unsafe X509_check_private_key(chain.leaf, key.key) == 1 else {
            throw TLSError(.pair, "the key does not belong to the certificate; expected the one that it was made for")
        }
        ErrorQueue.clear()
        guard unsafe SSL_CTX_use_cert_and_key(context, chain.leaf, key.key, chain.rest, 1) == 1 else {
            let expected = "expected what OpenSSL takes at its security level 2, such as RSA from 2048 bits on or P-256"
            throw TLSError(.certificate, "cannot be served: \(ErrorQueue.words); \(expected)")
        }
        return described
    }
}

/// Bytes as OpenSSL reads a file.
@safe private final class TextReader {
    /// The bytes of a file of certificates or keys are some thousand; more is another file.
    static let mostBytes = 1 << 20

    let text: OpaquePointer

    /// - Parameter bytes: Copied.
    init?(_ bytes: [UInt8]) {
        guard let text = unsafe BIO_new(BIO_s_mem()) else { return nil }
        unsafe self.text = text
        let count = bytes.isEmpty ? 0 : unsafe BIO_write(text, bytes, Int32(bytes.count))
        guard count == Int32(bytes.count) else { return nil }
    }

    deinit { unsafe BIO_free_all(text) }

}

/// The certificates of a text, while they are handed over.
@safe final class CertificateChain {
    let leaf: OpaquePointer
    /// Those that follow it.
    let rest: OpaquePointer
    /// How many they are.
    private(set) var followers = 0

    init(_ bytes: [UInt8]) throws(TLSError) {
        guard bytes.count <= TextReader.mostBytes, let reader = TextReader(bytes),
            let rest = unsafe hookline_new_chain()
        else {
            throw TLSError(.certificate, "is larger than 1 MiB; expected some certificates in PEM")
        }
        ErrorQueue.clear()
        guard let leaf = unsafe hookline_read_certificate(reader.text) else {
            unsafe hookline_free_chain(rest)
            throw Self.unreadable
        }
        unsafe (self.leaf, self.rest) = (leaf, rest)
        ErrorQueue.clear()
        while let next = unsafe hookline_read_certificate(reader.text) {
            followers += 1
            _ = unsafe hookline_chain_append(rest, next)
        }
        guard hookline_found_nothing_more() == 1 else { throw Self.unreadable }
    }

    deinit {
        unsafe X509_free(leaf)
        unsafe hookline_free_chain(rest)
    }

    private static var unreadable: TLSError {
        let expected = "expected certificates in PEM, '-----BEGIN CERTIFICATE-----', the service's own first"
        guard hookline_found_nothing_more() == 0 else { return TLSError(.certificate, "holds none; \(expected)") }
        return TLSError(.certificate, "cannot be read: \(ErrorQueue.words); \(expected)")
    }
}

/// The key of a text, while it is handed over.
@safe private final class PrivateKey {
    let key: OpaquePointer

    init(_ bytes: [UInt8]) throws(TLSError) {
        guard bytes.count <= TextReader.mostBytes, let reader = TextReader(bytes) else {
            throw TLSError(.key, "is larger than 1 MiB; expected a key in PEM")
        }
        ErrorQueue.clear()
        guard let key = unsafe hookline_read_key(reader.text) else { throw Self.unreadable(bytes) }
        unsafe self.key = key
    }

    deinit { unsafe EVP_PKEY_free(key) }

    private static func unreadable(_ bytes: [UInt8]) -> TLSError {
        let expected = "expected a key in PEM, '-----BEGIN PRIVATE KEY-----'"
        if bytes.firstRange(of: Array("ENCRYPTED".utf8)) != nil {
            return TLSError(.key, "is protected by a passphrase; expected one without: the file's mode protects it")
        }
        // OpenSSL says of any text without a key that it is of a kind that nobody knows.
        guard bytes.firstRange(of: Array("PRIVATE KEY-----".utf8)) != nil else {
            return TLSError(.key, "is none; \(expected)")
        }
        return TLSError(.key, "cannot be read; \(expected)")
    }
}
