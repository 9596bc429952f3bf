// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CLibcrypto

/// One of OpenSSL's asymmetric keys, of any kind.
@safe final class KeyHandle: Sendable {
    /// Not changed after `init`, so that any number of threads may sign and verify with it at once; freed by `deinit`.
    nonisolated(unsafe) let pointer: OpaquePointer

    /// Takes what OpenSSL made, and frees it one day.
    ///
    /// - Parameter pointer: A key, or nothing where OpenSSL found none; what it says of the reason is dropped.
    @unsafe init?(owning pointer: OpaquePointer?) {
        guard let pointer = unsafe pointer else {
            OpenSSL.forgetErrors()
            return nil
        }
        unsafe self.pointer = pointer
    }

    deinit { unsafe EVP_PKEY_free(pointer) }

    /// Whether a signature over a text is by this key.
    ///
    /// - Parameters:
    ///   - signature: The signature.
    ///   - text: What was signed.
    ///   - function: What hashes the text first; `nil` where the algorithm itself does.
    /// - Returns: Whether it is; not so when it has the wrong length.
    func isValid(_ signature: [UInt8], for text: [UInt8], hashedBy function: HashFunction?) -> Bool {
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        let isValid =
            unsafe EVP_DigestVerifyInit(context, nil, function?.algorithm, nil, pointer) == 1
            && EVP_DigestVerify(context, signature, signature.count, text, text.count) == 1
        if !isValid { OpenSSL.forgetErrors() }
        return isValid
    }

    /// A signature over a text.
    ///
    /// - Parameters:
    ///   - text: What is signed.
    ///   - function: What hashes the text first; `nil` where the algorithm itself does.
    /// - Returns: The signature; `nil` where the key cannot sign.
    func signature(for text: [UInt8], hashedBy function: HashFunction?) -> [UInt8]? {
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        var length = max(0, Int(unsafe EVP_PKEY_get_size(pointer)))
        var signature = [UInt8](repeating: 0, count: length)
        guard
            unsafe EVP_DigestSignInit(context, nil, function?.algorithm, nil, pointer) == 1
                && EVP_DigestSign(context, &signature, &length, text, text.count) == 1
        else {
            OpenSSL.forgetErrors()
            return nil
        }
        return Array(signature.prefix(length))
    }
}
