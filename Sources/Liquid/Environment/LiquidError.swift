// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Why a template could not be compiled or rendered, and where in its source.
public struct LiquidError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of mistakes.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case syntax, unknownTag, unknownFilter, undefined, argument, comparison, limit
        }

        private let kind: Kind

        /// The source is no Liquid.
        public static let syntax = Code(kind: .syntax)
        /// A tag that does not exist.
        public static let unknownTag = Code(kind: .unknownTag)
        /// A filter that the environment does not have.
        public static let unknownFilter = Code(kind: .unknownFilter)
        /// In strict mode: an undefined or null value reached the output without `default`.
        public static let undefined = Code(kind: .undefined)
        /// A filter or tag got a value that it cannot work with.
        public static let argument = Code(kind: .argument)
        /// Two values that have no order were compared with `<`, `<=`, `>` or `>=`.
        public static let comparison = Code(kind: .comparison)
        /// One of the ``LiquidLimits`` was passed.
        public static let limit = Code(kind: .limit)

        /// The code's name, for logs and JSON.
        public var description: String { kind.rawValue }
    }

    /// What kind of mistake it is.
    public let code: Code
    /// One sentence without the place.
    public let message: String
    /// The line in the template's source, from 1; 0 where no place is known.
    public internal(set) var line: Int
    /// The column in that line, from 1, in characters; 0 where no place is known.
    public internal(set) var column: Int
    /// The path that was read, where the code is ``Code/undefined``.
    public let path: String?
    /// Which of a filter's arguments without a name is wrong whatever the input is, from 0; `nil` where the input may
    /// be at fault, and where the filter does not say.
    public private(set) var argument: Int?

    /// An error of these parts.
    ///
    /// - Parameters:
    ///   - code: What kind of mistake it is.
    ///   - message: One sentence without the place.
    ///   - line: The line in the source, from 1; left out, the renderer fills in the place of the filter or tag.
    ///   - column: The column in that line, from 1.
    ///   - path: The path that was undefined.
    public init(_ code: Code, _ message: String, line: Int = 0, column: Int = 0, path: String? = nil) {
        self.code = code
        self.message = message
        self.line = line
        self.column = column
        self.path = path
    }

    /// An error about the input or an argument of a filter; the renderer adds the place.
    ///
    /// - Parameter message: One sentence.
    /// - Returns: The error.
    public static func argument(_ message: String) -> LiquidError {
        LiquidError(.argument, message)
    }

    /// An error about an argument of a filter that no input can make right, such as an unknown currency.
    ///
    /// Where the argument is a constant, ``LiquidConstantCheck`` finds the mistake before there is any input.
    ///
    /// - Parameters:
    ///   - message: One sentence.
    ///   - position: Which argument, from 0, those with a name not counted.
    /// - Returns: The error.
    public static func argument(_ message: String, position: Int) -> LiquidError {
        var error = LiquidError(.argument, message)
        error.argument = position
        return error
    }

    /// The sentence with its place, such as `line 1, column 4: unknown filter 'mony'; did you mean 'money'?`.
    public var description: String {
        line > 0 ? "line \(line), column \(column): \(message)" : message
    }

    /// The same error with the filter's name in front, where it has no place yet.
    func naming(_ filter: String) -> LiquidError {
        guard line == 0 else { return self }
        var error = LiquidError(code, "\(filter): \(message)", path: path)
        error.argument = argument
        return error
    }

    func at(_ place: SourcePlace) -> LiquidError {
        guard line == 0 else { return self }
        var error = self
        error.line = place.line
        error.column = place.column
        return error
    }
}

/// A place in a template's source.
struct SourcePlace: Hashable, Sendable {
    /// From 1.
    let line: Int
    /// From 1, in characters.
    let column: Int
}
