// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

// What a character is in a written number.

extension Unicode.Scalar {
    /// Its ASCII digit, where it is one of any script.
    var phoneDigit: Character? {
        if isASCII { return (48...57).contains(value) ? Character(self) : nil }
        guard properties.numericType == .decimal, let value = properties.numericValue else { return nil }
        return String(Int(value)).first
    }

    /// Whether it is a plus of any form.
    var isPlus: Bool {
        self == "+" || ["\u{FF0B}", "\u{FE62}", "\u{207A}", "\u{2795}"].contains(self)
    }

    /// Whether people put it between the digits of one number: white space, dashes of any kind, brackets, dots.
    var isPhoneSeparator: Bool {
        switch self {
        case "(", ")", "[", "]", ".", "/", "-", " ", "\u{00B7}", "\u{2022}", "\u{2212}", "\u{FF08}", "\u{FF09}",
            "\u{FF0F}":
            true
        default:
            !isASCII && properties.generalCategory == .dashPunctuation || properties.isWhitespace
        }
    }

    /// Whether a line ends with it.
    var endsLine: Bool {
        (0x0A...0x0D).contains(value) || value == 0x85 || value == 0x2028 || value == 0x2029
    }
}

extension Unicode.Scalar {
    /// Whether the character shows nothing and means nothing in a number: marks of direction, joiners, variation
    /// selectors, fillers, what stands for a picture, the ring of a keycap emoji.
    var isInvisible: Bool {
        guard value > 0x7E else { return false }
        if properties.isDefaultIgnorableCodePoint || properties.generalCategory == .format { return true }
        return self == "\u{FFFC}" || self == "\u{2800}" || self == "\u{20E3}"
    }
}
