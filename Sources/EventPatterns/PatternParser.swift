// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// One field of a pattern with its alternatives, as written.
struct PatternCondition: Sendable {
    let root: PatternRoot
    let path: FieldPath
    let tests: [ValueTest]

    /// The path as event-ruler names it, which decides the order in which conditions are taken.
    var name: String { path.steps.joined(separator: ".") }
}

/// Reads a pattern into its conditions and the ways to satisfy it.
///
/// `$or` multiplies: a pattern is a list of clauses, each a list of conditions that must hold together.
struct PatternParser {
    /// How many clauses the `$or`s of a pattern may multiply to.
    static let maxClauses = 1_000

    private(set) var conditions: [PatternCondition] = []
    private let root: PatternRoot

    init(root: PatternRoot, firstCondition: Int) {
        self.root = root
        self.firstCondition = firstCondition
    }

    private let firstCondition: Int

    /// Reads the whole pattern.
    ///
    /// - Parameter pattern: An object.
    /// - Returns: Positions of conditions for each clause, counted from `firstCondition`, in the order as written.
    /// - Throws: ``EventPatternError`` with the first mistake.
    mutating func parse(_ pattern: JSON) throws(EventPatternError) -> [[Int]] {
        var clauses: [[Int]] = [[]]
        try parse(pattern, at: PatternPlace(root: root), isInOr: false, into: &clauses)
        return clauses
    }

    private mutating func parse(
        _ pattern: JSON,
        at place: PatternPlace,
        isInOr: Bool,
        into clauses: inout [[Int]]
    ) throws(EventPatternError) {
        guard let members = pattern.members else {
            throw place.error(.notAnObject, "found \(pattern.typeName); expected an object of fields")
        }
        guard !members.isEmpty else {
            throw place.error(.emptyObject, "found an object without fields; expected at least one field")
        }
        for (key, value) in members {
            if key == OperatorName.or {
                try parseOr(value, at: place.inside(key), into: &clauses)
            } else {
                try parseField(key, value, at: place, isInOr: isInOr, into: &clauses)
            }
        }
    }

    private mutating func parseField(
        _ key: String,
        _ value: JSON,
        at outer: PatternPlace,
        isInOr: Bool,
        into clauses: inout [[Int]]
    ) throws(EventPatternError) {
        let place = try outer.field(key)
        if isInOr, OperatorName.reservedInOr.contains(key) {
            throw place.error(.badOr, "found the operator '\(key)' where $or wants fields; expected a field's name")
        }
        if case .object = value { return try parse(value, at: place, isInOr: isInOr, into: &clauses) }
        if value.array == nil, OperatorName.all.contains(key) { throw outer.bareOperator(key, value) }
        conditions.append(
            PatternCondition(
                root: root,
                path: FieldPath(steps: place.steps),
                tests: try AlternativeParser(place: place).parse(value)
            )
        )
        let added = firstCondition + conditions.count - 1
        for index in clauses.indices { clauses[index].append(added) }
    }

    private mutating func parseOr(
        _ value: JSON,
        at place: PatternPlace,
        into clauses: inout [[Int]]
    ) throws(EventPatternError) {
        guard let branches = value.array else {
            throw place.error(.badOr, "found \(value.typeName) under $or; expected a list of at least two objects")
        }
        guard branches.count > 1 else {
            throw place.error(
                .badOr,
                "found \(branches.isEmpty ? "no branch" : "one branch") under $or; expected at least two"
            )
        }
        var all: [[Int]] = []
        for (position, branch) in branches.enumerated() {
            var own = clauses
            try parse(branch, at: place.inside(String(position)), isInOr: true, into: &own)
            all += own
            guard all.count <= Self.maxClauses else { throw place.tooLarge }
        }
        clauses = all
    }
}
