// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Why something is no event pattern, and where.
public struct EventPatternError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of mistakes.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String {
            case notAnObject
            case emptyObject
            case emptyArray
            case badField
            case badAlternative
            case unknownOperator
            case badOperand
            case badNumeric
            case badWildcard
            case badCIDR
            case badOr
            case tooLarge
        }

        private let value: Value

        /// Something other than an object where fields are expected.
        public static let notAnObject = Code(value: .notAnObject)
        /// An object without fields, or an alternative without operator.
        public static let emptyObject = Code(value: .emptyObject)
        /// A list without alternatives.
        public static let emptyArray = Code(value: .emptyArray)
        /// A key that is no path: an empty step or an unknown escape.
        public static let badField = Code(value: .badField)
        /// A list inside a list, or an alternative with more than one operator.
        public static let badAlternative = Code(value: .badAlternative)
        /// An operator that does not exist.
        public static let unknownOperator = Code(value: .unknownOperator)
        /// An operand of the wrong type, or a list of mixed types.
        public static let badOperand = Code(value: .badOperand)
        /// A `numeric` list that is no comparison, or a range that holds no number.
        public static let badNumeric = Code(value: .badNumeric)
        /// Two wildcard characters in a row, or an unknown escape.
        public static let badWildcard = Code(value: .badWildcard)
        /// A text that is no block of addresses.
        public static let badCIDR = Code(value: .badCIDR)
        /// An `$or` that offers no choice.
        public static let badOr = Code(value: .badOr)
        /// A pattern whose `$or`s multiply to too many combinations.
        public static let tooLarge = Code(value: .tooLarge)

        /// The code's name.
        public var description: String { value.rawValue }
    }

    /// The kind of mistake.
    public let code: Code
    /// One sentence: what was found; what was expected.
    public let message: String
    /// The pattern that has the mistake.
    public let root: PatternRoot
    /// Keys and array positions into the pattern as written, from the outermost to the innermost.
    public let path: [String]

    /// The message with its place.
    public var description: String {
        path.isEmpty ? message : "\(path.joined(separator: " → ")): \(message)"
    }
}
