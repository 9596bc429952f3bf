// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The text without white space of any kind at its ends; empty where nothing of it can be seen.
    ///
    /// Joiners and marks beside letters stay: scripts need them.
    var visiblyTrimmed: String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.isSpacing }),
            let last = scalars.lastIndex(where: { !$0.isSpacing }), !scalars.allSatisfy(\.isInvisible)
        else { return "" }
        return String(scalars[first...last])
    }
}

extension Unicode.Scalar {
    /// Whether it is but space: white space of Unicode, and the zero-width spaces.
    fileprivate var isSpacing: Bool {
        if isASCII { return value <= 0x20 || value == 0x7F }
        return properties.isWhitespace || [0x200B, 0x2060, 0xFEFF].contains(value)
    }

    /// Whether nothing is seen of it alone: space, what Unicode calls ignorable, the empty cell of Braille.
    fileprivate var isInvisible: Bool {
        if isASCII { return isSpacing }
        return isSpacing || properties.isDefaultIgnorableCodePoint || value == 0x2800
            || properties.generalCategory == .control || properties.generalCategory == .format
    }
}
