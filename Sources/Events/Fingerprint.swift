// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Cryptography

/// The SHA-256 of a secret or a body: what can be kept and compared where the text itself must or need not be.
package struct Fingerprint: Sendable {
    /// 32 bytes.
    package let bytes: [UInt8]

    /// The fingerprint of a text's UTF-8.
    ///
    /// - Parameter text: Such as an API key's secret.
    package init(of text: String) {
        self.init(of: Array(text.utf8))
    }

    /// The fingerprint of bytes.
    ///
    /// - Parameter bytes: Such as a request's body.
    package init(of bytes: [UInt8]) {
        self.bytes = HashFunction.sha256.hash(bytes)
    }

    /// The keyed fingerprint of a text's UTF-8, which nobody can try texts against without the key.
    ///
    /// - Parameters:
    ///   - text: Such as a phone number.
    ///   - key: 32 bytes that are kept apart from what is fingerprinted.
    package init(of text: String, key: [UInt8]) {
        bytes = KeyedHash(.sha256, key: key).code(over: Array(text.utf8))
    }

    /// Whether it is that one, in a time that does not depend on where two differ.
    ///
    /// - Parameter other: A fingerprint's bytes, as they were kept.
    /// - Returns: Whether all bytes are equal.
    package func isSame(as other: [UInt8]) -> Bool {
        ConstantTime.areEqual(bytes, other)
    }
}
