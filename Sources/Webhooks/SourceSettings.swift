// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// One entry of `sources:` as it stands in the configuration: texts that nobody has checked yet.
///
/// Secrets are already resolved (`${ENV}`, `file:…`); everything else is as written. ``Source/init(_:)`` checks it.
package struct SourceSettings: Sendable {
    /// One secret as configured: not checked yet, so it may be empty; it never prints.
    package struct UncheckedSecret: Sendable, CustomStringConvertible, CustomReflectable {
        let text: String
        let label: String?

        /// A secret's text.
        ///
        /// - Parameters:
        ///   - text: As the sender shows it.
        ///   - label: What records call it; its position if left out.
        package init(_ text: String, label: String? = nil) {
            self.text = text
            self.label = label
        }

        /// Never the text.
        package var description: String { "[redacted]" }
        /// Never the text.
        package var customMirror: Mirror { Mirror(self, children: [:]) }
    }

    /// The source's name: letters, digits, `-` and `_`.
    package var name: String
    /// `preset`: the name of a preset; `generic` if left out.
    package var preset: String?
    /// `path`: where the sender posts to; `/hooks/<name>` if left out.
    package var path: String?
    /// `secrets`: those that are valid now, the newest first.
    package var secrets: [UncheckedSecret]
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
    /// `handshake_token`: what the sender must present when it checks the address (Meta's verify token).
    package var handshakeToken: UncheckedSecret?
    /// `handshake`: how the sender checks the address; as the preset says if left out.
    package var handshake: HandshakeSettings?
    /// `allowed_origins`: senders that may post after they asked (CloudEvents' OPTIONS); `*` for any.
    package var allowedOrigins: [String]
    /// `allowed_rate`: what such a sender is told, in requests a minute; no limit if left out.
    package var allowedRate: String?
    /// `body`: `json`, `form`, `xml`, `auto`, or `form:FIELD`; as the preset says if left out.
    package var body: String?

    /// Settings of a source with nothing but a name.
    ///
    /// - Parameters:
    ///   - name: The source's name.
    ///   - preset: The preset's name.
    ///   - secrets: Those that are valid now.
    ///   - verify: A scheme of one's own, or keys that differ from the preset's.
    package init(name: String, preset: String? = nil, secrets: [UncheckedSecret] = [], verify: [String: String] = [:]) {
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
