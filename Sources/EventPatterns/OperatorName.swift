// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// The operators of the language, and the nearest one to a misspelt name.
enum OperatorName {
    static let exactly = "exactly"
    static let prefix = "prefix"
    static let suffix = "suffix"
    static let equalsIgnoreCase = "equals-ignore-case"
    static let wildcard = "wildcard"
    static let anythingBut = "anything-but"
    static let numeric = "numeric"
    static let exists = "exists"
    static let cidr = "cidr"
    static let or = "$or"
    static let comparisons = ["gt", "gte", "lt", "lte", "eq"]

    /// Every operator that may stand in an alternative.
    static let all =
        [prefix, suffix, equalsIgnoreCase, wildcard, anythingBut, numeric, exists, cidr, exactly] + comparisons

    /// The operators that `anything-but` may hold: those of EventBridge, and ours for numbers.
    static let negatable = [prefix, suffix, equalsIgnoreCase, wildcard] + comparisons

    /// Names that are no fields inside `$or`: event-ruler keeps them for operators of today and tomorrow.
    static let reservedInOr: Set<String> = [
        exactly, equalsIgnoreCase, prefix, suffix, anythingBut, exists, wildcard, numeric, cidr,
        "=", "<", "<=", ">", ">=", "regex", "not-wildcard", "not-equals-ignore-case",
        "date-after", "date-on-or-after", "date-before", "date-on-or-before", "in-date-range",
        "ip-address-in-range", "ip-address-not-in-range",
    ]

    /// What an unknown name may have meant: other notations of the same operators, or a name at most two typing
    /// mistakes away.
    static func suggestion(for name: String, among names: [String]) -> String? {
        let plain = name.lowercased().replacing("_", with: "-")
        if let known = otherNotations[plain], names.contains(known) { return known }
        let ranked = names.map { ($0, distance(Array(plain.utf8), Array($0.utf8))) }
        guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= min(2, best.0.utf8.count / 2) else { return nil }
        return best.0
    }

    /// How something is written here for which other tools have an operator.
    static func way(for name: String) -> String? { ways[name.lowercased().replacing("_", with: "-")] }

    private static let ways: [String: String] = {
        let list = "several values stand in one list, such as [paid, shipped]"
        let part = "a part of a text is written {wildcard: '*part*'}"
        let both = "fields that stand beside each other must all match"
        return [
            "in": list, "any": list, "any-of": list, "anyof": list, "one-of": list, "oneof": list, "is-one-of": list,
            "contains": part, "includes": part, "icontains": part, "has": part, "substring": part, "and": both,
            "all": both, "all-of": both, "allof": both,
            "or": "alternatives of several fields stand in a list under $or",
            "is": "an equal value is written alone, such as [paid]",
            "value": "an equal value is written alone, such as [paid]",
            "empty": "an empty text is written [''], a missing field [{exists: false}]",
            "missing": "a missing field is written [{exists: false}]",
            "absent": "a missing field is written [{exists: false}]",
            "null": "null is written [null], a missing field [{exists: false}]",
        ]
    }()

    private static let otherNotations: [String: String] = [
        ">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "=": "eq", "==": "eq", "equals": "eq", "min": "gte",
        "max": "lte",
        "ge": "gte", "le": "lte", "not": anythingBut, "ne": anythingBut, "neq": anythingBut, "!=": anythingBut,
        "not-in": anythingBut, "starts-with": prefix, "startswith": prefix, "begins-with": prefix, "ends-with": suffix,
        "endswith": suffix, "like": wildcard, "glob": wildcard, "regex": wildcard, "matches": wildcard, "in-cidr": cidr,
        "ip": cidr, "present": exists, "ignore-case": equalsIgnoreCase, "iequals": equalsIgnoreCase,
        "equalsignorecase": equalsIgnoreCase, "anythingbut": anythingBut, "exact": exactly, "between": numeric,
    ]

    /// How many letters have to be put in, left out, exchanged or swapped with their neighbour.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var line = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(last[column + 1] + 1, line[column] + 1, last[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                line.append(cost)
            }
            (beforeLast, last) = (last, line)
        }
        return last[right.count]
    }
}
