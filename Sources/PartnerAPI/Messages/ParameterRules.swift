// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import OrderedCollections

/// The API's rules for single values, each as a check that throws what the caller may read.
enum ParameterRules {
    /// The most spaces in a row that a template parameter may have (Meta's rule).
    static let maxSpaces = 4

    static func requireText(_ text: String, field: @autoclosure () -> String) throws(MessageRequestError) {
        // Most texts begin with a letter or a digit of ASCII, and Unicode's tables are slow.
        if let first = text.utf8.first, first > 0x20, first < 0x7F { return }
        guard text.allSatisfy(\.isWhitespace) else { return }
        throw MessageRequestError(.empty, field: field(), "the value is empty; expected a text")
    }

    /// Lengths count Unicode scalars, as Meta's limits do.
    static func requireLength(_ text: String, atMost limit: Int, field: String) throws(MessageRequestError) {
        guard text.utf8.count > limit else { return }
        let length = text.unicodeScalars.count
        guard length > limit else { return }
        throw MessageRequestError(.tooLong, field: field, "there are \(length) characters; expected at most \(limit)")
    }

    /// What fills a gap: not empty, on one line, no tab, no long run of spaces.
    static func requireParameter(_ text: String, field: @autoclosure () -> String) throws(MessageRequestError) {
        try requireText(text, field: field())
        if isPlain(text) { return }
        var spaces = 0
        for scalar in text.unicodeScalars {
            spaces = scalar == " " ? spaces + 1 : 0
            let found: String
            switch scalar {
            case "\n", "\r", "\u{0B}", "\u{0C}", "\u{85}", "\u{2028}", "\u{2029}": found = "a line break"
            case "\t": found = "a tab"
            default:
                guard spaces > maxSpaces else { continue }
                found = "more than \(maxSpaces) spaces in a row"
            }
            throw MessageRequestError(.badParameterText, field: field(), "the value has \(found); expected none in it")
        }
    }

    /// Whether a text is printable ASCII without two spaces in a row, as most are.
    private static func isPlain(_ text: String) -> Bool {
        var last: UInt8 = 0
        for byte in text.utf8 {
            guard byte >= 0x20, byte < 0x7F, byte != 0x20 || last != 0x20 else { return false }
            last = byte
        }
        return true
    }

    static func requireSlots(
        _ values: OrderedDictionary<String, String>,
        field: String,
        allowsCards: Bool
    ) throws(MessageRequestError) {
        for (key, value) in values {
            guard let slot = Slot(key) else {
                let names =
                    key.first?.isLetter == true ? "; named gaps go by 'templateComponents' with 'parameter_name'" : ""
                let expected = (allowsCards ? "'1', '2', … or 'c0_1'" : "'1', '2', …") + names
                throw MessageRequestError(.badSlot, field: field, "'\(shown(key))' is no slot; expected \(expected)")
            }
            guard allowsCards || slot.card == nil else {
                let reason = "'\(key)' is a slot of a card, which has no place here; expected '1', '2', …"
                throw MessageRequestError(.badSlot, field: field, reason)
            }
            try requireParameter(value, field: "\(field).\(key)")
        }
    }

    static func requireCardBody(
        _ values: OrderedDictionary<String, String>,
        field: String
    ) throws(MessageRequestError) {
        let numeric = values.keys.count { Slot($0) != nil }
        guard numeric == 0 || numeric == values.count else {
            throw MessageRequestError(.mixedSlots, field: field, "some keys are slots, some names; expected one kind")
        }
        for (key, value) in values {
            guard !key.isEmpty, Slot(key)?.card == nil, numeric > 0 || key.first?.isNumber == false else {
                throw MessageRequestError(.badSlot, field: field, "'\(shown(key))' is neither a slot nor a name")
            }
            try requireParameter(value, field: "\(field).\(shown(key))")
        }
    }

    /// A media id is what an upload gave out; the signs of a copied example are refused.
    static func requireMediaID(_ id: String, field: String) throws(MessageRequestError) {
        let isPlain = id.unicodeScalars.allSatisfy { scalar in
            let isSign = "-_.:=".unicodeScalars.contains(scalar)
            return scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || isSign)
        }
        let lowered = id.lowercased()
        let examples = ["media-id", "media_id", "mediaid", "placeholder", "your", "example", "xxx", "todo"]
        guard !id.isEmpty, id.utf8.count <= 512, isPlain, !examples.contains(where: lowered.contains) else {
            throw MessageRequestError(.badMediaID, field: field, "this is no media id; expected the id of an upload")
        }
    }

    /// A key of the caller's, short enough for a message and without digits that could be a phone number.
    static func shown(_ key: String) -> String {
        String(key.prefix(24)).map { $0.isNumber && key.count > 6 ? "#" : String($0) }.joined()
    }
}
