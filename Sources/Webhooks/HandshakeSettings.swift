// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// `handshake:` of a source as it stands in the configuration.
package struct HandshakeSettings: Sendable {
    /// `probe`, or nothing.
    package var word: String?
    /// `echo`: the place of what is sent back, such as `query.challenge`.
    package var echo: String?
    /// `token`: the place of what must be the source's `handshake_token`.
    package var token: String?
    /// `event`: the type of event that the check is.
    package var event: String?
    /// `answer`: the members of the JSON that is sent back.
    package var answer: [(name: String, template: String)] = []

    /// Settings of nothing.
    package init() {}
}

/// Turns ``HandshakeSettings`` into a handshake and collects what is wrong with them.
struct HandshakeReader {
    private let settings: HandshakeSettings
    /// What is wrong, with keys such as `handshake.echo`.
    private(set) var mistakes: [SourceMistakes.Mistake] = []

    init(_ settings: HandshakeSettings) {
        self.settings = settings
    }

    /// The handshake; `nil` where there are mistakes.
    ///
    /// - Parameters:
    ///   - hasToken: Whether the source has a `handshake_token`.
    ///   - hasSecret: Whether the source has a secret.
    /// - Returns: The handshake.
    mutating func read(hasToken: Bool, hasSecret: Bool) -> ConfiguredHandshake? {
        if let word = settings.word, word != "probe" {
            add("handshake", "'\(word)' is not understood; expected probe, or a mapping with echo")
        }
        let echo = place("echo", settings.echo)
        if settings.word == nil && settings.echo == nil {
            add("handshake.echo", "missing; expected what is sent back, such as query.challenge or body.challenge")
        }
        let handshake = ConfiguredHandshake(
            echo: echo,
            token: place("token", settings.token),
            event: settings.event,
            answer: settings.answer.map { ConfiguredHandshake.Member(name: $0.name, template: $0.template) }
        )
        if settings.token != nil && !hasToken {
            add("handshake_token", "missing; handshake.token is compared with it")
        }
        checkAnswer(handshake, hasSecret: hasSecret)
        return mistakes.isEmpty ? handshake : nil
    }

    private mutating func checkAnswer(_ handshake: ConfiguredHandshake, hasSecret: Bool) {
        for member in handshake.answer {
            var rest = member.template
            for variable in ConfiguredHandshake.variables { rest = rest.replacing(variable, with: "") }
            guard rest.contains("{") || rest.contains("}") else { continue }
            let known = ConfiguredHandshake.variables.joined(separator: ", ")
            add(
                "handshake.answer.\(member.name)",
                "'\(member.template)' is not understood; expected text with \(known)"
            )
        }
        guard handshake.needsSecret else { return }
        if !handshake.isSigned {
            add(
                "handshake.answer",
                "anybody could have any text signed with the secret, and post it as an event; "
                    + "expected an echo of the body, which is verified first"
            )
        } else if !hasSecret {
            add("handshake.answer", "there is no secret to make {hmac_hex} with; expected secrets")
        }
    }

    private mutating func place(_ key: String, _ text: String?) -> Place? {
        guard let text else { return nil }
        switch Place(text) {
        case .query?, .body?, .header?: return Place(text)
        case .constant?, .bodyHash?, nil:
            add(
                "handshake.\(key)",
                "'\(text)' is not understood; expected a place such as query.challenge, body.challenge or header.X-Hook-Secret"
            )
            return nil
        }
    }

    private mutating func add(_ key: String, _ message: String) {
        mistakes.append(SourceMistakes.Mistake(key: key, message: message))
    }
}
