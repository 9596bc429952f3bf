// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Unicode.Scalar {
    /// Whether the character shows nothing and means nothing in a number: marks of direction, joiners, variation
    /// selectors, fillers, what stands for a picture, the ring of a keycap emoji.
    var isInvisible: Bool {
        guard value > 0x7E else { return false }
        if properties.isDefaultIgnorableCodePoint || properties.generalCategory == .format { return true }
        return self == "\u{FFFC}" || self == "\u{2800}" || self == "\u{20E3}"
    }
}
