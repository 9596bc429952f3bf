// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Which look-ups a field's values are worth.
struct FieldProbe: Sendable {
    /// The kinds of filings that the field has.
    struct Kinds: OptionSet {
        let rawValue: UInt16

        static let string = Kinds(rawValue: 1)
        static let number = Kinds(rawValue: 2)
        static let decimal = Kinds(rawValue: 4)
        static let literal = Kinds(rawValue: 8)
        static let numberRanges = Kinds(rawValue: 16)
        static let decimalRanges = Kinds(rawValue: 32)
        static let parts = Kinds(rawValue: 64)
        static let caseless = Kinds(rawValue: 128)
        static let networks = Kinds(rawValue: 256)
        static let strings = Kinds(rawValue: 512)
        static let values = Kinds(rawValue: 1_024)

        /// What a number is looked up in.
        static let numeric: Kinds = [.number, .decimal, .numberRanges, .decimalRanges]
        /// What a string is looked up in beside the table of whole strings.
        static let rareStrings: Kinds = [.parts, .caseless, .networks, .strings, .decimal, .decimalRanges]
    }

    private(set) var kinds: Kinds = []
    /// The lengths of keys in use, ascending.
    private(set) var prefixes: [Int] = []
    private(set) var suffixes: [Int] = []
    private(set) var caselessPrefixes: [Int] = []
    private(set) var caselessSuffixes: [Int] = []
    private(set) var grams: [Int] = []
    /// The numbers of bits in use.
    private(set) var networks: [Int] = []
    private(set) var numbers = RangeIndex([:])
    private(set) var decimals = RangeIndex([:])
    /// Clauses to look at whenever there is a string.
    var anyString: [Int32] = [] { didSet { kinds.insert(.strings) } }
    /// Clauses to look at whenever there is a value.
    var anyValue: [Int32] = [] { didSet { kinds.insert(.values) } }

    mutating func add(_ kind: Filing.Kind, _ key: [UInt8]) {
        switch kind {
        case .string: kinds.insert(.string)
        case .number: kinds.insert(.number)
        case .decimal: kinds.insert(.decimal)
        case .literal: kinds.insert(.literal)
        case .caseless: kinds.insert(.caseless)
        case .prefix: add(key.count, to: \.prefixes, .parts)
        case .suffix: add(key.count, to: \.suffixes, .parts)
        case .gram: add(key.count, to: \.grams, .parts)
        case .caselessPrefix: add(key.count, to: \.caselessPrefixes, .caseless)
        case .caselessSuffix: add(key.count, to: \.caselessSuffixes, .caseless)
        case .cidr: add(Int(key[0]), to: \.networks, .networks)
        }
    }

    mutating func setRanges(_ numbers: [NumberRange: [Int32]], _ decimals: [NumberRange: [Int32]]) {
        self.numbers = RangeIndex(numbers)
        self.decimals = RangeIndex(decimals)
        if !numbers.isEmpty { kinds.insert(.numberRanges) }
        if !decimals.isEmpty { kinds.insert(.decimalRanges) }
    }

    private mutating func add(_ length: Int, to list: WritableKeyPath<FieldProbe, [Int]>, _ kind: Kinds) {
        kinds.insert(kind)
        guard !self[keyPath: list].contains(length) else { return }
        self[keyPath: list].append(length)
        self[keyPath: list].sort()
    }
}
