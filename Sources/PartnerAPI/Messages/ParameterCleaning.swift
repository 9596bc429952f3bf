// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Makes any text fit for a template's gap.
package enum ParameterCleaning {
    /// Cleans a text.
    ///
    /// Line breaks, tabs, blanks and runs of them become one space; what shows nothing goes: controls of direction,
    /// zero-width and other ignorable characters, but for the joiners and selectors that the letters or emoji beside
    /// them need (``Joiners``). The ends are trimmed.
    ///
    /// - Parameter text: Any text.
    /// - Returns: One line that the API takes as a parameter; empty when nothing visible was in it. Cleaning it again
    ///   changes nothing.
    package static func clean(_ text: String) -> String {
        if isClean(text) { return text }
        let scalars = Array(text.unicodeScalars)
        let joiners = Joiners(scalars)
        var cleaned = String.UnicodeScalarView()
        var pendingSpace = false
        for (index, scalar) in scalars.enumerated() {
            let isHidden = scalar.isUnseen && !joiners.isNeeded(at: index)
            if scalar.isBlank, isHidden || !scalar.isUnseen {
                pendingSpace = !cleaned.isEmpty
                continue
            }
            if isHidden { continue }
            if pendingSpace { cleaned.append(" ") }
            pendingSpace = false
            cleaned.append(scalar)
        }
        return String(cleaned)
    }

    /// Cleans a text that may have several lines.
    ///
    /// What shows nothing goes as in ``clean(_:)``, and controls go with it, so that no value turns what stands behind it
    /// around; lines, blanks and marks of direction stay as they are.
    ///
    /// - Parameter text: Any text.
    /// - Returns: The text as its reader sees it. Cleaning it again changes nothing.
    package static func cleanLines(_ text: String) -> String {
        if isPlain(text) { return text }
        let scalars = Array(text.unicodeScalars)
        let joiners = Joiners(scalars)
        var cleaned = String.UnicodeScalarView()
        for (index, scalar) in scalars.enumerated() where !scalar.isStrayControl {
            if !scalar.isUnseen || scalar.isMarkOfDirection || joiners.isNeeded(at: index) {
                cleaned.append(scalar)
            } else if scalar.isBlank {
                cleaned.append(" ")
            }
        }
        return String(cleaned)
    }

    /// Whether a text has nothing but printable ASCII, the Latin letters behind it, and lines.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x80...0xBF, 0xC3...0xCB: true
            default: false
            }
        }
    }

    /// Whether a text is plainly clean: printable ASCII and the Latin letters behind it (U+00C0 to U+02FF), single spaces
    /// between them.
    ///
    /// Other texts may be clean too.
    private static func isClean(_ text: String) -> Bool {
        var endsWord = true
        for byte in text.utf8 {
            switch byte {
            case 0x21...0x7E, 0x80...0xBF, 0xC3...0xCB: endsWord = false
            case UInt8(ascii: " "):
                if endsWord { return false }
                endsWord = true
            default: return false
            }
        }
        return !endsWord || text.isEmpty
    }

    /// Whether a text would leave its reader with nothing to see.
    ///
    /// - Parameter text: Any text.
    /// - Returns: Whether cleaning leaves nothing of it.
    package static func isInvisible(_ text: String) -> Bool {
        clean(text).isEmpty
    }
}
