// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Preset {
    /// Standard Webhooks and Svix: one convention that many senders follow.
    package static let standardWebhooks = Preset(
        name: "standard-webhooks",
        aliases: ["svix"],
        title: "Standard Webhooks (Svix)",
        verification: .firstPresent([
            .standardWebhooks(headerPrefix: "webhook"), .standardWebhooks(headerPrefix: "svix"),
        ]),
        eventType: "body.type",
        eventID: ["header.webhook-id", "header.svix-id"],
        eventTime: EventTime(place: ["body.timestamp", "header.webhook-timestamp", "header.svix-timestamp"]),
        dedupe: Dedupe(key: ["header.webhook-id", "header.svix-id"], window: .seconds(7 * 86_400)),
        traps: [
            "The secret is base64, with or without whsec_ in front; or a public key with whpk_ in front, for senders that sign with Ed25519 (v1a).",
            "The clocks may differ by five minutes either way.",
            "An answer of 410 would tell the sender to stop for good; we never give it.",
        ],
        steps: [
            "In the sender's webhook settings add an endpoint with the source's https address, and choose the events.",
            "Copy the signing secret, which begins with whsec_, or the public key, which begins with whpk_: it is the secret.",
        ],
        documentation: "https://www.standardwebhooks.com"
    )
}

extension Verification {
    /// The convention's two ways under one of the names its headers go by.
    fileprivate static func standardWebhooks(headerPrefix: String) -> Verification {
        let keyed = HMACScheme.standardWebhooks(headerPrefix: headerPrefix)
        let signed = PublicKeyScheme(
            algorithm: .ed25519,
            header: keyed.header,
            syntax: .versions("v1a"),
            signed: keyed.signed,
            timestamp: keyed.timestamp,
            id: keyed.id
        )
        return .bySecret(.prefix("whpk_"), .publicKey(signed), otherwise: .hmac(keyed))
    }
}

extension HMACScheme {
    /// The convention's scheme under one of the names its headers go by.
    ///
    /// - Parameters:
    ///   - headerPrefix: `webhook`, or a sender's own word.
    ///   - key: How the secret becomes the key, for senders that differ there.
    /// - Returns: The scheme with its window of five minutes either way.
    static func standardWebhooks(headerPrefix: String, key: KeyDecoding = .base64(prefix: "whsec_")) -> HMACScheme {
        HMACScheme(
            encoding: .base64,
            key: key,
            header: HeaderName(stringLiteral: "\(headerPrefix)-signature"),
            syntax: .versions("v1"),
            signed: "{id}.{timestamp}.{body}",
            timestamp: TimeStamp(
                carrier: .header(HeaderName(stringLiteral: "\(headerPrefix)-timestamp")),
                past: .seconds(300),
                future: .seconds(300)
            ),
            id: HeaderName(stringLiteral: "\(headerPrefix)-id")
        )
    }
}
