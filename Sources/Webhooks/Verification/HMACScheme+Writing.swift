// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes

// What verifying and signing share: time stamps, keys, and the header's text.

extension SignatureEnvelope {
    /// The headers that the sender would write.
    ///
    /// - Parameters:
    ///   - signature: The signature with its prefix.
    ///   - timestamp: The time stamp's text.
    ///   - id: The message id.
    /// - Returns: Signature, time stamp and id, as far as the scheme has them.
    func headers(signature: String, timestamp: String?, id: String) -> HTTPFields {
        var headers: HTTPFields = [:]
        var value = signature
        switch syntax {
        case .single, .repeated: break
        case .versions(let version): value = "\(version),\(signature)"
        case .pairs(let separator, let name):
            value = "\(name)=\(signature)"
            if case .pair(let key) = self.timestamp?.carrier { value = "\(key)=\(timestamp ?? "")\(separator)\(value)" }
        }
        headers[header.field] = value
        if let name = self.timestamp?.headerName { headers[name.field] = timestamp }
        if let name = self.id { headers[name.field] = id }
        return headers
    }
}

extension HMACScheme.Syntax {
    /// What the header should look like, for a message.
    var expectation: String {
        switch self {
        case .single, .repeated: "a signature"
        case .pairs(let separator, let name): "pairs between '\(separator)', one of them '\(name)='"
        case .versions(let version): "a word that begins with '\(version),'"
        }
    }
}

extension HMACScheme.TimeStamp {
    /// The header of its own, if it has one.
    var headerName: HeaderName? {
        if case .header(let name) = carrier { name } else { nil }
    }
}

extension HMACScheme.TimeStamp.Unit {
    /// How many digits a time stamp of our time has.
    ///
    /// Exactly so many are accepted: where nothing separates time stamp and body, digits could otherwise move from
    /// one to the other under the same signature.
    var digits: Int { self == .seconds ? 10 : 13 }

    /// Reads a time stamp.
    ///
    /// - Parameter text: As received.
    /// - Returns: `nil` for anything but the right number of ASCII digits.
    func read(_ text: String) -> Timestamp? {
        let isPlain =
            text.utf8.count == digits && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isPlain, let number = Int64(text) else { return nil }
        return self == .seconds ? Timestamp(seconds: number) : Timestamp(microseconds: number * 1_000)
    }

    /// Writes a time stamp.
    ///
    /// - Parameter time: The time to write.
    /// - Returns: Its digits.
    func text(of time: Timestamp) -> String {
        String(self == .seconds ? time.seconds : time.microseconds / 1_000)
    }
}

extension HMACScheme.KeyDecoding {
    /// The key that a secret stands for.
    ///
    /// - Parameter secret: What was configured.
    /// - Returns: At least one byte.
    /// - Throws: ``WebhookError`` with code `badSecret` when the text is not in the expected form.
    func bytes(of secret: Secret) throws(WebhookError) -> [UInt8] {
        let bytes: [UInt8]? =
            switch self {
            case .text: Array(secret.reveal().utf8)
            case .hex: HMACScheme.Encoding.hex.decode(secret.reveal().lowercased()[...])
            case .base64(let prefix):
                HMACScheme.Encoding.base64.decode(secret.reveal().trimmingPrefix(prefix))
            case .htmlUnescaped: Array(HTMLEntities.resolved(secret.reveal()).utf8)
            }
        guard let bytes, !bytes.isEmpty else {
            throw WebhookError(code: .badSecret, reason: "\(secret.label) is not \(expectation)")
        }
        return bytes
    }

    private var expectation: String {
        switch self {
        case .text, .htmlUnescaped: "a text"
        case .hex: "an even number of hex digits"
        case .base64(let prefix): prefix.isEmpty ? "base64" : "base64 after '\(prefix)'"
        }
    }
}
