// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CLibcrypto

/// A public key of RSA, for signatures with SHA-256 and the padding of PKCS #1 1.5.
///
/// - SeeAlso: [RFC 8017, section 8.2](https://www.rfc-editor.org/rfc/rfc8017#section-8.2)
package struct RSAPublicKey: Sendable {
    /// Shorter ones are broken, longer ones take a second for a signature.
    private static let bitCounts: ClosedRange<CInt> = 2_048...8_192
    /// Larger exponents are none that anybody uses, and take long.
    private static let maxExponentBits: CInt = 33

    private let handle: KeyHandle

    /// Reads a key.
    ///
    /// - Parameter pem: One block of PEM with nothing around it but white space: a SubjectPublicKeyInfo or an RSAPublicKey.
    ///   Of everything else nothing comes back.
    package init?(pem: String) {
        guard let block = PEMBlock(pem) else { return nil }
        self.init(der: block.bytes)
    }

    /// Reads a key.
    ///
    /// - Parameter der: A SubjectPublicKeyInfo, or PKCS #1's RSAPublicKey, and nothing after it. Of everything else nothing
    ///   comes back, nor of a key that has less than 2048 bits, that is for other signatures, or that fits no signature.
    package init?(der: [UInt8]) {
        guard let handle = Self.subjectPublicKey(der) ?? Self.pkcs1(der) else { return nil }
        self.init(handle)
    }

    /// Takes a key of any kind; nothing comes back of one that is none as above.
    init?(_ handle: KeyHandle) {
        guard unsafe EVP_PKEY_get_base_id(handle.pointer) == EVP_PKEY_RSA,
            Self.bitCounts.contains(unsafe EVP_PKEY_get_bits(handle.pointer)), Self.hasUsualNumbers(handle)
        else { return nil }
        self.handle = handle
    }

    /// Whether a signature over a text is by this key.
    ///
    /// - Parameters:
    ///   - signature: The signature, as long as the key where it is one.
    ///   - text: What was signed.
    /// - Returns: Whether it is.
    package func isValid(_ signature: [UInt8], for text: [UInt8]) -> Bool {
        handle.isValid(signature, for: text, hashedBy: .sha256)
    }

    /// The key as SubjectPublicKeyInfo in PEM, without a line end after it.
    package var pem: String {
        let memory = unsafe BIO_new(BIO_s_mem())
        defer { unsafe BIO_free(memory) }
        guard unsafe PEM_write_bio_PUBKEY(memory, handle.pointer) == 1 else {
            preconditionFailure("OpenSSL has no memory for a key's text")
        }
        var text = [UInt8](repeating: 0, count: unsafe BIO_ctrl_pending(memory))
        let count = unsafe BIO_read(memory, &text, CInt(text.count))
        return String(decoding: text.prefix(Int(count)).dropLast(), as: UTF8.self)
    }

    private static func subjectPublicKey(_ der: [UInt8]) -> KeyHandle? {
        unsafe whole(der) { place, count in unsafe d2i_PUBKEY(nil, &place, count) }
    }

    private static func pkcs1(_ der: [UInt8]) -> KeyHandle? {
        unsafe whole(der) { place, count in unsafe d2i_PublicKey(EVP_PKEY_RSA, nil, &place, count) }
    }

    /// Has a key read, which has to end where the bytes do.
    private static func whole(
        _ der: [UInt8],
        read: (inout UnsafePointer<UInt8>?, Int) -> OpaquePointer?
    ) -> KeyHandle? {
        OpenSSL.begin()
        return unsafe der.withUnsafeBufferPointer { bytes in
            var place = bytes.baseAddress
            let handle = unsafe KeyHandle(owning: read(&place, bytes.count))
            let end = unsafe bytes.baseAddress.map { unsafe $0 + bytes.count }
            return unsafe place == end ? handle : nil
        }
    }

    /// Whether modulus and exponent are odd and the exponent is neither 1, under which anybody can sign, nor a very long one.
    private static func hasUsualNumbers(_ handle: KeyHandle) -> Bool {
        var (modulus, exponent) = unsafe (nil as OpaquePointer?, nil as OpaquePointer?)
        defer {
            unsafe BN_free(modulus)
            unsafe BN_free(exponent)
        }
        guard unsafe EVP_PKEY_get_bn_param(handle.pointer, OSSL_PKEY_PARAM_RSA_N, &modulus) == 1,
            unsafe EVP_PKEY_get_bn_param(handle.pointer, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1
        else {
            OpenSSL.forgetErrors()
            return false
        }
        return unsafe BN_is_odd(modulus) == 1 && BN_is_odd(exponent) == 1 && BN_is_one(exponent) == 0
            && BN_num_bits(exponent) <= maxExponentBits
    }
}
