// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import PartnerAPI

// The short keys beside `variables`: `header` and `buttons`.

extension RuleFileCompiler {
    private static let media = ["image", "video", "document"]

    /// Compiles `header`: a text, or a mapping with a text, media or a place.
    ///
    /// - Parameter node: The value, which has the right shape.
    /// - Returns: `nil` when there is a mistake, which is reported.
    mutating func compileHeader(_ node: YAMLNode) -> PartsPlan.Header? {
        guard node.entries != nil else { return expression(node).map(PartsPlan.Header.text) }
        guard let format = headerFormat(node) else { return nil }
        if let text = node["text"] { return expression(text).map(PartsPlan.Header.text) }
        if format == "location" {
            let keys = ["latitude", "longitude", "name", "address"]
            return .location(
                keys.compactMap { key in
                    node[key].flatMap { expression($0) }.map { (key, $0) }
                }
            )
        }
        let key = node["id"] == nil ? "link" : "id"
        let filename = node["filename"].flatMap { expression($0) }
        return node[key].flatMap { expression($0) }.map {
            .media(format: format, key: key, $0, filename: filename)
        }
    }

    /// What the mapping's keys make of the header; a `format` that says something else is a mistake.
    private mutating func headerFormat(_ node: YAMLNode) -> String? {
        let possible: [String]
        if node["text"] != nil {
            possible = ["text"]
        } else if node["latitude"] != nil {
            possible = ["location"]
        } else {
            possible = node["filename"] == nil ? Self.media : ["document"]
        }
        guard let format = node["format"]?.text else { return possible.count == 1 ? possible[0] : "image" }
        guard !possible.contains(format), let place = node["format"]?.location else { return format }
        let expected = possible.map { "'\($0)'" }.joined(separator: " or ")
        let message = "found '\(format)'; expected \(expected) beside these keys"
        diagnostics.append(Diagnostic(.invalidValue, at: place, message))
        return nil
    }

    /// Compiles `buttons`: a value by position, or a list that says what each value is.
    ///
    /// - Parameter node: The value, which has the right shape.
    /// - Returns: The buttons without a mistake.
    mutating func compileButtons(
        _ node: YAMLNode
    ) -> [(index: Int, kind: TemplateParts.Button.Kind, value: Expression)] {
        if let entries = node.entries {
            return entries.compactMap { entry in
                guard let index = Int(entry.key), let value = expression(entry.value) else { return nil }
                return (index, .asTemplate, value)
            }
        }
        let kinds: [(String, TemplateParts.Button.Kind)] = [
            ("url", .url), ("payload", .payload), ("copy_code", .copyCode),
        ]
        return (node.elements ?? []).compactMap { button in
            guard let index = button["index"]?.scalar.flatMap({ CoreSchema.resolve($0).number?.int }),
                let (key, kind) = kinds.first(where: { button[$0.0] != nil }),
                let value = button[key].flatMap({ expression($0) })
            else { return nil }
            return (index, kind, value)
        }
    }
}
