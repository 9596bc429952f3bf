// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Which invisible characters of a text change what is seen beside them.
///
/// U+200D and U+200C make another letter of a consonant with a virama (Malayalam chillu, Devanagari and Bengali half
/// letters), and join or part letters of cursive scripts (Persian plurals). U+200D makes one emoji of several, a
/// selector another shape of its base, tags a flag. Everywhere else all of them are only a way to look empty, or to
/// make two equal words differ.
///
/// - SeeAlso: [UAX #31, ContextJ](https://www.unicode.org/reports/tr31/#Layout_and_Format_Control_Characters),
///   [RFC 5892, A.1 and A.2](https://www.rfc-editor.org/rfc/rfc5892#appendix-A),
///   [UTS #51, emoji sequences](https://www.unicode.org/reports/tr51/#Emoji_Sequences)
struct Joiners {
    /// How far a rule looks to each side: longer runs of marks or tags no writing has.
    private static let reach = 32

    private let scalars: [Unicode.Scalar]

    init(_ scalars: [Unicode.Scalar]) {
        self.scalars = scalars
    }

    /// Whether the invisible character at a place is needed by its neighbours.
    func isNeeded(at index: Int) -> Bool {
        switch scalars[index].value {
        case 0x200D: isAfterVirama(index) || isInsideSyllable(index) || isBesideCursive(index) || isInsideEmoji(index)
        case 0x200C: isAfterVirama(index) || isInsideSyllable(index) || isBetweenCursive(index)
        case 0x180E: before(index)?.isMongolian == true && after(index)?.isMongolian == true
        case 0xE_0020...0xE_007F: isInsideFlag(index)
        default: scalars[index].properties.isVariationSelector && hasBase(index)
        }
    }

    private func before(_ index: Int) -> Unicode.Scalar? { index > 0 ? scalars[index - 1] : nil }

    private func after(_ index: Int) -> Unicode.Scalar? { index + 1 < scalars.count ? scalars[index + 1] : nil }

    // MARK: Letters

    /// The last character before a place that is no mark on a virama.
    private func isAfterVirama(_ index: Int) -> Bool {
        for scalar in scalars[max(0, index - Self.reach)..<index].reversed() {
            if scalar.properties.canonicalCombiningClass == .virama { return true }
            guard scalar.isMark, scalar.properties.canonicalCombiningClass != .notReordered else { return false }
        }
        return false
    }

    /// Between a letter and a mark of the Indic scripts and their relatives: Bengali `র‍্য`, Sinhala's touching letters,
    /// Khmer vowels that keep their place.
    private func isInsideSyllable(_ index: Int) -> Bool {
        guard let left = before(index), let right = after(index) else { return false }
        return left.isBrahmic && left.isLetterOrMark && right.isBrahmic && right.isMark
    }

    /// U+200D shapes a cursive letter that stands alone, as in the Persian abbreviation `ه‍`.
    private func isBesideCursive(_ index: Int) -> Bool {
        before(index)?.isCursive == true || after(index)?.isCursive == true
    }

    private func isBetweenCursive(_ index: Int) -> Bool {
        before(index)?.isCursive == true && after(index)?.isCursive == true
    }

    // MARK: Emoji and selectors

    private func isInsideEmoji(_ index: Int) -> Bool {
        guard after(index)?.isPictograph == true else { return false }
        let left = scalars[max(0, index - Self.reach)..<index].reversed().first { !$0.extendsEmoji }
        return left?.isPictograph == true
    }

    /// A flag of a region is a black flag with letters in tags and a tag that ends it.
    private func isInsideFlag(_ index: Int) -> Bool {
        let left = scalars[max(0, index - Self.reach)..<index].reversed().first { !$0.isTag }
        let right = scalars[index..<min(scalars.count, index + Self.reach)].prefix { $0.isTag }
        return left?.value == 0x1_F3F4 && right.last?.value == 0xE_007F
    }

    /// A selector belongs to the visible character before it; to a digit only where a keycap follows.
    private func hasBase(_ index: Int) -> Bool {
        guard let base = before(index) else { return false }
        if base.isASCII { return base.properties.isEmoji && after(index)?.value == 0x20E3 }
        return !base.isUnseen && !base.isBlank
    }
}

extension Unicode.Scalar {
    fileprivate var isTag: Bool { (0xE_0020...0xE_007F).contains(value) }

    fileprivate var isMongolian: Bool { (0x1820...0x18AA).contains(value) }

    /// A letter or mark of a script whose letters join, by the blocks of Unicode's ArabicShaping.txt.
    fileprivate var isCursive: Bool { Self.cursive.contains { $0.contains(value) } && isLetterOrMark }

    /// Of a script with viramas, by its block.
    fileprivate var isBrahmic: Bool { Self.brahmic.contains { $0.contains(value) } }

    /// A picture, also one that this toolchain's Unicode does not know yet: its block is reserved for them.
    fileprivate var isPictograph: Bool {
        guard !isASCII else { return false }
        return properties.isEmoji
            || (0x1_F000...0x1_FAFF).contains(value) && properties.generalCategory == .unassigned
    }

    /// What may stand between a picture and the joiner after it.
    fileprivate var extendsEmoji: Bool {
        isTag || value == 0xFE0F || value == 0x20E3 || (0x1_F3FB...0x1_F3FF).contains(value)
    }

    private static let cursive: [ClosedRange<UInt32>] = [
        0x0600...0x07FF, 0x0840...0x08FF, 0x1800...0x18AF, 0xA840...0xA87F, 0xFB50...0xFDFF, 0xFE70...0xFEFE,
        0x1_0AC0...0x1_0AFF, 0x1_0B80...0x1_0BAF, 0x1_0D00...0x1_0D3F, 0x1_0F30...0x1_0FDF, 0x1_E900...0x1_E95F,
    ]

    private static let brahmic: [ClosedRange<UInt32>] = [
        0x0900...0x0DFF, 0x0F00...0x109F, 0x1700...0x17FF, 0x1900...0x1CFF, 0xA800...0xABFF, 0x1_1000...0x1_1FFF,
    ]
}
