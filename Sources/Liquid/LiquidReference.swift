// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A place where a template reads a value that it does not make itself.
public struct LiquidReference: Hashable, Sendable {
    /// What happens to the value.
    public enum Use: Hashable, Sendable {
        /// It reaches the output; when it is undefined, strict mode refuses.
        case output
        /// It reaches the output through `default`.
        case guarded
        /// It decides what is rendered (`if`, `unless`, `case`, the list of a loop); undefined is falsy.
        case condition
        /// It is kept under another name by `assign`, without `default`.
        case binding
    }

    /// The path as the template writes it, such as `line_items[0].title`.
    public let path: String
    /// The path's steps up to the first that is computed: names and whole numbers.
    public let steps: [String]
    /// Whether ``steps`` is the whole path.
    public let isComplete: Bool
    /// What happens to the value.
    public let use: Use
    /// The line in the source, from 1.
    public let line: Int
    /// The column in that line, from 1.
    public let column: Int
}
