// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Cryptography

/// A keyed hash in a header: what is hashed, how the hash is written, where it and its time stamp stand.
///
/// A value, so that one type covers every sender of this family; see `Presets/` for how each is described.
package struct HMACScheme: Hashable, Sendable, SignatureEnvelope {
    /// The hash function.
    package typealias Hash = HashFunction

    /// How the hash is written.
    ///
    /// Each hash has one accepted spelling, but for the case of hex digits.
    package enum Encoding: String, Hashable, Sendable, CaseIterable {
        /// Hex digits: written in lower case, read in any.
        case hex
        /// Base64 of RFC 4648, section 4, with its padding.
        case base64
        /// Base64 of RFC 4648, section 5, with `-` and `_`: written without padding, read with or without.
        case base64url
    }

    /// How the secret that people paste becomes the key.
    package enum KeyDecoding: Hashable, Sendable {
        /// The text's UTF-8 bytes.
        case text
        /// Hex digits.
        case hex
        /// Base64, with or without this in front, such as `whsec_`.
        case base64(prefix: String)
        /// The text's UTF-8 bytes after HTML entities are resolved (WooCommerce stores the escaped form).
        case htmlUnescaped
    }

    /// How one or several signatures stand in the header.
    package enum Syntax: Hashable, Sendable {
        /// One signature in one line.
        case single
        /// A signature a line, or several in one line with commas; any may match.
        case repeated
        /// `t=…,v1=…`: pairs between separators; those of this name are signatures, any may match.
        case pairs(separator: Character, name: String)
        /// `v1,… v1,…`: words with a version in front; those of this version are signatures, any may match.
        case versions(String)
    }

    /// Where the time stamp is, and what it may be.
    package struct TimeStamp: Hashable, Sendable {
        /// Where it stands.
        package enum Carrier: Hashable, Sendable {
            /// In a header of its own.
            case header(HeaderName)
            /// In the signature header's pair of this name.
            case pair(String)
        }

        /// What it counts.
        package enum Unit: String, Hashable, Sendable, CaseIterable {
            /// Ten digits.
            case seconds = "s"
            /// Thirteen digits.
            case milliseconds = "ms"
        }

        package var carrier: Carrier
        package var unit: Unit = .seconds
        /// How old it may be; `nil` when any age will do.
        package var past: Duration?
        /// How far ahead of our clock it may be; `nil` when any distance will do.
        package var future: Duration?
    }

    package var hash: Hash = .sha256
    package var encoding: Encoding = .hex
    package var key: KeyDecoding = .text
    /// The header that holds the signature.
    package var header: HeaderName
    /// What stands in front of the hash, such as `sha256=`; read in any case.
    package var prefix = ""
    package var syntax: Syntax = .single
    package var signed: SignedText = .body
    package var timestamp: TimeStamp?
    /// The header that `{id}` stands for.
    package var id: HeaderName?
}

extension HMACScheme: CustomStringConvertible {
    /// One line for people.
    package var description: String {
        "HMAC-\(hash.rawValue.uppercased()), \(encoding.rawValue), in \(header) over \(signed)"
    }
}
