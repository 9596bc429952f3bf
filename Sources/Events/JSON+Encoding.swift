// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import OrderedCollections

/// How an encoded text is laid out.
public enum JSONLayout: Sendable {
    /// No white space at all.
    case compact
    /// Two spaces a level, one member a line.
    case indented
}

extension JSON {
    /// The value as a JSON text: deterministic, keys in their order, numbers with their source text.
    ///
    /// - Parameter layout: Compact unless said otherwise.
    /// - Returns: UTF-8 without a line break at the end.
    public func encoded(_ layout: JSONLayout = .compact) -> [UInt8] {
        var writer = JSONWriter(layout: layout)
        writer.write(self)
        return writer.output
    }

    /// The value as a JSON text; see ``encoded(_:)``.
    ///
    /// - Parameter layout: Compact unless said otherwise.
    /// - Returns: The text without a line break at the end.
    public func text(_ layout: JSONLayout = .compact) -> String {
        String(decoding: encoded(layout), as: UTF8.self)
    }
}

private struct JSONWriter {
    let layout: JSONLayout
    var output: [UInt8] = []
    private var level = 0

    init(layout: JSONLayout) {
        self.layout = layout
    }

    mutating func write(_ value: JSON) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .number(let value): append(value.text)
        case .string(let value): JSONEscapes.encode(value, into: &output)
        case .array(let elements): list("[", elements, "]") { $0.write($1) }
        case .object(let members): list("{", members.elements, "}") { $0.member($1.key, $1.value) }
        }
    }

    private mutating func member(_ key: String, _ value: JSON) {
        JSONEscapes.encode(key, into: &output)
        append(layout == .compact ? ":" : ": ")
        write(value)
    }

    private mutating func list<Elements: Collection>(
        _ open: String,
        _ elements: Elements,
        _ close: String,
        _ item: (inout JSONWriter, Elements.Element) -> Void
    ) {
        append(open)
        level += 1
        var isFirst = true
        for element in elements {
            if !isFirst { append(",") }
            isFirst = false
            newLine()
            item(&self, element)
        }
        level -= 1
        if !isFirst { newLine() }
        append(close)
    }

    private mutating func newLine() {
        guard layout == .indented else { return }
        append("\n" + String(repeating: "  ", count: level))
    }

    private mutating func append(_ text: String) {
        output.append(contentsOf: text.utf8)
    }
}
