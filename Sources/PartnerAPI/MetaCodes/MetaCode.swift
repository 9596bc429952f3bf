// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// An error code of Meta's WhatsApp API, which partners pass on inside their answers, and what Hookline does about it.
///
/// It says more than the HTTP status beside it: Meta answers throttles with 400, a barred country with 403, and a
/// missing permission with 500. The rows are in ``table``, and in `docs/meta-codes.md`, which is held against them.
package struct MetaCode: Hashable, Sendable {
    /// The code; for a row of several, all of them.
    package let numbers: ClosedRange<Int>
    /// The HTTP status that Meta's page gives it; `nil` where that is not known.
    package let status: Int?
    /// What Meta says with it, in short.
    package let meaning: String
    /// What Hookline does.
    package let treatment: Treatment
    /// The same as somebody with a shop reads it in the timeline, as the first half of a sentence.
    package let words: String
    /// Who has to look, beside the message's own timeline.
    package let alert: Alert
    /// Whether a message that gets it leaves as its rule's `otherwise`.
    package let otherwise: Otherwise

    init(
        _ numbers: ClosedRange<Int>,
        _ status: Int?,
        _ meaning: String,
        _ treatment: Treatment,
        _ words: String,
        alert: Alert = .none,
        otherwise: Otherwise = .no
    ) {
        self.numbers = numbers
        self.status = status
        self.meaning = meaning
        self.treatment = treatment
        self.words = words
        self.alert = alert
        self.otherwise = otherwise
    }

    init(
        _ number: Int,
        _ status: Int?,
        _ meaning: String,
        _ treatment: Treatment,
        _ words: String,
        alert: Alert = .none,
        otherwise: Otherwise = .no
    ) {
        self.init(number...number, status, meaning, treatment, words, alert: alert, otherwise: otherwise)
    }

    /// The row of a code; `nil` for one that is not in the table.
    package static func row(_ number: Int) -> MetaCode? {
        byNumber[number] ?? ranges.first { $0.numbers.contains(number) }
    }

    private static let byNumber = Dictionary(
        uniqueKeysWithValues: table.filter { $0.numbers.count == 1 }.map { ($0.numbers.lowerBound, $0) }
    )
    private static let ranges = table.filter { $0.numbers.count > 1 }

    /// The code as documents write it: `131056`, or `200–299` for a row of several.
    package var label: String {
        numbers.count == 1 ? "\(numbers.lowerBound)" : "\(numbers.lowerBound)–\(numbers.upperBound)"
    }

    /// Who has to look when a code comes.
    package enum Alert: Hashable, Sendable {
        /// Nobody but those who look at the message.
        case none
        /// Who writes the rules: every message of this rule will fare so.
        case rule
        /// Who keeps the account at the partner.
        case account
    }

    /// When a message that gets the code leaves as its rule's `otherwise`, once, in place of what is done else.
    package enum Otherwise: Hashable, Sendable {
        /// Never: another message would fare no better.
        case no
        /// Where that is a template.
        case template
        /// Whatever it is.
        case any
    }

    /// What of an account can stop until a person resumes it.
    package enum Part: String, CaseIterable, Hashable, Sendable {
        /// All of it.
        case account
        /// Messages of marketing templates, and of templates of unknown category.
        case marketing
        /// Messages of any template.
        case templates

        /// The part as the subject of a sentence.
        package var subject: String {
            switch self {
            case .account: "the account"
            case .marketing: "the account's marketing"
            case .templates: "the account's templates"
            }
        }
    }

    /// What Hookline does about a code.
    ///
    /// All but ``fail``, ``retry`` and ``tryAgain(tries:after:)`` cost the message no attempt.
    package enum Treatment: Hashable, Sendable {
        /// The account pauses; one message a minute finds out whether it may send again.
        case pauseAccount
        /// A part of the account stops until a person resumes it.
        case stop(Part)
        /// The message fails at once.
        case fail
        /// The message is tried again with growing waits, as after a 503.
        case retry
        /// The message gets so many tries in all, `after` each other or with growing waits, and fails then.
        case tryAgain(tries: Int, after: Duration?)
        /// The account's pace is halved, and recovers.
        case slowAccount
        /// Nothing of the account leaves for so long.
        case restAccount(Duration)
        /// Messages to this recipient wait 1, 4, 16, … seconds, and leave one by one; others go on.
        case pacePair
        /// Marketing to this recipient waits so long; a message gets so many tries in all.
        case holdRecipient(Duration, tries: Int)
        /// The template's messages wait: three hours, six when it happens again.
        case holdTemplate
        /// This message alone waits.
        case hold(Duration)
    }
}

extension MetaCode {
    /// How long a template's messages wait that is paused for the first time, and the next times.
    package static let templatePauses: [Duration] = [.seconds(3 * 3_600), .seconds(6 * 3_600)]

    /// Whether it can mean that Meta or the partner is down, rather than that something is wrong with the message.
    package var tellsOfOutage: Bool {
        switch treatment {
        case .retry, .tryAgain(_, after: nil): true
        default: false
        }
    }

    /// Whether what is known of the template may be too old.
    package var doubtsTemplate: Bool { (132_000...132_018).contains(numbers.lowerBound) }

    /// The most tries in all of a message that gets this code each time; `nil` where that is not what bounds it.
    package var tries: Int? {
        switch treatment {
        case .tryAgain(let tries, _), .holdRecipient(_, let tries): tries
        default: nil
        }
    }

    /// What Hookline does, as the documents say it.
    package var action: String {
        let deed = otherwise.deed + treatment.deed
        return switch alert {
        case .none: deed
        case .rule: "\(deed); an alert names the rule"
        case .account: "\(deed); an alert names the account"
        }
    }

    /// The words with the code, for messages that it holds without having met it themselves.
    package var wordsWithCode: String { "\(words) (Meta's code \(label))" }

    /// A row of the table in `docs/meta-codes.md`.
    package var documentRow: String {
        "| \(label) | \(status.map(String.init) ?? "–") | \(meaning) | \(action) | \(words) |"
    }
}

extension MetaCode.Otherwise {
    fileprivate var deed: String {
        switch self {
        case .no: ""
        case .template: "it leaves as its rule's `otherwise` where that is a template; else "
        case .any: "it leaves as its rule's `otherwise`; else "
        }
    }
}

extension MetaCode.Treatment {
    fileprivate var deed: String {
        switch self {
        case .pauseAccount: "the account pauses, a message a minute asks again"
        case .stop(let part): "\(part.subject) stops until a person resumes it"
        case .fail: "the message fails"
        case .retry: "tried again with growing waits"
        case .tryAgain(let tries, let after):
            after.map { "at most \(tries) tries, \(Self.span($0)) apart" }
                ?? "at most \(tries) tries, with growing waits"
        case .slowAccount: "the account sends at half its pace, and recovers"
        case .restAccount(let span): "the account rests for \(Self.span(span))"
        case .pacePair: "the recipient waits 1 s, 4 s, 16 s, …; others go on"
        case .holdRecipient(let span, let tries):
            "marketing to the recipient waits \(Self.span(span)); at most \(tries) tries"
        case .holdTemplate: "the template's messages wait 3 h, then 6 h"
        case .hold(let span): "the message waits \(Self.span(span))"
        }
    }

    private static func span(_ span: Duration) -> String {
        let seconds = span.components.seconds
        return seconds % 3_600 == 0 ? "\(seconds / 3_600) h" : "\(seconds / 60) min"
    }
}
