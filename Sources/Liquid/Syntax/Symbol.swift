// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// The smallest piece of what stands inside `{{ … }}` and `{% … %}`.
enum Symbol: Hashable, Sendable {
    /// A name or a keyword.
    case word(String)
    /// A number as it is written.
    case number(String)
    /// What stands between quotes.
    case string(String)
    /// Punctuation and operators, as they are written.
    case mark(String)
    /// The end of the markup.
    case end

    /// The symbol as an error message names it.
    var description: String {
        switch self {
        case .word(let text), .number(let text), .mark(let text): "'\(text)'"
        case .string(let text): "the string '\(text)'"
        case .end: "the end"
        }
    }
}
