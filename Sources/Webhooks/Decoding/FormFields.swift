// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
package import HTTPValues
internal import OrderedCollections

/// The fields of an `application/x-www-form-urlencoded` text or of a query, in their order.
///
/// `+` is a space; a percent sign without two hex digits stands for itself; bytes that are not UTF-8 become U+FFFD, which
/// only those see who compare with what was signed. A byte order mark in front belongs to no name.
///
/// - SeeAlso: [URL Standard, section 5.1](https://url.spec.whatwg.org/#urlencoded-parsing)
struct FormFields: Sequence {
    /// One field without percent escapes, in the charset of its sender.
    struct Raw: Hashable {
        let name: [UInt8]
        let value: [UInt8]
    }

    /// One field, decoded.
    struct Field: Hashable {
        let name: String
        let value: String
    }

    /// The most fields that are read: the largest forms of senders have some dozens.
    static let maxFields = 1_000

    private let fields: [Field]
    /// Whether there are more fields than ``maxFields``; those beyond are not here.
    let isCut: Bool

    /// Decodes a form.
    ///
    /// - Parameter bytes: The body, or what follows the question mark.
    init(decoding bytes: [UInt8]) {
        let raw = Self.raw(bytes)
        isCut = raw.isCut
        fields = raw.fields.map { field in
            Field(
                name: String(decoding: field.name, as: UTF8.self),
                value: String(decoding: field.value, as: UTF8.self)
            )
        }
    }

    /// The fields of a form in the charset of its sender.
    ///
    /// - Parameter bytes: The body.
    /// - Returns: At most ``maxFields``, and whether there are more.
    static func raw(_ bytes: [UInt8]) -> (fields: [Raw], isCut: Bool) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        let pairs = text.split(separator: UInt8(ascii: "&"), maxSplits: maxFields)
        let fields = pairs.prefix(maxFields).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return Raw(
                name: PercentEncoding.decode(parts[0], plusIsSpace: true),
                value: parts.count > 1 ? PercentEncoding.decode(parts[1], plusIsSpace: true) : []
            )
        }
        return (fields, pairs.count > maxFields)
    }

    /// A form of these fields.
    ///
    /// - Parameter fields: In their order.
    init(_ fields: [Field]) {
        self.fields = fields
        isCut = false
    }

    /// The fields by name; of repeated ones the last.
    var lastValues: [String: String] {
        Dictionary(fields.map { ($0.name, $0.value) }) { $1 }
    }

    /// The form as a body, in the same order.
    var encoded: [UInt8] {
        let pairs = fields.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        return Array(pairs.joined(separator: "&").utf8)
    }

    /// The form with one field set, at its end.
    ///
    /// - Parameters:
    ///   - name: The field.
    ///   - value: Its only value.
    /// - Returns: The changed form.
    func replacing(_ name: String, with value: String) -> FormFields {
        FormFields(fields.filter { $0.name != name } + [Field(name: name, value: value)])
    }

    func makeIterator() -> [Field].Iterator { fields.makeIterator() }
}

/// What the brackets in the names of a form's fields mean, as PHP and many other senders write lists and objects.
enum BracketedNames {
    /// Deeper names stay as they are written.
    static let maxDepth = 8

    /// What stands behind one name: texts, or more names.
    private final class Place {
        var values: [JSON] = []
        var isList = false
        var members: OrderedDictionary<String, Place> = [:]

        /// `nil` where one name says that there is a text and another that there is an object.
        var json: JSON? {
            guard members.isEmpty || values.isEmpty else { return nil }
            guard !members.isEmpty else { return isList || values.count != 1 ? .array(values) : values[0] }
            var parts: OrderedDictionary<String, JSON> = [:]
            for (name, place) in members {
                guard let part = place.json else { return nil }
                parts[name] = part
            }
            return list(parts) ?? .object(parts)
        }

        /// Names that count from 0 without a gap are positions.
        private func list(_ parts: OrderedDictionary<String, JSON>) -> JSON? {
            var elements: [JSON] = []
            for position in parts.keys.indices {
                guard let element = parts[String(position)] else { return nil }
                elements.append(element)
            }
            return .array(elements)
        }
    }

    /// The lists and objects that names with brackets describe.
    ///
    /// - Parameter values: The values of each name, as the names are written.
    /// - Returns: By what stands before the first bracket; nothing for names that contradict each other or are unclear,
    ///   such as `items[][sku]`, of which nobody can tell where one item ends.
    static func objects(of values: OrderedDictionary<String, [JSON]>) -> [(String, JSON)] {
        let root = Place()
        var unclear: Set<String> = []
        for (name, values) in values {
            guard let path = path(name) else {
                unclear.insert(String(name.prefix { $0 != "[" }))
                continue
            }
            var place = root
            for step in path where !step.isEmpty {
                let next = place.members[step] ?? Place()
                place.members[step] = next
                place = next
            }
            place.isList = place.isList || path.last == ""
            place.values += values
        }
        return root.members.compactMap { name, place in
            unclear.contains(name) ? nil : place.json.map { (name, $0) }
        }
    }

    /// The steps of a name, the last of them empty for `[]`; `nil` for what is no such name.
    private static func path(_ name: String) -> [String]? {
        guard let open = name.firstIndex(of: "["), open != name.startIndex, name.hasSuffix("]") else { return nil }
        let inner = name[name.index(after: open)...].dropLast()
        let steps = inner.split(separator: "][", omittingEmptySubsequences: false).map(String.init)
        guard steps.count < maxDepth, !steps.contains(where: { $0.contains { "[]".contains($0) } }),
            !steps.dropLast().contains("")
        else { return nil }
        return [String(name[..<open])] + steps
    }
}

extension InboundRequest {
    /// The query's first value of that name, decoded; `nil` when there is none.
    ///
    /// - Parameter name: The parameter's decoded name.
    /// - Returns: The decoded value.
    package func query(_ name: String) -> String? {
        guard let mark = target.firstIndex(of: "?") else { return nil }
        let query = target[target.index(after: mark)...].prefix { $0 != "#" }
        return FormFields(decoding: Array(query.utf8)).first { $0.name == name }?.value
    }
}
