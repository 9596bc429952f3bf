// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events

/// Looks for values of `match` that have another JSON type than in every sample: `status: "1"` where events say 1.
struct SampleTypeChecks {
    /// `match` as it was written.
    let match: YAMLNode
    /// The events of the tests that the rule sees.
    let samples: [Event]

    /// - Returns: Warnings at the values.
    func run() -> [Diagnostic] {
        samples.isEmpty ? [] : findings(match, [])
    }

    private func findings(_ node: YAMLNode, _ path: [String]) -> [Diagnostic] {
        (node.entries ?? []).flatMap { entry -> [Diagnostic] in
            if entry.key == "$or" { return (entry.value.elements ?? []).flatMap { findings($0, path) } }
            // A name with a real dot has a backslash; such names are left alone.
            guard !entry.key.contains("\\") else { return [] }
            let path = path + entry.key.split(separator: ".").map(String.init)
            if entry.value.entries != nil { return findings(entry.value, path) }
            return finding(entry.value, path).map { [$0] } ?? []
        }
    }

    private func finding(_ node: YAMLNode, _ path: [String]) -> Diagnostic? {
        let alternatives = (node.elements ?? [node]).map(\.scalar)
        let written = alternatives.map { $0.map(CoreSchema.resolve) }
        guard let first = written.first ?? nil, let location = (node.elements ?? [node]).first?.location else {
            return nil
        }
        let found = samples.flatMap { Self.values(path[...], $0.payload.root) }.map(\.kind)
        guard !found.isEmpty else { return nil }
        let name = path.joined(separator: ".")
        if written.allSatisfy({ $0?.string != nil }), found.allSatisfy(Self.isBare) {
            let text = first.string ?? ""
            let message =
                "found the text '\(text)'; in every sample '\(name)' is \(Self.title(found[0])), which no text equals"
            let isValue = CoreSchema.number(text) != nil || ["true", "false"].contains(text)
            return Diagnostic(
                .neverMatches,
                at: location,
                message,
                hint: isValue ? "write \(text) without quotes" : nil
            )
        }
        guard written.allSatisfy({ $0?.number != nil || $0?.bool != nil }), found.allSatisfy(Self.isText) else {
            return nil
        }
        let message = "found \(first.text()), which is no text; in every sample '\(name)' is a text"
        return Diagnostic(.neverMatches, at: location, message, hint: "write '\(first.text())' with quotes")
    }

    /// The values at a path; a list stands for its elements.
    private static func values(_ path: ArraySlice<String>, _ node: JSONNode) -> [JSONNode] {
        if node.kind == .array { return node.elements.flatMap { values(path, $0) } }
        guard let step = path.first else { return node.kind == .object ? [] : [node] }
        return node[step].map { values(path.dropFirst(), $0) } ?? []
    }

    private static func isBare(_ kind: JSONKind) -> Bool { [.number, .true, .false].contains(kind) }
    private static func isText(_ kind: JSONKind) -> Bool { [.string, .escapedString].contains(kind) }
    private static func title(_ kind: JSONKind) -> String { kind == .number ? "a number" : "true or false" }
}
