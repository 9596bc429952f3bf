// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import EventPatterns
import Events
import OrderedCollections

extension RuleFileCompiler {
    /// Words that are operators inside a list of alternatives and hardly ever fields of a payload.
    private static let operators: Set<String> = [
        "anything-but", "equals-ignore-case", "wildcard", "numeric", "cidr", "gt", "gte", "lt", "lte",
    ]

    /// Compiles `match` and `headers`.
    ///
    /// - Parameters:
    ///   - match: The pattern over the payload.
    ///   - headers: The pattern over the headers.
    /// - Returns: `nil` when there is a mistake, which is reported.
    mutating func compilePattern(match: YAMLNode?, headers: YAMLNode?) -> EventPattern? {
        for node in [match, headers].compactMap(\.self) { checkLeaves(node, isAlternative: false) }
        checkHeaderNames(headers)
        guard match.map({ $0.entries != nil }) ?? true, headers.map({ $0.entries != nil }) ?? true else { return nil }
        let payload = match.map(Self.patternJSON)
        let envelope = headers.map { JSON.object(["headers": Self.patternJSON($0)]) }
        do throws(EventPatternError) {
            return try EventPattern(payload: payload, envelope: envelope)
        } catch {
            let found =
                (payload.map { Self.mistakes(in: $0) { Self.mistake(in: $0, nil) } } ?? [])
                + (envelope.map { Self.mistakes(in: $0) { Self.mistake(in: nil, $0) } } ?? [])
            for mistake in found.isEmpty ? [error] : found {
                let node = mistake.root == .payload ? match : headers
                let path = mistake.root == .payload ? mistake.path[...] : mistake.path.dropFirst()
                let place =
                    node.map { Self.place(of: path, in: $0, isKey: mistake.code.isAboutKeys) }
                    ?? source.location(line: 1, column: 1)
                diagnostics.append(Diagnostic(.pattern, at: place, mistake.message))
            }
            return nil
        }
    }

    private static func mistake(in payload: JSON?, _ envelope: JSON?) -> EventPatternError? {
        do throws(EventPatternError) {
            _ = try EventPattern(payload: payload, envelope: envelope)
            return nil
        } catch {
            return error
        }
    }

    /// The first mistake of each field: a pattern says its first alone, so each field that is wrong is compiled without the
    /// others.
    ///
    /// - Parameters:
    ///   - pattern: A pattern, or the fields of an object in it.
    ///   - first: The first mistake of the pattern when these stand in the pattern's place.
    /// - Returns: Empty when nothing is wrong.
    private static func mistakes(in pattern: JSON, first: (JSON) -> EventPatternError?) -> [EventPatternError] {
        guard let whole = first(pattern) else { return [] }
        guard let fields = pattern.object else { return [whole] }
        let found = fields.elements.flatMap { name, value in
            value.object == nil
                ? [first(.object([name: value]))].compactMap(\.self)
                : mistakes(in: value) { first(.object([name: $0])) }
        }
        return found.isEmpty ? [whole] : found
    }

    /// Compiles the event types as a condition, which the index of a source combines with the rest later.
    ///
    /// - Parameter node: `event`.
    /// - Returns: The types; those that are no pattern are reported.
    mutating func compileEvents(_ node: YAMLNode?) -> [EventTypePattern] {
        for type in node.map({ $0.elements ?? [$0] }) ?? [] {
            guard let text = type.text, let found = ForeignPattern.finding(inType: text) else { continue }
            diagnostics.append(Diagnostic(.foreignPattern, at: type.location, found.message, hint: found.hint))
        }
        let events = node.map(texts)?.map(EventTypePattern.init) ?? []
        guard let node, !events.isEmpty else { return events }
        do throws(EventPatternError) {
            _ = try EventPattern(payload: nil, envelope: ["type": .array(events.map(\.alternative))])
        } catch {
            diagnostics.append(
                Diagnostic(.pattern, at: node.location, "found an event type that cannot be matched: \(error.message)")
            )
        }
        return events
    }

    /// A pattern as JSON; a bare scalar is a list of one.
    static func patternJSON(_ node: YAMLNode) -> JSON {
        guard let entries = node.entries else { return node.json }
        let members = entries.map { entry -> (String, JSON) in
            if entry.key == "$or", let choices = entry.value.elements {
                return (entry.key, .array(choices.map(patternJSON)))
            }
            if entry.value.scalar != nil { return (entry.key, .array([entry.value.json])) }
            return (entry.key, patternJSON(entry.value))
        }
        return .object(OrderedDictionary(members) { $1 })
    }

    /// The place of the deepest step of a path that the tree has.
    private static func place(of path: ArraySlice<String>, in root: YAMLNode, isKey: Bool) -> SourceLocation {
        var node = root
        var place = root.location
        for step in path {
            if let entry = node.entries?.first(where: { $0.key == step }) {
                place = isKey ? entry.keyLocation : entry.value.location
                node = entry.value
            } else if let elements = node.elements, let position = Int(step), elements.indices.contains(position) {
                node = elements[position]
                place = node.location
            } else {
                break
            }
        }
        return place
    }

    private mutating func checkHeaderNames(_ headers: YAMLNode?) {
        for entry in headers?.entries ?? [] where entry.key != entry.key.lowercased() {
            let message = "found the header '\(entry.key)'; expected its name in lower case"
            diagnostics.append(
                Diagnostic(.invalidValue, at: entry.keyLocation, message, hint: "write '\(entry.key.lowercased())'")
            )
        }
    }

    /// Warns of what is a valid pattern and hardly ever meant.
    ///
    /// - Parameters:
    ///   - node: A field's alternatives, or the fields of an object.
    ///   - isAlternative: Whether the node stands in a list of alternatives, so that a mapping is an operator.
    private mutating func checkLeaves(_ node: YAMLNode, isAlternative: Bool) {
        if let scalar = node.scalar { checkAlternative(scalar, at: node.location) }
        for element in node.elements ?? [] { checkLeaves(element, isAlternative: true) }
        for entry in node.entries ?? [] {
            if entry.key == "$or", let choices = entry.value.elements {
                for choice in choices { checkLeaves(choice, isAlternative: false) }
            } else if isAlternative {
                checkOperands(entry.value)
            } else {
                checkField(entry)
                checkLeaves(entry.value, isAlternative: false)
            }
        }
    }

    private mutating func checkField(_ entry: YAMLEntry) {
        if Self.operators.contains(entry.key), entry.value.entries == nil {
            let message = "found '\(entry.key)' as the name of a field; expected an operator inside a list"
            let hint = "write [{\(entry.key): …}]"
            diagnostics.append(Diagnostic(.operatorAsField, at: entry.keyLocation, message, hint: hint))
        }
        if entry.value.isNothing, entry.key.utf8.count == 3, Int(entry.key) != nil {
            let message = "found the field '\(entry.key)' without a value: YAML cuts a number at its comma"
            let hint = "write 1499 rather than 1,499"
            diagnostics.append(Diagnostic(.foreignPattern, at: entry.keyLocation, message, hint: hint))
        }
        guard let found = ForeignPattern.finding(inKey: entry.key) else { return }
        diagnostics.append(Diagnostic(.foreignPattern, at: entry.keyLocation, found.message, hint: found.hint))
    }

    private mutating func checkAlternative(_ scalar: YAMLScalar, at location: SourceLocation) {
        checkNumber(scalar, at: location)
        guard let text = CoreSchema.resolve(scalar).string,
            let found = ForeignPattern.finding(inAlternative: text)
        else { return }
        diagnostics.append(Diagnostic(.foreignPattern, at: location, found.message, hint: found.hint))
    }

    /// Numbers that lose their spelling are told inside operators, too.
    private mutating func checkOperands(_ node: YAMLNode) {
        if let scalar = node.scalar { checkNumber(scalar, at: node.location) }
        for element in node.elements ?? [] { checkOperands(element) }
        for entry in node.entries ?? [] { checkOperands(entry.value) }
    }

    private mutating func checkNumber(_ scalar: YAMLScalar, at location: SourceLocation) {
        guard case .number(let number) = CoreSchema.resolve(scalar), JSONNumber(scalar.text) == nil else { return }
        let message = "found \(scalar.text), which is the number \(number) in YAML; expected quotes around a text"
        diagnostics.append(
            Diagnostic(.ambiguousNumber, at: location, message, hint: "write '\(scalar.text)' or \(number)")
        )
    }
}

extension EventPatternError.Code {
    /// Whether the mistake is in a key rather than in its value.
    fileprivate var isAboutKeys: Bool { [.badField, .unknownOperator, .badOr].contains(self) }
}
