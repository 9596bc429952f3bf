// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// Merges patterns into shared fields and conditions, and files every clause under its most selective condition.
struct IndexBuilder {
    private(set) var fields: [(root: PatternRoot, steps: [String])] = []
    private(set) var conditions: [Condition] = []
    private(set) var clauses: [IndexedClause] = []
    /// Conditions of the clauses, each clause a stretch.
    private(set) var members: [Int32] = []
    /// Clauses that no value announces: they have no condition, or an absence would satisfy every condition.
    private(set) var unfiled: [Int32] = []
    private(set) var filed: [FieldFiling: [Int32]] = [:]
    /// Clauses that values announce too often: those of a range, and those that share their best condition with many.
    private(set) var dense: [Int32] = []
    private var fieldNumbers: [FieldKey: Int] = [:]
    private var conditionNumbers: [Condition: Int32] = [:]
    /// The filings of each condition; `nil` when an absence satisfies it.
    private var filings: [[FieldFiling]?] = []

    init(_ patterns: [EventPattern]) {
        for (position, pattern) in patterns.enumerated() { add(pattern.compiled, at: position) }
        file()
    }

    private mutating func add(_ pattern: CompiledPattern, at position: Int) {
        let numbers = pattern.conditions.map { number(of: $0, in: pattern) }
        for clause in pattern.clauses {
            let start = members.count
            for index in pattern.sorted(clause) { members.append(numbers[index]) }
            clauses.append(
                IndexedClause(pattern: Int32(position), start: Int32(start), end: Int32(members.count))
            )
        }
    }

    private mutating func number(of condition: Condition, in pattern: CompiledPattern) -> Int32 {
        let field = pattern.fields[Int(condition.field)]
        let key = FieldKey(field.root, field.steps)
        let number = fieldNumbers[key] ?? fields.count
        if number == fields.count {
            fieldNumbers[key] = number
            fields.append(field)
        }
        let shared = Condition(field: number, tests: condition.tests)
        if let known = conditionNumbers[shared] { return known }
        let added = Int32(conditions.count)
        conditionNumbers[shared] = added
        conditions.append(shared)
        filings.append(
            shared.allowsAbsence
                ? nil : shared.tests.compactMap(Filing.init).map { FieldFiling(field: shared.field, filing: $0) }
        )
        return added
    }

    /// Counts how many clauses share each filing, then gives each clause to its cheapest condition.
    private mutating func file() {
        var shares: [FieldFiling: Int] = [:]
        for member in members {
            for place in filings[Int(member)] ?? [] { shares[place, default: 0] += 1 }
        }
        let costs = filings.map { places in
            places?.reduce(0) { $0 + $1.filing.cost(sharedBy: shares[$1] ?? 0) }
        }
        let best = clauses.map { clause in
            members[clause.range].filter { costs[Int($0)] != nil }
                .min { costs[Int($0)] ?? .max < costs[Int($1)] ?? .max }
        }
        let common = clauses.indices.filter { number in
            best[number].flatMap { costs[Int($0)] }.map { $0 >= Self.commonCost } ?? true
        }
        let isDense = common.count >= DenseClauses.least
        if isDense { dense = common.map(Int32.init) }
        let rest = isDense ? Set(clauses.indices).subtracting(common).sorted() : Array(clauses.indices)
        for number in rest { file(number, under: best[number]) }
    }

    /// From this cost on a clause is found too often to be looked at by itself: ``Filing/cost(sharedBy:)``.
    private static let commonCost = 64

    private mutating func file(_ number: Int, under best: Int32?) {
        guard let best, let places = filings[Int(best)] else {
            unfiled.append(Int32(number))
            return
        }
        if conditions[Int(best)].tests.allSatisfy(\.isProvenByFiling) { clauses[number].anchor = Int(best) }
        for place in Set(places) { filed[place, default: []].append(Int32(number)) }
    }
}

/// A clause of a pattern in the index.
struct IndexedClause: Sendable {
    /// The pattern's position.
    let pattern: Int32
    /// The stretch of its conditions.
    let start: Int32
    let end: Int32
    /// The condition under which the clause is filed when being found there proves that it holds alone, or -1.
    var anchor: Int = -1

    var range: Range<Int> { Int(start)..<Int(end) }
}
