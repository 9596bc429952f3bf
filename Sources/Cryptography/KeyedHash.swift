// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CLibcrypto

/// An HMAC that has its key and nothing else yet: what the key costs is done once and not for each text.
///
/// - SeeAlso: [RFC 2104](https://www.rfc-editor.org/rfc/rfc2104)
@safe package final class KeyedHash: Sendable {
    /// The hash function.
    package let function: HashFunction
    /// Read after `init` by nothing but copies, which any number of threads may make at once, and freed by `deinit`.
    private nonisolated(unsafe) let begun: OpaquePointer

    fileprivate static let noMemory = "OpenSSL has no memory for a keyed hash, or openssl.cnf switches its function off"

    /// Begins with a key.
    ///
    /// - Parameters:
    ///   - function: The hash function.
    ///   - key: Any number of bytes.
    package init(_ function: HashFunction, key: [UInt8]) {
        self.function = function
        guard let begun = unsafe EVP_MAC_CTX_dup(function.begun) else { preconditionFailure(Self.noMemory) }
        unsafe self.begun = begun
        // OpenSSL takes no bytes for no key. HMAC fills a key up with zeros, so one of them is the empty key.
        let key = key.isEmpty ? [0] : key
        precondition(unsafe EVP_MAC_init(begun, key, key.count, nil) == 1, Self.noMemory)
    }

    deinit { unsafe EVP_MAC_CTX_free(begun) }

    /// The code of a text.
    ///
    /// - Parameter pieces: The text; where one piece ends and the next begins makes no difference.
    /// - Returns: As many bytes as the hash function's hashes have.
    package func code(over pieces: [UInt8]...) -> [UInt8] { code(over: pieces) }

    /// The code of a text.
    ///
    /// - Parameter pieces: The text; where one piece ends and the next begins makes no difference.
    /// - Returns: As many bytes as the hash function's hashes have.
    package func code(over pieces: [[UInt8]]) -> [UInt8] {
        guard let context = unsafe EVP_MAC_CTX_dup(begun) else { preconditionFailure(Self.noMemory) }
        defer { unsafe EVP_MAC_CTX_free(context) }
        var isDone = true
        for piece in pieces { isDone = unsafe EVP_MAC_update(context, piece, piece.count) == 1 && isDone }
        return unsafe [UInt8](unsafeUninitializedCapacity: function.byteCount) { code, count in
            isDone = unsafe EVP_MAC_final(context, code.baseAddress, &count, code.count) == 1 && isDone
            precondition(isDone && count == function.byteCount, Self.noMemory)
        }
    }

    /// Whether a code is that of a text, in a time that does not depend on where it differs.
    ///
    /// - Parameters:
    ///   - code: The code that came with the text.
    ///   - text: The text.
    /// - Returns: Whether it is.
    package func isValid(_ code: [UInt8], for text: [UInt8]) -> Bool {
        ConstantTime.areEqual(code, self.code(over: [text]))
    }
}

extension HashFunction {
    /// An HMAC with this function and some key, which lives as long as the process.
    fileprivate var begun: OpaquePointer {
        switch self {
        case .sha1: unsafe BegunHashes.sha1
        case .sha256: unsafe BegunHashes.sha256
        case .sha512: unsafe BegunHashes.sha512
        }
    }
}

/// An HMAC for each hash function, begun once: to look for the two by their names takes longer than to take in a key.
///
/// Nothing reads them but copies, which any number of threads may make at once.
private enum BegunHashes {
    nonisolated(unsafe) static let sha1 = unsafe begin(.sha1)
    nonisolated(unsafe) static let sha256 = unsafe begin(.sha256)
    nonisolated(unsafe) static let sha512 = unsafe begin(.sha512)

    /// The key is replaced in each copy.
    private static func begin(_ function: HashFunction) -> OpaquePointer {
        OpenSSL.begin()
        let algorithm = unsafe EVP_MAC_fetch(nil, "HMAC", nil)
        defer { unsafe EVP_MAC_free(algorithm) }
        guard let begun = unsafe EVP_MAC_CTX_new(algorithm) else {
            preconditionFailure("OpenSSL has no HMAC: look at what openssl.cnf switches off")
        }
        // A parameter points at its name and at its value, so both have to live until it is read.
        let isBegun = unsafe OSSL_MAC_PARAM_DIGEST.withCString { parameter in
            unsafe function.name.withCString { name in
                let parameters = unsafe [
                    OSSL_PARAM_construct_utf8_string(parameter, UnsafeMutablePointer(mutating: name), 0),
                    OSSL_PARAM_construct_end(),
                ]
                return unsafe EVP_MAC_init(begun, [0], 1, parameters)
            }
        }
        precondition(isBegun == 1, KeyedHash.noMemory)
        return unsafe begun
    }
}
