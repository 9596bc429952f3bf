// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension LiquidEnvironment {
    /// `sort` and `sort_natural`: stable, nothing last.
    mutating func registerSorting() {
        register("sort", arguments: 0...1) { input, arguments, context throws(LiquidError) in
            if arguments[0]?.isNil ?? true { try context.refuseObjects(try input.list(context), "sort", "to sort by") }
            return try Self.sort(input, arguments[0], context) { keys throws(LiquidError) in
                guard keys.areComparable else { throw .argument("values of different types have no order") }
                return { $0.precedes($1) }
            }
        }
        register("sort_natural", arguments: 0...1) { input, arguments, context throws(LiquidError) in
            if arguments[0]?.isNil ?? true {
                try context.refuseObjects(try input.list(context), "sort_natural", "to sort by")
            }
            return try Self.sort(input, arguments[0], context) { _ in { $0.folded < $1.folded } }
        }
    }

    private typealias Order = (LiquidValue, LiquidValue) -> Bool

    private static func sort(
        _ input: LiquidValue,
        _ property: LiquidValue?,
        _ context: LiquidContext,
        _ order: ([LiquidValue]) throws(LiquidError) -> Order
    ) throws(LiquidError) -> LiquidValue {
        let elements = try input.list(context)
        var keys = elements
        if let property, !property.isNil {
            try context.check(property, of: elements, isNeeded: true)
            guard let values = try context.properties(property, of: elements) else { return .nil }
            keys = values
        }
        let precedes = try order(keys.filter { !$0.isNil })
        let pairs = zip(elements, keys).sorted { left, right in
            if left.1.isNil || right.1.isNil { return !left.1.isNil }
            return precedes(left.1, right.1)
        }
        return .array(pairs.map(\.0))
    }
}

extension [LiquidValue] {
    /// Whether all values are numbers, all are texts, or all are equal.
    fileprivate var areComparable: Bool {
        allSatisfy { $0.asNumber != nil } || allSatisfy { $0.asString != nil } || allSatisfy { $0 == self[0] }
    }
}

extension LiquidValue {
    /// The order of numbers, and of texts by their code points.
    fileprivate func precedes(_ other: LiquidValue) -> Bool {
        switch (self, other) {
        case (.number(let left), .number(let right)): left < right
        case (.string(let left), .string(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
        default: false
        }
    }

    /// The value as text with the capitals of ASCII made small.
    fileprivate var folded: FoldedText {
        FoldedText(bytes: filterText.utf8.map { (65...90).contains($0) ? $0 | 0x20 : $0 })
    }
}

private struct FoldedText: Comparable {
    let bytes: [UInt8]

    static func < (left: FoldedText, right: FoldedText) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
