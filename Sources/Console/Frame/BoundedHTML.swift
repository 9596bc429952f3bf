// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// The beginning of a text, of so many bytes on a page: signs that are escaped take up to six times their room there.
struct BoundedHTML {
    /// The text, as long as it fits.
    let text: String
    /// Whether there is more.
    let isCut: Bool
    /// So many bytes it takes on a page.
    let size: Int

    /// The beginning of a text, of whole signs.
    ///
    /// - Parameters:
    ///   - whole: Any text; no more of it is looked at than fits.
    ///   - most: So many bytes of HTML.
    init(_ whole: String, most: Int) {
        var (end, size) = (whole.unicodeScalars.startIndex, 0)
        let escaping = VisibleHTML()
        while end < whole.unicodeScalars.endIndex {
            let more = escaping.escapeText(String(whole.unicodeScalars[end])).utf8.count
            guard size + more <= most else { break }
            size += more
            end = whole.unicodeScalars.index(after: end)
        }
        (text, isCut, self.size) = (String(whole[..<end]), end < whole.endIndex, size)
    }
}
