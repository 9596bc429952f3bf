// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

public import Events

/// Finds the condition to name when an event does not match, and says what the event has there.
struct FailureFinder {
    /// Added to the expectation of a condition that holds alone but not together with those before it.
    static let jointly = ", in the same list element as the conditions before it"

    private let pattern: CompiledPattern
    private let reading: EventReading

    init(_ pattern: CompiledPattern, _ reading: EventReading) {
        self.pattern = pattern
        self.reading = reading
    }

    /// The first condition that fails in the clause that got furthest.
    ///
    /// - Returns: The condition, and whether it fails only together with others; `nil` when a clause holds.
    func find() -> (source: PatternCondition, isJoint: Bool)? {
        var best: (progress: Int, source: PatternCondition, isJoint: Bool)?
        for clause in pattern.clauses {
            guard !pattern.holds(clause, in: reading) else { return nil }
            guard let failure = failure(of: clause), failure.progress > best?.progress ?? -1 else { continue }
            best = (failure.progress, pattern.sources[failure.index], failure.isJoint)
        }
        return best.map { ($0.source, $0.isJoint) }
    }

    private func failure(of clause: [Int]) -> (progress: Int, index: Int, isJoint: Bool)? {
        let alone = clause.firstIndex { pattern.conditions[$0].verdict(in: reading).verdict == .fails }
        if let alone { return (alone, clause[alone], false) }
        // Absences last: they hold or fail by what the others have chosen.
        let order =
            clause.filter { !pattern.conditions[$0].allowsAbsence }
            + clause.filter { pattern.conditions[$0].allowsAbsence }
        let joint = order.indices.first { !pattern.holds(Array(order[...$0]), in: reading) }
        return joint.map { ($0, order[$0], $0 > 0) }
    }

    /// What an event has at a condition's field.
    static func actual(_ source: PatternCondition, _ document: JSONNode?) -> String {
        var found: [String] = []
        var more = 0
        var container: String?
        func visit(_ node: JSONNode, _ steps: ArraySlice<String>) {
            switch node.kind {
            case .array:
                if node.count == 0, steps.isEmpty { container = "an empty array" }
                for element in node.elements { visit(element, steps) }
            case .object:
                guard let step = steps.first else { return container = "an object" }
                if let member = node[step] { visit(member, steps.dropFirst()) }
            default:
                guard steps.isEmpty else { return }
                if found.count < 5 { found.append(phrase(node)) } else { more += 1 }
            }
        }
        if let document { visit(document, source.path.steps[...]) }
        guard !found.isEmpty else { return container ?? "no such field" }
        return found.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }

    private static func phrase(_ node: JSONNode) -> String {
        node.document.withTape { tape in
            guard var text = node.string else {
                return Leaf(kind: tape.kind(node.index), bytes: tape.bytes(node.index)).phrase
            }
            return text.withUTF8 { Leaf(kind: JSONKind.string.rawValue, bytes: $0).phrase }
        }
    }
}

/// Why an event does not match: the first condition, in the order of the pattern, that fails.
public struct PatternFailure: Hashable, Sendable, CustomStringConvertible {
    /// The document that the condition reads.
    public let root: PatternRoot
    /// The field that the condition reads.
    public let path: FieldPath
    /// What the pattern wants there, such as `"paid" or "authorized"`.
    public let expected: String
    /// What the event has there, such as `"pending"`, or that the field is missing.
    public let actual: String

    /// One sentence.
    public var description: String { "\(path): expected \(expected), found \(actual)" }
}
