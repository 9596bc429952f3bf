// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections

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
