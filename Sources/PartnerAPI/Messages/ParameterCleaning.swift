// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Makes any text fit for a template's gap.
package enum ParameterCleaning {
    /// Cleans a text.
    ///
    /// Line breaks, tabs and runs of white space become one space; bidirectional controls, zero-width and other
    /// invisible characters go, but for the joiners inside emoji and Indic words; the ends are trimmed.
    ///
    /// - Parameter text: Any text.
    /// - Returns: One line that the API takes as a parameter; empty when nothing visible was in it.
    package static func clean(_ text: String) -> String {
        var cleaned = String.UnicodeScalarView()
        var pendingSpace = false
        for scalar in text.unicodeScalars {
            if isInvisible(scalar) { continue }
            if isSpace(scalar) {
                pendingSpace = !cleaned.isEmpty
                continue
            }
            if pendingSpace { cleaned.append(" ") }
            pendingSpace = false
            cleaned.append(scalar)
        }
        return String(trimmingJoiners(cleaned))
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        // Most text is ASCII, and Unicode's tables are slow.
        if scalar.isASCII { return scalar.value <= 0x20 || scalar.value == 0x7F }
        // U+180E was a space once and is a format character today; both readings end in one space at most.
        return scalar.properties.isWhitespace || scalar == "\u{180E}" || (0x80...0x9F).contains(scalar.value)
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Zero-width space and the two marks of direction; U+200C and U+200D between them are letters' joiners.
        case 0x200B, 0x200E, 0x200F: true
        // Embeddings, overrides and isolates of direction, and the Arabic letter mark.
        case 0x202A...0x202E, 0x2066...0x2069, 0x061C: true
        // Word joiner, invisible operators, deprecated format characters, byte order mark, soft hyphen.
        case 0x2060...0x2065, 0x206A...0x206F, 0xFEFF, 0x00AD: true
        default: false
        }
    }

    private static func isJoiner(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0x200C || scalar.value == 0x200D
    }

    /// A joiner joins nothing at an end or beside a space; there it is only a way to look empty.
    private static func trimmingJoiners(_ scalars: String.UnicodeScalarView) -> String.UnicodeScalarView {
        guard scalars.contains(where: isJoiner) else { return scalars }
        let words = scalars.split(separator: " ").map { word in
            word.trimmingPrefix(while: isJoiner).reversed().trimmingPrefix(while: isJoiner).reversed()
        }
        return String.UnicodeScalarView(words.filter { !$0.isEmpty }.joined(separator: [" "]))
    }
}
