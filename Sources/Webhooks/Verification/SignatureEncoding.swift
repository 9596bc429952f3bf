// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation

extension HMACScheme.Encoding {
    private static let digits = Array("0123456789abcdef".utf8)

    /// The bytes of a hash that is written as this encoding writes it; `nil` for any other spelling.
    ///
    /// Hex digits may be capitals: it is the bytes that are compared, and some senders' libraries write such.
    ///
    /// - Parameter text: The header's text without its prefix.
    /// - Returns: The bytes.
    func decode(_ text: Substring) -> [UInt8]? {
        switch self {
        case .hex: Self.decodeHex(text.utf8)
        case .base64: Self.decodeBase64(String(text))
        case .base64url: Self.decodeBase64URL(String(text))
        }
    }

    /// Writes bytes.
    ///
    /// - Parameter bytes: A hash.
    /// - Returns: Its one spelling.
    func encode(_ bytes: [UInt8]) -> String {
        switch self {
        case .hex:
            String(decoding: bytes.flatMap { [Self.digits[Int($0 >> 4)], Self.digits[Int($0 & 15)]] }, as: UTF8.self)
        case .base64: Data(bytes).base64EncodedString()
        case .base64url: Self.urlSafe(Data(bytes).base64EncodedString())
        }
    }

    /// What a hash of this length looks like, for a message.
    ///
    /// - Parameter byteCount: The hash's length.
    /// - Returns: Such as `64 hex digits`.
    func shape(byteCount: Int) -> String {
        switch self {
        case .hex: "\(byteCount * 2) hex digits"
        case .base64: "\((byteCount + 2) / 3 * 4) characters of padded base64"
        case .base64url: "\((byteCount * 4 + 2) / 3) characters of URL-safe base64"
        }
    }

    private static func decodeHex(_ text: Substring.UTF8View) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var high: UInt8?
        for character in text {
            guard let value = character.hexValue else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }

    private static func decodeBase64(_ text: String) -> [UInt8]? {
        // The last character may hold bits that decoding drops: only the spelling that encoding would give counts.
        guard let data = Data(base64Encoded: text), data.base64EncodedString() == text else { return nil }
        return Array(data)
    }

    /// With or without padding, as senders differ there; `+` and `/` belong to the other alphabet.
    private static func decodeBase64URL(_ text: String) -> [UInt8]? {
        let bare = String(text.prefix { $0 != "=" })
        let padding = String(repeating: "=", count: (4 - bare.utf8.count % 4) % 4)
        guard text == bare || text == bare + padding, !bare.contains(where: { "+/".contains($0) }) else { return nil }
        return decodeBase64(bare.replacing("-", with: "+").replacing("_", with: "/") + padding)
    }

    private static func urlSafe(_ text: String) -> String {
        String(text.prefix { $0 != "=" }).replacing("+", with: "-").replacing("/", with: "_")
    }
}

/// How signatures, their time stamp and a message id stand in a request's headers, whatever made them.
protocol SignatureEnvelope: CustomStringConvertible, Sendable {
    /// The header that holds the signature.
    var header: HeaderName { get }
    /// How one or several signatures stand in it.
    var syntax: HMACScheme.Syntax { get }
    /// Where the time stamp is.
    var timestamp: HMACScheme.TimeStamp? { get }
    /// The header that `{id}` stands for.
    var id: HeaderName? { get }
}

extension SignatureEnvelope {
    /// A failure that names this scheme.
    ///
    /// - Parameter reason: What failed.
    /// - Returns: The failure.
    func failure(_ reason: VerificationFailure.Reason) -> VerificationFailure {
        VerificationFailure(scheme: description, reason: reason)
    }

    /// Judges a time stamp whose signature is good.
    ///
    /// - Parameters:
    ///   - time: The time stamp; `nil` where the scheme has none.
    ///   - now: Our clock.
    /// - Throws: ``VerificationFailure`` when it is too old or too far ahead.
    func checkWindow(_ time: Timestamp?, now: Timestamp) throws(VerificationFailure) {
        guard let time, let stamp = timestamp else { return }
        let age = time.duration(to: now)
        if let past = stamp.past, age > past { throw failure(.stale(age: age, allowed: past)) }
        if let future = stamp.future, age < .zero - future {
            throw failure(.future(ahead: .zero - age, allowed: future))
        }
    }
}
