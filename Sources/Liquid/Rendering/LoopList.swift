// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// What a loop runs over; elements are made when the loop comes to them.
enum LoopList {
    case values([LiquidValue])
    case nodes([JSONNode])
    case range(LiquidRange)

    /// A list as it is, an object as pairs, a text with content as one element; anything else has no elements.
    init(_ value: LiquidValue) {
        switch value {
        case .range(let range): self = .range(range)
        case .node(let node) where node.kind == .array: self = .nodes(node.elements)
        case .array(let elements): self = .values(elements)
        case .string(let text): self = .values(text.isEmpty ? [] : [value])
        default: self = .values(value.asObject?.map { .array([.string($0.key), $0.value]) } ?? [])
        }
    }

    var count: Int {
        switch self {
        case .values(let values): values.count
        case .nodes(let nodes): nodes.count
        case .range(let range): range.count
        }
    }

    subscript(index: Int) -> LiquidValue {
        switch self {
        case .values(let values): values[index]
        case .nodes(let nodes): LiquidValue(nodes[index])
        case .range(let range): .int(range.first + index)
        }
    }

    /// The positions from `start`, at most `limit`.
    func positions(from start: Int, limit: Int?) -> Range<Int> {
        let count = count
        let first = min(max(start, 0), count)
        guard let limit else { return first..<count }
        let (end, hasOverflown) = start.addingReportingOverflow(limit)
        if hasOverflown { return first..<(limit > 0 ? count : first) }
        return first..<min(max(end, first), count)
    }
}
