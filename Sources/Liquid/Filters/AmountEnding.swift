// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// What people write behind an amount to say that nothing follows it: `500/-`, `500/=`, `499,-`, `499.–`, `500 only`.
///
/// The dash stands for decimals of nought; read as a minus sign it would turn the amount round. Behind a slash it says
/// that the amount has no decimals at all, so that the one sign in `1,499/-` separates thousands.
///
/// - SeeAlso: [Ugandan shilling, notation](https://en.wikipedia.org/wiki/Ugandan_shilling)
struct AmountEnding {
    /// The amount without its ending; `499,00` for `499,-`.
    let text: String
    /// Whether it was said that there are no decimals.
    let isWhole: Bool

    private static let dashes: Set<Character> = ["-", "–", "—", "−", "‒"]

    /// Takes the ending off.
    ///
    /// - Parameter written: An amount, without white space around it; any other text stays as it is.
    init(_ written: String) {
        let rest = Self.withoutOnly(written)
        guard let last = rest.lastIndex(where: \.isNumber) else {
            (text, isWhole) = (written, false)
            return
        }
        let amount = rest[...last]
        let tail = rest[rest.index(after: last)...].drop(while: \.isWhitespace)
        guard let mark = tail.first, "/.,".contains(mark), let dash = tail.dropFirst().first,
            Self.dashes.contains(dash) || mark == "/" && dash == "="
        else {
            (text, isWhole) = (String(rest), false)
            return
        }
        let currency = tail.dropFirst(2).drop { Self.dashes.contains($0) }
        isWhole = mark == "/"
        text = String(amount) + (isWhole ? "" : "\(mark)00") + currency
    }

    /// The text without the word `only` at its end.
    private static func withoutOnly(_ text: String) -> String {
        let word = "only"
        guard text.utf8.count > word.utf8.count, text.lowercased().hasSuffix(word) else { return text }
        let rest = text.dropLast(word.count)
        guard let last = rest.last, !last.isLetter, rest.contains(where: \.isNumber) else { return text }
        return String(rest).trimmed
    }
}
