// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A fenced block of the page, `wrong` or `right`.
package struct DiagnosticsExample: Sendable, CustomStringConvertible {
    /// The finding that a wrong example gives.
    package let id: String
    package let isRight: Bool
    /// What stands behind the language and `wrong` or `right`, such as `configuration`.
    package let attributes: [String]
    package let text: String
    private let language: String

    /// - Parameters:
    ///   - id: The section's finding.
    ///   - block: The block from its language on; `nil` comes back for one that is no example.
    init?(id: String, block: String) {
        let lines = block.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        let words = lines[0].split(separator: " ").map(String.init)
        guard words.count > 1, ["wrong", "right"].contains(words[1]) else { return nil }
        self.id = id
        language = words[0]
        isRight = words[1] == "right"
        attributes = Array(words.dropFirst(2))
        text = lines.count > 1 ? lines[1] + "\n" : ""
    }

    package var description: String { "\(id), \(isRight ? "right" : "wrong")" }

    /// Whether the example is about the configuration rather than about rules.
    package var isConfiguration: Bool { attributes.contains("configuration") }

    /// What `hookline rules check` is given: the paths of the command, else the folder.
    package var paths: [String] {
        guard language == "sh" else { return ["."] }
        return text.split(separator: "\n").flatMap { line in
            line.split(separator: " ").drop { $0 != "check" }.dropFirst().map(String.init)
        }
    }

    /// The files of the example, by name.
    package var files: [(name: String, bytes: [UInt8])] {
        guard language != "sh" else { return [("rules/shop.yaml", Array(Self.whole("").utf8))] }
        return parts.map { name, text in
            let isRules = name.hasSuffix(".yaml") && !name.hasSuffix("_test.yaml")
            return (name, bytes(isRules ? Self.whole(text) : text))
        }
    }

    /// The text cut at its lines `# file: NAME`; what stands before the first is `shop.yaml`.
    private var parts: [(name: String, text: String)] {
        let pieces = ("# file: shop.yaml\n" + text).components(separatedBy: "# file: ").dropFirst()
        return pieces.compactMap { piece in
            let name = String(piece.prefix { $0 != "\n" })
            let text = String(piece.dropFirst(name.count + 1))
            return text.allSatisfy(\.isWhitespace) ? nil : (name, text)
        }
    }

    private func bytes(_ text: String) -> [UInt8] {
        let times = attributes.compactMap { Int($0.replacing("times=", with: "")) }.first ?? 1
        let text = text + String(repeating: self.text, count: times - 1)
        guard attributes.contains("latin-1") else { return Array(text.utf8) }
        return text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    /// A file as it is; keys of a rule alone become the rule `example`, with what is missing to a whole file.
    private static func whole(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard !lines.contains(where: { $0.hasPrefix("rules:") }) else { return text }
        var rule = "version: 1\nsource: shop\ndefaults: {country: IN}\nrules:\n  - name: example\n"
        for line in lines where !line.isEmpty { rule += "    \(line)\n" }
        if !lines.contains(where: { $0.hasPrefix("to:") }) { rule += "    to: \"{{ phone }}\"\n" }
        if !lines.contains(where: { $0.hasPrefix("send:") }) { rule += "    send: {text: Hello}\n" }
        return rule
    }
}
