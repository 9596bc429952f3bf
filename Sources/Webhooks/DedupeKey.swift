// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// Writes the key by which the store recognises a repetition.
enum DedupeKey {
    /// Longer keys are stored as their hash: ids come from outside and have no limit there.
    private static let maxLength = 200

    /// One text for several parts, different whenever a part is.
    ///
    /// - Parameters:
    ///   - source: The source's name, which has no `/` in it.
    ///   - parts: At least one; a `/` or `%` in a part is escaped, so that parts cannot run into each other.
    /// - Returns: Such as `shop/orders%2Fpaid/evt_1`, at most 200 bytes.
    static func text(source: String, parts: [String]) -> String {
        let escaped = parts.map { $0.replacing("%", with: "%25").replacing("/", with: "%2F") }
        let key = ([source] + escaped).joined(separator: "/")
        guard key.utf8.count > maxLength else { return key }
        let digest = HMACScheme.Encoding.hex.encode(Array(SHA256.hash(data: Array(key.utf8))))
        return "\(source)/sha256:\(digest)"
    }
}
