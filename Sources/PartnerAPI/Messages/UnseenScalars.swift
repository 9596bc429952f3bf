// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Unicode.Scalar {
    /// Whether the character is a gap between words and nothing else: white space, controls, and the letters and
    /// signs whose shape is a blank.
    var isBlank: Bool {
        // Most text is ASCII, and Unicode's tables are slow.
        if isASCII { return value <= 0x20 || value == 0x7F }
        return properties.isWhitespace || (0x80...0x9F).contains(value) || Self.blankSigns.contains(value)
    }

    /// Whether the character shows nothing of itself, by Unicode's properties rather than by a list.
    ///
    /// That is what a renderer may ignore (`Default_Ignorable_Code_Point`: controls of direction, zero-width
    /// characters, fillers, selectors, tags), marks of annotation, and what can never be a character.
    ///
    /// - SeeAlso: [UAX #44, Default_Ignorable_Code_Point](https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point)
    var isUnseen: Bool {
        if isASCII { return false }
        return properties.isDefaultIgnorableCodePoint || properties.isNoncharacterCodePoint
            || Self.marksOfObjects.contains(value)
    }

    /// Whether the character is a control other than a tab or the end of a line.
    var isStrayControl: Bool {
        value < 0x20 ? value != 0x09 && value != 0x0A && value != 0x0D : (0x7F...0x9F).contains(value)
    }

    /// Whether the character says of its place alone in which direction it is read, as those who write two scripts need.
    var isMarkOfDirection: Bool { value == 0x200E || value == 0x200F || value == 0x061C }

    /// Whether the character is a letter or a mark on one.
    var isLetterOrMark: Bool {
        switch properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: isMark
        }
    }

    /// Whether the character is a mark on a letter.
    var isMark: Bool {
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: !isUnseen
        default: false
        }
    }

    /// Blank signs that no property tells from others: the Braille pattern without dots, the musical null notehead,
    /// the two Hangul fillers that people type for a space, and the Mongolian separator, which is a narrow gap.
    private static let blankSigns: Set<UInt32> = [0x2800, 0x1_D159, 0x3164, 0xFFA0, 0x180E]

    /// Anchors of annotations, and the signs that stand for an object or a character which did not come along, such as
    /// half an emoji where a sender cut a text.
    private static let marksOfObjects: ClosedRange<UInt32> = 0xFFF9...0xFFFD
}
