// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A piece of a template, by its bytes in the source.
enum TemplateToken: Sendable {
    /// Text, white space control applied.
    case text(Range<Int>)
    /// What stands inside `{{ … }}`.
    case output(Range<Int>)
    /// A tag's name and what follows it.
    case tag(name: Range<Int>, markup: Range<Int>)
}
