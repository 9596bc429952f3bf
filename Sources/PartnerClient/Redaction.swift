// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events

/// Makes a partner's words fit for a reason: no credentials, no phone numbers, one short line.
struct Redaction: Sendable {
    /// The most characters of a partner's sentence in a reason.
    static let maxLength = 240

    private let secrets: [Secret]

    init(_ secrets: [Secret] = []) {
        self.secrets = secrets.filter { !$0.isBlank }
    }

    /// Hides credentials that the partner repeats; everything else stays.
    func hidingSecrets(in text: String) -> String {
        secrets.reduce(text) { $0.replacing($1.reveal(), with: "[redacted]") }
    }

    /// One line without credentials and without anything that could be a phone number.
    func sentence(_ text: String) -> String {
        let line = hidingSecrets(in: text).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return NumberHiding.hide(in: String(line.prefix(Self.maxLength)))
    }
}
