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

/// A compact JSON text that is written piece by piece, without a value of it: for what leaves as it is written.
///
/// Whoever writes keeps to the grammar: one value, or between the brackets of an object a key before each.
package struct JSONText {
    /// What is written so far, in UTF-8.
    package private(set) var bytes: [UInt8] = []
    /// Whether the next value stands first in its list or behind its key.
    private var isFirst = true

    /// A text of which nothing is written.
    ///
    /// - Parameter count: For so many bytes there is room at once.
    package init(reserving count: Int) {
        bytes.reserveCapacity(count)
    }

    /// Writes a string.
    package mutating func string(_ text: String) {
        separate()
        JSONEscapes.encode(text, into: &bytes)
    }

    /// Writes a truth value.
    package mutating func bool(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// Writes any value.
    package mutating func value(_ value: JSON) {
        separate()
        var writer = JSONWriter(layout: .compact)
        swap(&writer.output, &bytes)
        writer.write(value)
        swap(&writer.output, &bytes)
    }

    /// Writes the key of the value that comes next.
    package mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        isFirst = true
    }

    /// Writes an object.
    ///
    /// - Parameter members: Writes keys and values in turn.
    package mutating func object(_ members: (inout JSONText) -> Void) {
        enclosed("{", "}", members)
    }

    /// Writes an array.
    ///
    /// - Parameter elements: Writes values.
    package mutating func array(_ elements: (inout JSONText) -> Void) {
        enclosed("[", "]", elements)
    }

    private mutating func enclosed(_ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONText) -> Void) {
        separate()
        bytes.append(UInt8(ascii: open))
        isFirst = true
        body(&self)
        bytes.append(UInt8(ascii: close))
        isFirst = false
    }

    private mutating func separate() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
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
