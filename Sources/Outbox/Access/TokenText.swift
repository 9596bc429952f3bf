// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// The text of a token, which its holder shows: `hk_r_`, `hk_o_` or `hk_a_` for its scope, 32 random bytes in base 62,
/// and six characters by which a text that was mistyped or cut is known without asking the store.
///
/// It prints as `[redacted]`.
package struct TokenText: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The whole text, for the one place that shows it or sends it.
    package let secret: String

    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    /// So many digits of base 62 hold 32 bytes.
    private static let bodyLength = 43
    /// So many hold 32 bits.
    private static let checksumLength = 6

    /// Draws a new one from the system's source of randomness.
    ///
    /// - Parameter scope: What the token may do.
    package init(drawnFor scope: AccessScope) {
        var generator = SystemRandomNumberGenerator()
        self.init(scope, bytes: (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    /// The text of 32 bytes.
    init(_ scope: AccessScope, bytes: [UInt8]) {
        let text = Self.prefix(scope) + Self.base62(bytes, length: Self.bodyLength)
        secret = text + Self.checksum(of: text)
    }

    /// Takes what somebody shows; `nil` when no token has this text, whatever the store holds.
    ///
    /// - Parameter shown: Such as what stands behind `Bearer` in a request.
    package init?(_ shown: String) {
        guard let prefix = AccessScope.allCases.map(Self.prefix).first(where: shown.hasPrefix),
            shown.utf8.count == prefix.utf8.count + Self.bodyLength + Self.checksumLength
        else { return nil }
        let body = shown.dropLast(Self.checksumLength)
        guard Self.checksum(of: String(body)) == shown.suffix(Self.checksumLength) else { return nil }
        secret = shown
    }

    /// What is kept of it.
    package var fingerprint: [UInt8] { Fingerprint(of: secret).bytes }

    package var description: String { "[redacted]" }

    package var customMirror: Mirror { Mirror(self, children: [:]) }

    private static func prefix(_ scope: AccessScope) -> String {
        switch scope {
        case .read: "hk_r_"
        case .operate: "hk_o_"
        case .admin: "hk_a_"
        }
    }

    private static func checksum(of text: String) -> String {
        let sum = crc32(Array(text.utf8))
        return base62(
            (0..<4).reversed().map { UInt8(truncatingIfNeeded: sum >> (8 * UInt32($0))) },
            length: checksumLength
        )
    }

    /// A number of many bytes, the highest first, in base 62 with leading zeros.
    private static func base62(_ bytes: [UInt8], length: Int) -> String {
        var rest = bytes
        let text = (0..<length).map { _ -> Character in
            var remainder = 0
            for index in rest.indices {
                let value = remainder << 8 | Int(rest[index])
                rest[index] = UInt8(value / 62)
                remainder = value % 62
            }
            return digits[remainder]
        }
        return String(text.reversed())
    }

    /// The checksum of PNG, gzip and Ethernet (ISO 3309), a bit at a time: it is asked for once a request.
    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
    }
}
