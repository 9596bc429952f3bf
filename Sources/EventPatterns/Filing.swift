// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// Where in the index an alternative is filed: what a value must have so that the alternative may accept it.
enum Filing: Hashable {
    /// Found by looking up bytes that are made of the value.
    case key(Kind, [UInt8])
    /// Found by asking which ranges hold a JSON number.
    case numbers(NumberRange)
    /// Found by asking which ranges hold a number or a numeric string.
    case decimals(NumberRange)
    /// Looked at whenever the field has a string.
    case anyString
    /// Looked at whenever the field has a value.
    case anyValue

    /// What the bytes of a key are made of.
    enum Kind: UInt8 {
        /// The whole string.
        case string
        /// A number's type and ``PatternNumber/key``.
        case number
        /// The same, of numeric strings too.
        case decimal
        /// The raw value of the ``JSONKind``.
        case literal
        /// The first bytes of a string.
        case prefix
        /// The last bytes of a string.
        case suffix
        /// Bytes anywhere in a string, at most ``Filing/longestGram``.
        case gram
        /// The whole string with ASCII letters in lower case.
        case caseless
        /// Its first bytes.
        case caselessPrefix
        /// Its last bytes.
        case caselessSuffix
        /// A number of bits and the network.
        case cidr
    }

    /// The filing of an alternative; `nil` for the one that accepts no value at all.
    init?(_ test: ValueTest) {
        switch test {
        case .string(let text): self = .key(.string, text)
        case .number(let number, _): self = .key(.number, number.key)
        case .null: self = .key(.literal, [UInt8(JSONKind.null.rawValue)])
        case .bool(let flag): self = .key(.literal, [UInt8((flag ? JSONKind.true : JSONKind.false).rawValue)])
        case .prefix(let text): self = Self.part(.prefix, text)
        case .suffix(let text): self = Self.part(.suffix, text)
        case .equalsIgnoreCase(let text): self = text.ascii.map { .key(.caseless, $0) } ?? .anyString
        case .prefixIgnoreCase(let text): self = Self.part(.caselessPrefix, text.ascii ?? [])
        case .suffixIgnoreCase(let text): self = Self.part(.caselessSuffix, text.ascii ?? [])
        case .wildcard(let wildcard, _): self = Self.wildcard(wildcard)
        case .cidr(let block, _): self = .key(.cidr, [UInt8(block.bits)] + block.network)
        case .numeric(let range, _): self = range.single.map { .key(.number, $0.key) } ?? .numbers(range)
        case .decimal(let range, _): self = range.single.map { .key(.decimal, $0.key) } ?? .decimals(range)
        case .anythingBut, .exists: self = .anyValue
        case .absent: return nil
        }
    }

    private static func part(_ kind: Kind, _ text: [UInt8]) -> Filing {
        text.isEmpty ? .anyString : .key(kind, text)
    }

    private static func wildcard(_ wildcard: Wildcard) -> Filing {
        if wildcard.isLiteral { return .key(.string, wildcard.prefix) }
        let longest = wildcard.segments.max { $0.count < $1.count } ?? []
        if longest.count == wildcard.prefix.count { return part(.prefix, wildcard.prefix) }
        if longest.count == wildcard.suffix.count { return part(.suffix, wildcard.suffix) }
        return .key(.gram, Array(longest.prefix(longestGram)))
    }

    /// How many bytes of a text in the middle of a wildcard are looked for: every length in use costs a look-up for
    /// every byte of a value.
    private static let longestGram = 6

    /// How unlikely it is that an event gets past the filing, beside how many clauses share it: lower is better.
    ///
    /// An equality is missed by nearly every event, a range by some, the presence of a value by hardly any.
    func cost(sharedBy clauses: Int) -> Int {
        switch self {
        case .key(.string, _), .key(.number, _), .key(.decimal, _), .key(.caseless, _): clauses
        case .key: 2 + 2 * clauses
        case .numbers, .decimals: 64 + 2 * clauses
        case .anyString: 1_000_000 + clauses
        case .anyValue: 2_000_000 + clauses
        }
    }
}

extension ValueTest {
    /// Whether the filing finds exactly the values that the test accepts.
    var isProvenByFiling: Bool {
        switch self {
        case .wildcard, .anythingBut, .absent: false
        case .equalsIgnoreCase(let text), .prefixIgnoreCase(let text), .suffixIgnoreCase(let text): text.ascii != nil
        default: true
        }
    }
}

extension PatternNumber {
    /// Bytes that equal numbers share.
    var key: [UInt8] {
        switch self {
        case .small(let significand, let exponent):
            withUnsafeBytes(of: (significand, Int64(exponent))) { Array($0) }
        case .big(let decimal): Array(decimal.description.utf8)
        }
    }
}

extension NumberRange {
    /// The only number of the range, if it has one number.
    var single: PatternNumber? { lower == upper ? lower?.number : nil }
}
