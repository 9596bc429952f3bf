// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CLibcrypto

/// Comparisons whose time tells nobody what was compared.
package enum ConstantTime {
    /// Whether two rows of bytes are equal, in a time that depends on nothing but how long they are.
    ///
    /// - Parameters:
    ///   - left: Some bytes; how many is no secret.
    ///   - right: Others.
    /// - Returns: Whether they are as long and the same.
    package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        unsafe left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
