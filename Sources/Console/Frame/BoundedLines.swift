// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections

/// JSON in lines, as much of it as is shown: numbers as they came, and never more than the bound is laid out.
///
/// A payload is a stranger's. Laid out whole, one of many levels is a thousand times its own size.
struct BoundedLines {
    /// What was laid out.
    private(set) var text = ""
    private let most: Int
    /// Deeper levels are not moved in any more.
    private static let deepest = 20

    /// Lays a value out.
    ///
    /// - Parameters:
    ///   - json: Any value.
    ///   - most: So many bytes, and one name or number more.
    init(_ json: JSON, most: Int) {
        self.most = most
        write(json, depth: 0)
    }

    /// Whether there is more than was laid out.
    private(set) var isCut = false

    private mutating func write(_ json: JSON, depth: Int) {
        switch json {
        case .array(let elements) where !elements.isEmpty:
            write(elements, "[", "]", depth) { lines, element in lines.write(element, depth: depth + 1) }
        case .object(let members) where !members.isEmpty:
            write(members.elements, "{", "}", depth) { lines, member in
                lines.add(lines.quoted(member.key) + ": ")
                lines.write(member.value, depth: depth + 1)
            }
        case .string(let text): add(quoted(text))
        default: add(json.text())
        }
    }

    private mutating func write<Elements: Collection>(
        _ elements: Elements,
        _ open: String,
        _ close: String,
        _ depth: Int,
        _ one: (inout BoundedLines, Elements.Element) -> Void
    ) {
        add(open)
        var isFirst = true
        for element in elements {
            guard !isCut else { return }
            add((isFirst ? "\n" : ",\n") + Self.space(depth + 1))
            one(&self, element)
            isFirst = false
        }
        add("\n" + Self.space(depth) + close)
    }

    private mutating func add(_ piece: String) {
        guard !isCut else { return }
        text += piece
        isCut = text.utf8.count >= most
    }

    /// A text in quotes; of a long one its beginning.
    private func quoted(_ text: String) -> String {
        guard text.utf8.count > most else { return JSON.string(text).text() }
        return String(JSON.string(String(text.unicodeScalars.prefix(most))).text().dropLast())
    }

    private static func space(_ depth: Int) -> String { String(repeating: "  ", count: min(depth, deepest)) }
}

extension String {
    /// Its beginning, of so many characters of Unicode at most, without looking at the rest.
    func beginning(_ most: Int) -> String {
        utf8.count <= most ? self : String(unicodeScalars.prefix(most))
    }
}
