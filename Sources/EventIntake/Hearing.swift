// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
package import Messages
internal import PhoneNumbers
internal import Webhooks

/// How an intake understands what recipients write.
package struct Hearing: Sendable {
    /// The words that stop messages and start them.
    package let words: StopWords
    /// What a STOP is about.
    package let scope: ConsentScope
    /// The accounts by Meta's ids of their sending numbers.
    private let accounts: [String: String]
    /// The account that is meant where no number is known: the only one there is.
    private let only: String?

    /// As nothing was said about it.
    package static let standard = Hearing(accounts: [:])

    /// An understanding of what recipients write.
    ///
    /// - Parameters:
    ///   - words: The words that stop messages and start them.
    ///   - scope: What a STOP is about.
    ///   - accounts: The accounts by Meta's ids of their sending numbers.
    ///   - only: The account that is meant where no number is known.
    package init(
        words: StopWords = .standard,
        scope: ConsentScope = .allButAuthentication,
        accounts: [String: String],
        only: String? = nil
    ) {
        self.words = words
        self.scope = scope
        self.accounts = accounts
        self.only = only
    }

    /// What recipients told by an event; nothing for most events.
    func heard(_ received: ReceivedEvent, country: String?) -> [Heard] {
        received.feedback.compactMap { feedback in
            switch feedback {
            case .status: nil
            case .inbound(let said):
                heard(received.event, said.from, said.number, country) {
                    .message(meaning(of: said.text), text: said.text)
                }
            case .preference(let chosen):
                switch chosen.value.lowercased() {
                case "stop": heard(received.event, chosen.from, chosen.number, country) { .marketing(isWanted: false) }
                case "resume": heard(received.event, chosen.from, chosen.number, country) { .marketing(isWanted: true) }
                default: nil
                }
            }
        }
    }

    private func meaning(of text: String?) -> StopWords.Meaning? { text.flatMap(words.meaning) }

    private func heard(
        _ event: Event,
        _ from: String,
        _ number: String?,
        _ country: String?,
        _ meaning: () -> Heard.Meaning
    ) -> Heard? {
        guard let digits = Self.digits(from, country) else { return nil }
        return Heard(
            "phone:\(digits)",
            account: number.flatMap { accounts[$0] } ?? only,
            at: min(event.time, event.receivedAt),
            source: event.source,
            meaning()
        )
    }

    /// A number as a source writes it: WhatsApp's own id, or any spelling where the source's country is known.
    private static func digits(_ text: String, _ country: String?) -> String? {
        if text.hasPrefix("+") || country == nil, let id = try? WhatsAppID(text) { return id.digits }
        return (try? PhoneNumber(text, country: country))?.digits
    }
}
