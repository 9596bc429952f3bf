// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// What a loop runs over; elements are made when the loop comes to them.
enum LoopList {
    case values([LiquidValue])
    /// The payload's array, none of whose elements was walked to yet.
    case node(JSONNode)
    case nodes([JSONNode])
    case range(LiquidRange)
    /// One element, whatever `limit` and `offset` say, as in the reference implementation.
    case text(LiquidValue)

    /// A list as it is, an object as pairs, a text with content as one element; anything else has no elements.
    init(_ value: LiquidValue) {
        switch value {
        case .range(let range): self = .range(range)
        case .node(let node) where node.kind == .array: self = .node(node)
        case .array(let elements): self = .values(elements)
        case .string(let text): self = text.isEmpty ? .values([]) : .text(value)
        case .node(let node):
            self = .values(node.distinctMembers.map { .array([.string($0.key), LiquidValue($0.value)]) })
        default: self = .values(value.asObject?.map { .array([.string($0.key), $0.value]) } ?? [])
        }
    }

    var count: Int {
        switch self {
        case .values(let values): values.count
        case .node(let node): node.count
        case .nodes(let nodes): nodes.count
        case .range(let range): range.count
        case .text: 1
        }
    }

    subscript(index: Int) -> LiquidValue {
        switch self {
        case .values(let values): values[index]
        case .node(let node): node[index].map(LiquidValue.init) ?? .nil
        case .nodes(let nodes): LiquidValue(nodes[index])
        case .range(let range): .int(range.first + index)
        case .text(let value): value
        }
    }

    /// The list with the elements at some positions at hand: of an array of the payload nothing behind them is walked.
    ///
    /// - Returns: A list, and where the first of the positions is in it.
    func window(_ positions: Range<Int>) -> (list: LoopList, base: Int) {
        guard case .node(let node) = self else { return (self, positions.lowerBound) }
        return (.nodes(node.elements(at: positions)), 0)
    }

    /// The positions from `start`, at most `limit`.
    func positions(from start: Int, limit: Int?) -> Range<Int> {
        if case .text = self { return 0..<1 }
        let count = count
        let first = min(max(start, 0), count)
        guard let limit else { return first..<count }
        let (end, hasOverflown) = start.addingReportingOverflow(limit)
        if hasOverflown { return first..<(limit > 0 ? count : first) }
        return first..<min(max(end, first), count)
    }
}

extension JSONNode {
    /// An object's members, a repeated key once with its last value.
    ///
    /// Keys are told apart by their bytes, as everywhere in a payload: Swift's dictionaries take a letter with an accent
    /// and the letter with a combining accent for one.
    fileprivate var distinctMembers: [(key: String, value: JSONNode)] {
        var positions: [[UInt8]: Int] = [:]
        var distinct: [(key: String, value: JSONNode)] = []
        for member in members {
            let position = positions[Array(member.key.utf8), default: distinct.count]
            if position < distinct.count {
                distinct[position].value = member.value
            } else {
                positions[Array(member.key.utf8)] = position
                distinct.append(member)
            }
        }
        return distinct
    }
}
