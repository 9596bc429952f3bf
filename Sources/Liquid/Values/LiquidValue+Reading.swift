// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import BigInt
internal import Events
internal import OrderedCollections

/// Steps of paths, and the readings of values as numbers that tags and filters share.
extension LiquidValue {
    /// `.name`: a member, else `size`, `first` or `last` of what has them.
    func member(_ name: String) -> LiquidValue {
        switch self {
        case .node(let node) where node.kind == .object:
            if let member = node[name] { return LiquidValue(member) }
        case .object(let members):
            if let member = members[name] { return member }
        default: break
        }
        switch name {
        case "size": return size ?? .nil
        case "first": return first
        case "last": return last
        default: return .nil
        }
    }

    /// `["name"]`: a member alone.
    subscript(key name: String) -> LiquidValue {
        switch self {
        case .node(let node): node[name].map(LiquidValue.init) ?? .nil
        case .object(let members): members[name] ?? .nil
        default: .nil
        }
    }

    /// `[0]`: an element, from the end when negative.
    subscript(index index: Int) -> LiquidValue {
        switch self {
        case .node(let node) where node.kind == .array:
            return node[index < 0 ? node.count + index : index].map(LiquidValue.init) ?? .nil
        case .array(let elements):
            let position = index < 0 ? elements.count + index : index
            return elements.indices.contains(position) ? elements[position] : .nil
        default: return .nil
        }
    }

    /// `[value]`: an element for a whole number, a member for a text.
    subscript(key: LiquidValue) -> LiquidValue {
        switch key {
        case .string(let name): self[key: name]
        case .number(let number): number.int.map { self[index: $0] } ?? .nil
        default: .nil
        }
    }

    /// The number of characters (code points), elements or members; `nil` for what has no size.
    var size: LiquidValue? {
        switch self {
        case .string(let text): .int(text.unicodeScalars.count)
        case .array(let elements): .int(elements.count)
        case .object(let members): .int(members.count)
        case .node(let node): .int(node.count)
        case .range(let range): .int(range.count)
        default: nil
        }
    }

    /// The first element; of an object, its first name and value.
    var first: LiquidValue {
        switch self {
        case .array, .node: if asObject == nil { return self[index: 0] }
        case .range(let range): return .int(range.first)
        default: break
        }
        guard let member = asObject?.elements.first else { return .nil }
        return .array([.string(member.key), member.value])
    }

    /// The last element.
    var last: LiquidValue {
        if case .range(let range) = self { return .int(range.last) }
        return self[index: -1]
    }

    /// A whole number: a number cut to its whole part, or a text that is a whole number.
    var integer: Int? {
        switch self {
        case .number(let number): number.whole
        case .string(let text): Int(text.trimmed)
        default: nil
        }
    }

    /// As ``integer``, but a text counts as far as it begins with digits, and nothing is 0.
    var leadingInteger: Int? {
        switch self {
        case .nil, .blank, .empty: 0
        case .string(let text): LiquidNumber(leading: text).int
        default: integer
        }
    }

    /// The number that arithmetic sees: a number, the number in a text, else 0.
    var numeric: LiquidNumber {
        switch self {
        case .number(let number): return number
        case .string(let text): return LiquidNumber(reading: text)
        default: return .zero
        }
    }
}

extension LiquidNumber {
    /// The whole part, where it fits.
    var whole: Int? {
        if let int { return int }
        guard let exact, exact.exponent < 0, -exact.exponent <= Self.maxDigits * 2 else { return nil }
        return ExactDecimal(significand: exact.significand / BigInt(10).power(-exact.exponent), exponent: 0).int
    }

    /// A text that is a decimal number as a whole, else the whole number that it begins with, else 0.
    init(reading text: String) {
        if let small = SmallDecimal(text) {
            self.init(small: small, isDecimal: text.utf8.contains(UInt8(ascii: ".")))
            return
        }
        let trimmed = text.trimmed
        let isDecimal =
            trimmed.utf8.contains(UInt8(ascii: ".")) && !trimmed.utf8.contains { $0 | 0x20 == UInt8(ascii: "e") }
        if isDecimal, !trimmed.hasPrefix("+"), let value = ExactDecimal(trimmed) {
            self.init(value, isDecimal: true)
        } else {
            self.init(leading: trimmed)
        }
    }

    /// The whole number that a text begins with, else 0.
    init(leading text: String) {
        var digits = ""
        for byte in text.trimmed.utf8 {
            let isSign = digits.isEmpty && (byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+"))
            guard isSign || SourceText.isDigit(byte) else { break }
            digits.unicodeScalars.append(Unicode.Scalar(byte))
        }
        self.init(ExactDecimal(digits) ?? ExactDecimal(0), isDecimal: false)
    }
}

extension String {
    /// The text without white space at its ends.
    var trimmed: String {
        let source = SourceText(self)
        return source.text(source.trimming(0..<source.bytes.count))
    }
}
