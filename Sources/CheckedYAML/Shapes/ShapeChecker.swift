// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events

/// Holds a YAML tree against a shape and reports every difference.
///
/// What it reports nothing about has the right types and keys, so that the compiler reads values without checking
/// again; where something was reported the compiler finds `nil` and goes on.
package struct ShapeChecker {
    package private(set) var diagnostics: [Diagnostic] = []

    package init() {}

    /// Checks a value.
    ///
    /// - Parameters:
    ///   - node: What was written.
    ///   - shape: What may stand there.
    package mutating func check(_ node: YAMLNode, _ shape: Shape) {
        guard !node.isBroken else { return }
        if let path = node.unquotedPath, !shape.hasKey(path) { return reportBraces(path, node) }
        switch shape {
        case .text(let rule): checkText(node, rule)
        case .anyText: checkScalar(node, "a text")
        case .boolean: checkBoolean(node)
        case .integer(let range): checkInteger(node, range)
        case .duration: checkText(node, .duration)
        case .instant: checkText(node, .instant)
        case .choice(let words): checkChoice(node, words)
        case .list(let element, let least): checkList(node, element, atLeast: least)
        case .oneOrMany(let element):
            if node.elements != nil { checkList(node, element, atLeast: 1) } else { check(node, element) }
        case .map(let key, let value): checkMap(node, key, value)
        case .object(let object): checkObject(node, object)
        case .foreign(let mapping): if node.entries == nil { mismatch(node, mapping.expectation) }
        case .tree: if node.entries == nil && node.elements == nil { mismatch(node, "a mapping") }
        case .json: break
        case .anyOf(let shapes): checkAny(node, shapes)
        }
    }
}

// MARK: Times

extension TextRule {
    /// A time span.
    static let duration = TextRule(
        DurationText.expectation,
        pattern: DurationText.pattern,
        hint: { DurationText.advice(for: $0) },
        accepts: { DurationText.parse($0) != nil }
    )

    /// An instant.
    static let instant = TextRule(
        "a date and time with its offset, such as '2026-01-15T10:00:00+05:30'",
        pattern: nil,
        hint: { text in
            let forms = ["\(text)Z", "\(text):00Z", "\(text)T00:00:00Z"].map { $0.replacing(" ", with: "T") }
            guard let whole = forms.first(where: { Timestamp(rfc3339: $0) != nil }) else { return nil }
            return "write '\(whole)' for UTC, or with an offset such as '+05:30' in the place of the 'Z'"
        },
        accepts: { Timestamp(rfc3339: $0) != nil }
    )
}

// MARK: Braces

extension ShapeChecker {
    private mutating func reportBraces(_ path: String, _ node: YAMLNode) {
        let message = "found {\(path)} without quotes, which YAML reads as a mapping; expected a quoted text"
        let hint = "write \"{{ \(path) }}\""
        diagnostics.append(Diagnostic(.unquotedBraces, at: node.location, message, hint: hint))
    }
}

extension YAMLNode {
    /// The path in a mapping of one key without a value: `{customer.phone}`, one brace too few on each side.
    fileprivate var unquotedPath: String? {
        guard case .mapping(let entries) = content, entries.count == 1, entries[0].value.isNothing else { return nil }
        let key = entries[0].key
        let isPath = key.utf8.allSatisfy {
            $0 == 46 || $0 == 95 || (48...57).contains($0) || (97...122).contains($0 | 32)
        }
        return isPath && key.first?.isLetter == true ? key : nil
    }
}

// MARK: Scalars

extension ShapeChecker {
    private mutating func checkScalar(_ node: YAMLNode, _ expected: String) {
        if node.text == nil { mismatch(node, expected) }
    }

    private mutating func checkText(_ node: YAMLNode, _ rule: TextRule) {
        guard let text = node.text else { return mismatch(node, rule.expectation) }
        guard !rule.accepts(text) else { return }
        let message = "found \(node.found); expected \(rule.expectation)"
        diagnostics.append(Diagnostic(.invalidValue, at: node.location, message, hint: rule.hint(text)))
    }

    private mutating func checkBoolean(_ node: YAMLNode) {
        guard node.scalar.flatMap(CoreSchema.bool) == nil else { return }
        let word = node.text?.lowercased() ?? ""
        let isOld = ["yes", "no", "on", "off", "y", "n"].contains(word)
        mismatch(
            node,
            "true or false",
            hint: isOld ? "write \(["yes", "on", "y"].contains(word)), since '\(word)' is a text in YAML 1.2" : nil
        )
    }

    private mutating func checkInteger(_ node: YAMLNode, _ range: ClosedRange<Int>) {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard let scalar = node.scalar, let value = CoreSchema.resolve(scalar).number?.int else {
            let isQuoted = node.scalar?.style != .plain && node.text.flatMap(Int.init) != nil
            return mismatch(node, expected, hint: isQuoted ? "write it without quotes" : nil)
        }
        guard !range.contains(value) else { return }
        diagnostics.append(Diagnostic(.invalidValue, at: node.location, "found \(node.found); expected \(expected)"))
    }

    private mutating func checkChoice(_ node: YAMLNode, _ words: [String]) {
        let expected = words.map { "'\($0)'" }.joined(separator: " or ")
        guard let text = node.text else { return mismatch(node, expected) }
        guard !words.contains(text) else { return }
        let hint = NearMiss.question(for: text, among: words)
        diagnostics.append(
            Diagnostic(.invalidValue, at: node.location, "found \(node.found); expected \(expected)", hint: hint)
        )
    }

    private mutating func mismatch(_ node: YAMLNode, _ expected: String, hint: String? = nil) {
        diagnostics.append(
            Diagnostic(.wrongType, at: node.location, "found \(node.found); expected \(expected)", hint: hint)
        )
    }
}

// MARK: Lists and mappings

extension ShapeChecker {
    private mutating func checkList(_ node: YAMLNode, _ element: Shape, atLeast least: Int) {
        guard let elements = node.elements else { return mismatch(node, "a list") }
        if elements.count < least {
            diagnostics.append(
                Diagnostic(.invalidValue, at: node.location, "found an empty list; expected at least one element")
            )
        }
        for child in elements { check(child, element) }
    }

    private mutating func checkMap(_ node: YAMLNode, _ key: TextRule, _ value: Shape) {
        guard let entries = node.entries else { return mismatch(node, "a mapping") }
        for entry in entries {
            if !key.accepts(entry.key) {
                let message = "found the key '\(entry.key)'; expected \(key.expectation)"
                diagnostics.append(Diagnostic(.invalidValue, at: entry.keyLocation, message))
            }
            check(entry.value, value)
        }
    }

    private mutating func checkObject(_ node: YAMLNode, _ shape: ObjectShape) {
        guard let entries = node.entries else { return mismatch(node, Self.expectation(of: shape, instead: node)) }
        var keys = Set(entries.map(\.key))
        for entry in entries {
            guard let field = shape[entry.key] else {
                let meant = Self.meant(by: entry, in: shape)
                reportUnknown(entry, meant, in: shape)
                // What a misspelled key was meant to be is not missing, too: one slip, one finding.
                if let meant { keys.insert(meant) }
                continue
            }
            check(entry.value, field.shape)
        }
        for field in shape.fields where field.isRequired && !keys.contains(field.name) {
            let message = "found no '\(field.name)'; expected it: \(field.summary.lowercasedFirst)"
            diagnostics.append(Diagnostic(.missingKey, at: node.location, message))
        }
        checkCombinations(node, entries, keys, shape)
    }

    /// The key that a key which the format does not have comes near to.
    private static func meant(by entry: YAMLEntry, in shape: ObjectShape) -> String? {
        NearMiss.nearest(to: entry.key, among: shape.fields.map(\.name))
    }

    /// What is expected of an object; where the whole file is empty, the keys that it may begin with.
    private static func expectation(of shape: ObjectShape, instead node: YAMLNode) -> String {
        guard node.isNothing, node.location.line == 1, node.location.column == 1 else {
            return "a mapping" + (shape.example.map { ", such as \($0)" } ?? "")
        }
        let names = shape.fields.prefix(5).map { "'\($0.name)'" }
        return "keys such as \(names.joined(separator: ", ")), for the file is empty"
    }

    private mutating func checkCombinations(
        _ node: YAMLNode,
        _ entries: [YAMLEntry],
        _ keys: Set<String>,
        _ shape: ObjectShape
    ) {
        for group in shape.exactlyOne {
            let found = entries.filter { group.contains($0.key) }
            let names = group.map { "'\($0)'" }.joined(separator: ", ")
            if keys.isDisjoint(with: group) {
                let message = "found none of \(names); expected exactly one"
                diagnostics.append(Diagnostic(.missingKey, at: node.location, message))
            }
            conflict(found)
        }
        for group in shape.exclusive { conflict(entries.filter { group.contains($0.key) }) }
        for (key, others) in shape.needs {
            guard let entry = entries.first(where: { $0.key == key }),
                let missing = others.first(where: { !keys.contains($0) })
            else { continue }
            let message = "found '\(key)' without '\(missing)'; expected both or neither"
            diagnostics.append(Diagnostic(.conflictingKeys, at: entry.keyLocation, message))
        }
    }

    private mutating func conflict(_ entries: [YAMLEntry]) {
        guard entries.count > 1, let first = entries.first else { return }
        for other in entries.dropFirst() {
            let message = "found '\(other.key)' beside '\(first.key)'; expected only one of them"
            diagnostics.append(Diagnostic(.conflictingKeys, at: other.keyLocation, message))
        }
    }

    private mutating func reportUnknown(_ entry: YAMLEntry, _ meant: String?, in shape: ObjectShape) {
        let names = shape.fields.map(\.name)
        let hint = meant.map { "did you mean '\($0)'?" }
        let expected = hint == nil ? "one of \(names.sorted().joined(separator: ", "))" : "a key of this \(shape.title)"
        let message = "found the unknown key '\(entry.key)'; expected \(expected)"
        diagnostics.append(Diagnostic(.unknownKey, at: entry.keyLocation, message, hint: hint))
    }

    /// Checks against the one shape that takes what was written: a text, a list or a mapping.
    private mutating func checkAny(_ node: YAMLNode, _ shapes: [Shape]) {
        if let shape = shapes.first(where: { $0.takes(node) }) { return check(node, shape) }
        mismatch(node, shapes.map(\.kindName).joined(separator: ", or "))
    }
}

extension ObjectShape {
    /// The name as a sentence says it.
    var title: String { name.replacing("_", with: " ") }
}

extension Shape {
    /// Whether a value of this kind (text, list, mapping) can be of this shape at all.
    fileprivate func takes(_ node: YAMLNode) -> Bool {
        switch self {
        case .list: node.elements != nil
        case .map, .object, .foreign: node.entries != nil
        case .tree: node.entries != nil || node.elements != nil
        case .oneOrMany(let element): node.elements != nil || element.takes(node)
        case .anyOf(let shapes): shapes.contains { $0.takes(node) }
        case .json: true
        default: node.text != nil
        }
    }

    /// Whether a mapping may have the key there.
    fileprivate func hasKey(_ key: String) -> Bool {
        switch self {
        case .object(let shape): shape[key] != nil
        case .map(let rule, _): rule.accepts(key)
        case .oneOrMany(let element): element.hasKey(key)
        case .anyOf(let shapes): shapes.contains { $0.hasKey(key) }
        case .foreign, .tree, .json: true
        default: false
        }
    }

    /// What a diagnostic calls the kind.
    fileprivate var kindName: String {
        switch self {
        case .list: "a list"
        case .map, .object, .foreign, .tree: "a mapping"
        default: "a text"
        }
    }
}

extension String {
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst().trimmingSuffix(".") }
}

extension Substring {
    fileprivate func trimmingSuffix(_ suffix: String) -> Substring { hasSuffix(suffix) ? dropLast(suffix.count) : self }
}
