// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// What a filter does with its input and arguments.
///
/// A thrown error without a place gets the place of the call.
public typealias LiquidFilter =
    @Sendable (_ input: LiquidValue, _ arguments: LiquidArguments, _ context: LiquidContext) throws(LiquidError) ->
    LiquidValue

/// What makes a value safe where it is printed: the address, the markup or the query that a template writes.
///
/// It is given the value's text and all that was rendered before it, and returns what is printed in its place. A thrown
/// error without a place gets the place of the output.
public typealias LiquidEscape = @Sendable (_ text: String, _ before: String) throws(LiquidError) -> String

/// Filters, limits and mode, with which templates are compiled.
public struct LiquidEnvironment: Sendable {
    /// A filter and what its calls must look like.
    struct Entry: Sendable {
        let filter: LiquidFilter
        let arguments: ClosedRange<Int>
        let names: Set<String>
        let takesUndefined: Bool
        /// Whether an object, or a list with one, is refused in strict mode: the filter would write its notation.
        let readsText: Bool
    }

    private(set) var filters: [String: Entry] = [:]
    /// What one rendering may use.
    public var limits = LiquidLimits()
    /// What happens to undefined values that reach the output.
    public var undefined = UndefinedPolicy.strict
    /// What is done to the text of every `{{ … }}`, `echo` and `cycle`, after its filters; nothing if left out.
    ///
    /// The template's own text is printed as it is. What `capture` takes is a value, which is escaped where it is
    /// printed; ``LiquidTemplate/evaluate(_:)`` of a single output prints nothing and escapes nothing.
    public var escape: LiquidEscape?

    /// All standard filters and ours, default limits, strict.
    public static let standard = LiquidEnvironment()

    /// Adds a filter, or replaces the one of that name.
    ///
    /// - Parameters:
    ///   - name: Its name in templates.
    ///   - arguments: How many arguments without a name a call may have.
    ///   - names: The named arguments that a call may have; none if left out.
    ///   - takesUndefined: Whether in strict mode the filter is called with undefined input or arguments; if it is
    ///     not (as for all filters but `default`), the result is undefined then and the filter is not called.
    ///   - readsText: Whether the filter reads its input and arguments as text: in strict mode an object, or a list
    ///     with an object in it, is refused then, because a customer would read its notation.
    ///   - filter: What it does.
    public mutating func register(
        _ name: String,
        arguments: ClosedRange<Int>,
        names: Set<String> = [],
        takesUndefined: Bool = false,
        readsText: Bool = false,
        _ filter: @escaping LiquidFilter
    ) {
        filters[name] = Entry(
            filter: filter,
            arguments: arguments,
            names: names,
            takesUndefined: takesUndefined,
            readsText: readsText
        )
    }

    /// The names of all filters, sorted.
    public var filterNames: [String] { filters.keys.sorted() }

    private init() {
        registerAll()
    }
}

/// What happens when an undefined or null value reaches the output.
public enum UndefinedPolicy: Hashable, Sendable {
    /// Rendering fails with code ``LiquidError/Code/undefined`` and the path; nobody receives "Hello ,".
    ///
    /// Filters other than `default` pass an undefined value on, so `{{ name | upcase | default: 'you' }}` prints
    /// `you`. Inside conditions, loops and `assign` undefined values are allowed.
    case strict
    /// Liquid's own way: it prints nothing.
    case lax
}

/// What one rendering may use; passing a limit is an error of code ``LiquidError/Code/limit``.
public struct LiquidLimits: Hashable, Sendable {
    /// The most bytes (UTF-8) of output, and of any single text that a filter or `capture` makes.
    public var outputBytes: Int
    /// The most loop steps, over all loops together; also the most elements of a list that a filter makes.
    public var steps: Int
    /// The most blocks that may stand inside each other; checked when the template is compiled.
    public var depth: Int

    /// Limits.
    ///
    /// - Parameters:
    ///   - outputBytes: 1 MiB if left out.
    ///   - steps: 100,000 if left out.
    ///   - depth: 100 if left out.
    public init(outputBytes: Int = 1 << 20, steps: Int = 100_000, depth: Int = 100) {
        self.outputBytes = outputBytes
        self.steps = steps
        self.depth = depth
    }
}
