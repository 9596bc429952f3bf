// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Makes a partner's words fit for a reason: no credentials, no phone numbers, one short line.
struct Redaction: Sendable {
    /// The shortest run of digits that is hidden; shorter ones are codes, counts and statuses.
    static let shortestNumber = 7
    /// The most characters of a partner's sentence in a reason.
    static let maxLength = 240

    private let secrets: [Secret]

    init(_ secrets: [Secret] = []) {
        self.secrets = secrets.filter { !$0.isEmpty }
    }

    /// Hides credentials that the partner repeats; everything else stays.
    func hidingSecrets(in text: String) -> String {
        secrets.reduce(text) { $0.replacing($1.reveal(), with: "[redacted]") }
    }

    /// One line without credentials and without anything that could be a phone number.
    func sentence(_ text: String) -> String {
        let line = hidingSecrets(in: text).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return Self.hidingNumbers(in: String(line.prefix(Self.maxLength)))
    }

    /// Hides runs of seven or more digits, also when one or two spaces, dots, dashes or brackets divide them.
    static func hidingNumbers(in text: String) -> String {
        var shown = ""
        var run = ""
        var dividers = 0
        for character in text {
            let divides = !run.isEmpty && dividers < 2 && " .-()/".contains(character)
            if character.isNumber || divides {
                run.append(character)
                dividers = divides ? dividers + 1 : 0
            } else {
                shown += hidden(run)
                shown.append(character)
                (run, dividers) = ("", 0)
            }
        }
        return shown + hidden(run)
    }

    /// A run as it may be shown; the dividers at its end belong to what follows.
    private static func hidden(_ run: String) -> String {
        guard run.count(where: \.isNumber) >= shortestNumber, let last = run.lastIndex(where: \.isNumber) else {
            return run
        }
        return "[number]" + run[run.index(after: last)...]
    }
}
