// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events

/// The language once more, written from its definition and for nothing but being obviously right.
///
/// It flattens the event into values with the array elements around them, tries every combination of values, and reads
/// operators straight from the pattern's JSON. The library is compared with it on random patterns.
struct ReferenceMatcher {
    /// Every combination of `$or` branches: dotted path, steps and alternatives of each field.
    private var clauses: [[Field]] = [[]]

    private struct Field {
        let steps: [String]
        let alternatives: [JSON]
        var name: String { steps.joined(separator: ".") }
    }

    private struct Found {
        let value: JSON
        let elements: [Int: Int]
    }

    init(_ pattern: JSON) {
        expand(pattern, [], &clauses)
    }

    func matches(_ event: JSON) -> Bool {
        clauses.contains { clause in
            holds(clause.sorted { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) }[...], event, [:])
        }
    }

    private func expand(_ pattern: JSON, _ steps: [String], _ clauses: inout [[Field]]) {
        for (key, value) in pattern.pairs {
            if key == "$or" {
                let before = clauses
                clauses = (value.array ?? []).flatMap { branch in
                    var own = before
                    expand(branch, steps, &own)
                    return own
                }
            } else {
                let inner = steps + (FieldPath(key)?.steps ?? [])
                if value.object != nil {
                    expand(value, inner, &clauses)
                } else {
                    let field = Field(steps: inner, alternatives: value.array ?? [value])
                    clauses = clauses.map { $0 + [field] }
                }
            }
        }
    }

    private func holds(_ fields: ArraySlice<Field>, _ event: JSON, _ chosen: [Int: Int]) -> Bool {
        guard let field = fields.first else { return true }
        var arrays = 0
        let all = values(event, field.steps[...], [:], &arrays).filter { found in
            found.elements.allSatisfy { chosen[$0.key] ?? $0.value == $0.value }
        }
        let absent: JSON = ["exists": false]
        if all.isEmpty, field.alternatives.contains(absent), holds(fields.dropFirst(), event, chosen) { return true }
        return all.contains { found in
            field.alternatives.contains { ReferenceOperator.accepts($0, found.value) }
                && holds(fields.dropFirst(), event, chosen.merging(found.elements) { $1 })
        }
    }

    /// Numbers arrays in the order of a full walk, so that one array has one number whatever the steps.
    private func values(
        _ node: JSON,
        _ steps: ArraySlice<String>?,
        _ elements: [Int: Int],
        _ arrays: inout Int
    ) -> [Found] {
        switch node {
        case .object:
            return node.pairs.flatMap { key, value in
                let next = steps.flatMap { $0.first == key ? $0.dropFirst() : nil }
                return values(value, next, elements, &arrays)
            }
        case .array(let items):
            let number = arrays
            arrays += 1
            return items.enumerated().flatMap { position, item in
                let isContainer = item.array != nil || item.object != nil
                let inner = isContainer ? elements.merging([number: position]) { $1 } : elements
                return values(item, steps, inner, &arrays)
            }
        default:
            return steps?.isEmpty == true ? [Found(value: node, elements: elements)] : []
        }
    }
}

extension JSON {
    /// The members in their order; none when the value is no object.
    fileprivate var pairs: [(key: String, value: JSON)] { object.map { Array($0) } ?? [] }
}

/// One alternative against one scalar.
private enum ReferenceOperator {
    static func accepts(_ alternative: JSON, _ value: JSON) -> Bool {
        guard let (name, operand) = alternative.pairs.first else {
            return same(alternative, value)
        }
        switch name {
        case "exists": return operand == true
        case "anything-but": return !excluded(operand, value)
        case "numeric": return value.number?.decimal.map { compare($0, operand.array ?? []) } ?? false
        case "gt", "gte", "lt", "lte", "eq":
            guard let number = value.number?.decimal ?? value.string.flatMap({ ExactDecimal($0) }) else { return false }
            return alternative.pairs.allSatisfy { compare(number, [.string(signs[$0.key] ?? ""), $0.value]) }
        default:
            guard let text = value.string else { return false }
            return accepts(text, name, operand)
        }
    }

    private static let signs = ["gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "="]

    private static func accepts(_ text: String, _ name: String, _ operand: JSON) -> Bool {
        let caseless = operand["equals-ignore-case"]?.string
        let bytes = Array(text.utf8)
        let wanted = Array((operand.string ?? "").utf8)
        switch name {
        case "exactly": return bytes == wanted
        case "prefix": return caseless.map { starts(text, $0) } ?? bytes.starts(with: wanted)
        case "suffix": return caseless.map { ends(text, $0) } ?? bytes.reversed().starts(with: wanted.reversed())
        case "equals-ignore-case": return folded(text, operand.string ?? "")
        case "wildcard": return wildcard(bytes[...], wanted[...])
        case "cidr": return cidr(text, operand.string ?? "")
        default: return false
        }
    }

    private static func same(_ left: JSON, _ right: JSON) -> Bool {
        if let left = left.string, let right = right.string { return left.utf8.elementsEqual(right.utf8) }
        return left == right
    }

    private static func excluded(_ operand: JSON, _ value: JSON) -> Bool {
        guard let (name, inner) = operand.pairs.first else {
            return (operand.array ?? [operand]).contains { same($0, value) }
        }
        if signs[name] != nil { return accepts(operand, value) }
        return (inner.array ?? [inner]).contains { accepts(JSON(dictionaryLiteral: (name, $0)), value) }
    }

    private static func compare(_ number: ExactDecimal, _ terms: [JSON]) -> Bool {
        stride(from: 0, to: terms.count, by: 2).allSatisfy { position in
            let text = terms[position + 1].number?.text ?? terms[position + 1].string ?? ""
            guard let bound = ExactDecimal(text) else { return false }
            switch terms[position].string {
            case "=": return number == bound
            case "<": return number < bound
            case "<=": return number <= bound
            case ">": return number > bound
            default: return number >= bound
            }
        }
    }

    private static func folded(_ value: String, _ pattern: String) -> Bool {
        forms(pattern).contains { $0.utf8.elementsEqual(value.utf8) }
    }

    private static func starts(_ value: String, _ pattern: String) -> Bool {
        forms(pattern).contains { Array(value.utf8).starts(with: Array($0.utf8)) }
    }

    private static func ends(_ value: String, _ pattern: String) -> Bool {
        forms(pattern).contains { value.utf8.reversed().starts(with: $0.utf8.reversed()) }
    }

    /// All spellings of a pattern; the tests keep caseless patterns short.
    private static func forms(_ pattern: String) -> [String] {
        pattern.unicodeScalars.reduce([""]) { all, scalar in
            let forms = Set([String(scalar), scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping])
            return all.flatMap { start in forms.map { start + $0 } }
        }
    }

    private static func wildcard(_ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == UInt8(ascii: "*") {
            return wildcard(text, pattern.dropFirst()) || !text.isEmpty && wildcard(text.dropFirst(), pattern)
        }
        let literal = first == UInt8(ascii: "\\") ? pattern.dropFirst() : pattern
        return text.first != nil && text.first == literal.first && wildcard(text.dropFirst(), literal.dropFirst())
    }

    /// Addresses as numbers in base 256 or 65,536, divided by the size of the block.
    private static func cidr(_ text: String, _ block: String) -> Bool {
        let parts = block.split(separator: "/").map(String.init)
        guard let address = bits(text), let network = bits(parts[0]), let kept = Int(parts[1]) else { return false }
        return address.count == network.count && address.prefix(kept) == network.prefix(kept)
    }

    private static func bits(_ text: String) -> String? {
        func binary(_ value: Int, _ width: Int) -> String {
            let digits = String(value, radix: 2)
            return String(repeating: "0", count: width - digits.count) + digits
        }
        guard text.contains(":") else {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
            return parts.count == 4 && !parts.contains(nil) ? parts.map { binary(Int($0 ?? 0), 8) }.joined() : nil
        }
        let halves = text.replacing("::", with: "|").split(separator: "|", omittingEmptySubsequences: false)
        let groups = halves.map { half in
            half.isEmpty
                ? [] : half.split(separator: ":", omittingEmptySubsequences: false).map { UInt16($0, radix: 16) }
        }
        let gap = 8 - groups.reduce(0) { $0 + $1.count }
        guard !groups.joined().contains(nil), halves.count == 2 ? gap > 0 : gap == 0 else { return nil }
        return groups.map { $0.map { binary(Int($0 ?? 0), 16) }.joined() }
            .joined(separator: String(repeating: "0", count: 16 * gap))
    }
}
