// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// One entry of `sources:` as it stands in the configuration: texts that nobody has checked yet.
///
/// Secrets are already resolved (`${ENV}`, `file:…`) and may be blank; everything else is as written. ``Source/init(_:)`` checks it.
package struct SourceSettings: Sendable {
    /// The source's name: letters, digits, `-` and `_`.
    package var name: String
    /// `preset`: the name of a preset; `generic` if left out.
    package var preset: String?
    /// `path`: where the sender posts to; `/hooks/<name>` if left out.
    package var path: String?
    /// `secrets`: those that are valid now, the newest first.
    package var secrets: [Secret]
    /// `verify`: a scheme of one's own, or single keys that differ from the preset's.
    package var verify: [String: String]
    /// `event_type`: where the type is, such as `body.type` or `header.X-Topic`.
    package var eventType: String?
    /// `event_id`: where the sender's id is.
    package var eventID: String?
    /// `event_time`: where the time is.
    package var eventTime: String?
    /// `dedupe`: the places that together tell one fact from another.
    package var dedupe: [String]
    /// `dedupe_window`: how long a repetition is recognised, such as `3d`.
    package var dedupeWindow: String?
    /// `country`: where a phone number without country code is at home.
    package var country: String?
    /// Kinds of phone numbers that are allowed and otherwise refused, by the words of rule files.
    package var allowedNumbers: [String] = []
    /// `public_url`: the address the sender posts to, for senders that sign it.
    package var publicURL: String?
    /// `max_body`: such as `1MiB`.
    package var maxBody: String?
    /// `rate`: the most events, such as `50/s` or `600/m`; as many as come if left out.
    package var rate: String?
    /// `allow_from`: the addresses that it posts from; any if left out.
    package var allowedAddresses: [String] = []
    /// `handshake_token`: what the sender must present when it checks the address (Meta's verify token).
    package var handshakeToken: Secret?
    /// `handshake`: how the sender checks the address; as the preset says if left out.
    package var handshake: HandshakeSettings?
    /// `allowed_origins`: senders that may post after they asked (CloudEvents' OPTIONS); `*` for any.
    package var allowedOrigins: [String]
    /// `allowed_rate`: what such a sender is told, in requests a minute; no limit if left out.
    package var allowedRate: String?
    /// `statuses` and `inbound`: where events say what became of messages, and what recipients wrote.
    package var feedback = FeedbackSettings()
    /// `body`: `json`, `form`, `xml`, `auto`, or `form:FIELD`; as the preset says if left out.
    package var body: String?

    /// Settings of a source with nothing but a name.
    ///
    /// - Parameters:
    ///   - name: The source's name.
    ///   - preset: The preset's name.
    ///   - secrets: Those that are valid now.
    ///   - verify: A scheme of one's own, or keys that differ from the preset's.
    package init(name: String, preset: String? = nil, secrets: [Secret] = [], verify: [String: String] = [:]) {
        self.name = name
        self.preset = preset
        self.secrets = secrets
        self.verify = verify
        self.dedupe = []
        self.allowedOrigins = []
    }
}

/// All that is wrong with a source's settings.
package struct SourceMistakes: Error, Hashable, Sendable, CustomStringConvertible {
    /// One mistake.
    package struct Mistake: Hashable, Sendable {
        /// Which key: `preset`, `verify.header`, `secrets.0`, `dedupe.1`.
        package let key: String
        /// What was found and what was expected.
        package let message: String
    }

    /// In the order of the keys above.
    package let mistakes: [Mistake]

    /// One mistake a line.
    package var description: String {
        mistakes.map { "\($0.key): \($0.message)" }.joined(separator: "\n")
    }
}

/// Why a secret, a scheme or a request to sign could not be used.
package struct WebhookError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of mistakes.
    package enum Code: String, Hashable, Sendable {
        /// A secret without a character.
        case emptySecret
        /// A secret that is not in the encoding its scheme wants.
        case badSecret
        /// A sender's key that was fetched and is none.
        case badCertificate
        /// A body that its sender signed and that cannot be read.
        case unreadableBody
        /// A scheme that needs a secret and has none.
        case noSecret
        /// A signed text, a place or another setting that cannot be read.
        case badSetting
        /// The scheme signs the URL and no public URL is configured.
        case noPublicURL
    }

    /// The kind of mistake.
    package let code: Code
    /// One sentence: what was found and what was expected, without the secret.
    package let reason: String

    /// The sentence.
    package var description: String { reason }
}
