// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CLibssl
package import Events
internal import Foundation
internal import HTTPValues

/// What a certificate says of itself.
package struct TLSCertificate: Hashable, Sendable {
    /// The names and addresses that it is for; the common name where it has none of these, which no client takes any more.
    package let names: [String]
    /// From when on it holds.
    package let begins: Timestamp
    /// Until when it holds.
    package let ends: Timestamp

    /// Whether nobody else vouches for it.
    package let isSelfSigned: Bool
    /// How many certificates stand behind it in its file, which lead to one that clients know.
    package let followers: Int

    /// Such as `hooks.example.com and 2 more`.
    package var subject: String {
        guard let first = names.first else { return "no name" }
        return names.count == 1 ? first : "\(first) and \(names.count - 1) more"
    }

    /// Why it does not hold at a time; `nil` when it does.
    ///
    /// - Parameter now: When.
    /// - Returns: What is wrong, as ``TLSError`` says it.
    package func doubt(at now: Timestamp) -> TLSError? {
        if now >= ends { return TLSError(.certificate, "ended at \(ends.rfc3339); expected one that holds") }
        if now < begins {
            return TLSError(.certificate, "begins to hold at \(begins.rfc3339); expected one that holds")
        }
        return nil
    }

    /// Reads the first certificate of a text.
    ///
    /// - Parameter pem: The text.
    /// - Throws: ``TLSError``.
    package init(pem: [UInt8]) throws(TLSError) {
        // Also after a good reading: that a text has no more is an error to OpenSSL.
        defer { ErrorQueue.clear() }
        let chain = try CertificateChain(pem)
        try self.init(reading: chain)
    }

    /// Reads what the first certificate of a chain says.
    ///
    /// - Parameter chain: All of a file.
    /// - Throws: ``TLSError``.
    init(reading chain: CertificateChain) throws(TLSError) {
        let certificate = unsafe chain.leaf
        followers = chain.followers
        isSelfSigned = unsafe X509_self_signed(certificate, 0) == 1
        guard let begins = unsafe Self.time(X509_get0_notBefore(certificate)),
            let ends = unsafe Self.time(X509_get0_notAfter(certificate))
        else { throw TLSError(.certificate, "has no time from which and until which it holds") }
        (self.begins, self.ends) = (begins, ends)
        let names = unsafe Self.names(certificate)
        self.names = names.isEmpty ? unsafe Self.commonName(certificate).map { [$0] } ?? [] : names
    }

    private static func time(_ text: UnsafePointer<ASN1_TIME>?) -> Timestamp? {
        var parts = unsafe tm()
        guard unsafe ASN1_TIME_to_tm(text, &parts) == 1 else { return nil }
        return unsafe Timestamp(seconds: Int64(timegm(&parts)))
    }

    private static func names(_ certificate: OpaquePointer) -> [String] {
        guard let names = unsafe hookline_names(certificate) else { return [] }
        defer { unsafe hookline_free_names(names) }
        return unsafe (0..<hookline_names_count(names)).compactMap { index in
            var (length, isAddress): (Int32, Int32) = (0, 0)
            guard let bytes = unsafe hookline_name(names, index, &length, &isAddress) else { return nil }
            let name = unsafe UnsafeBufferPointer(start: bytes, count: Int(length))
            return unsafe isAddress == 1
                ? ClientAddress(bytes: name)?.description : String(decoding: name, as: UTF8.self)
        }
    }

    private static func commonName(_ certificate: OpaquePointer) -> String? {
        var text = [CChar](repeating: 0, count: 256)
        let subject = unsafe X509_get_subject_name(certificate)
        let count = unsafe X509_NAME_get_text_by_NID(subject, NID_commonName, &text, Int32(text.count))
        guard count > 0 else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
