// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Mustache

/// The templates, compiled in; every text that they show is escaped, and there is no way not to.
struct Templates: Sendable {
    private let library: MustacheLibrary

    /// All templates by their names.
    ///
    /// - Parameter files: By name; each is one file of `Templates/`.
    /// - Throws: What Mustache says of a text that is no template.
    init(_ files: [String: [UInt8]]) throws {
        MustacheContentTypes.register(VisibleHTML(), named: Self.contentType)
        var library = MustacheLibrary()
        for (name, bytes) in files {
            // Each template says for itself how it escapes: a partial begins with Mustache's own way again.
            let text = "{{% CONTENT_TYPE:\(Self.contentType)}}" + String(decoding: bytes, as: UTF8.self)
            try library.register(text, named: name)
        }
        self.library = library
    }

    private static let contentType = "VISIBLE"

    /// The page of a template.
    ///
    /// - Parameters:
    ///   - shown: What it shows.
    ///   - name: The template's name; there is one.
    /// - Returns: HTML.
    func page(_ shown: Shown, _ name: String) -> String {
        guard let page = library.render(shown, withTemplate: name) else {
            preconditionFailure("there is a template '\(name)'")
        }
        return page
    }
}

/// How texts get into HTML: as text, whatever is in them, and with what would hide or turn words made visible.
///
/// Mustache's own way goes by `Character`: ``VisibleText/html(_:_:)`` says what that misses.
struct VisibleHTML: MustacheContentType {
    func escapeText(_ text: String) -> String {
        VisibleText.html(VisibleText.block(text)) { scalar in
            Self.isUnseen(scalar) ? "\\u{\(String(scalar.value, radix: 16, uppercase: true))}" : nil
        }
    }

    /// Whether nobody sees a sign, and a word with it is another word.
    static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\u{AD}", "\u{180E}", "\u{200B}", "\u{2060}"..."\u{2064}", "\u{FEFF}": true
        default: false
        }
    }
}
