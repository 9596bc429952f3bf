// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes

/// The name of a request header, writable as a literal in presets.
package struct HeaderName: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The name as HTTPTypes knows it; equality ignores case.
    package let field: HTTPField.Name

    /// Reads a name.
    ///
    /// - Parameter text: A token of RFC 9110; `nil` comes back for anything else.
    package init?(_ text: String) {
        guard let field = HTTPField.Name(text) else { return nil }
        self.field = field
    }

    /// A name that stands in our own source text.
    package init(stringLiteral text: String) {
        guard let field = HTTPField.Name(text) else { preconditionFailure("'\(text)' is no header name") }
        self.field = field
    }

    /// The name as it was written.
    package var description: String { field.rawName }
}
