// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Something that has a value.
enum Expression: Sendable {
    case literal(LiquidValue)
    case path(VariablePath)
    indirect case range(Expression, Expression, offset: Int)

    /// The value of a literal.
    var literal: LiquidValue? {
        if case .literal(let value) = self { value } else { nil }
    }

    /// Whether an undefined value of it is a mistake of the data rather than the template's will.
    var isPath: Bool {
        if case .path = self { true } else { false }
    }
}

/// `customer.addresses[0]["first name"]`.
final class VariablePath: Sendable {
    /// One step down.
    enum Step: Sendable {
        /// `.name`; `size`, `first` and `last` also when no member has that name.
        case member(String)
        /// `["name"]`
        case key(String)
        /// `[0]`; from the end when negative.
        case index(Int)
        /// `[path]`
        case computed(Expression)
    }

    /// Where the first value comes from.
    enum Head: Sendable {
        case name(String)
        /// `[path]`: the name is a value.
        case computed(Expression)
    }

    let head: Head
    let steps: [Step]
    /// The path as it is written.
    let text: String
    let offset: Int

    init(head: Head, steps: [Step], text: String, offset: Int) {
        self.head = head
        self.steps = steps
        self.text = text
        self.offset = offset
    }

    /// The path without the word `self` in front, which stands for all that can be named (Shopify's Liquid 5.13,
    /// [pull request 2060](https://github.com/Shopify/liquid/pull/2060)); `nil` for other paths.
    var afterSelf: VariablePath? {
        guard case .name("self") = head, let first = steps.first else { return nil }
        let start: Head
        switch first {
        case .member(let name), .key(let name): start = .name(name)
        case .computed(let expression): start = .computed(expression)
        case .index: return nil
        }
        return VariablePath(head: start, steps: Array(steps.dropFirst()), text: text, offset: offset)
    }
}

/// A value and the filters that it runs through.
final class Pipeline: Sendable {
    let head: Expression
    let filters: [FilterCall]
    /// The pipeline as it is written.
    let text: String
    let offset: Int

    init(head: Expression, filters: [FilterCall], text: String, offset: Int) {
        self.head = head
        self.filters = filters
        self.text = text
        self.offset = offset
    }
}

/// `| name: arguments`.
final class FilterCall: Sendable {
    let name: String
    let entry: LiquidEnvironment.Entry
    let positional: [Expression]
    let named: [(name: String, value: Expression)]
    let offset: Int
    /// Where the arguments without a name begin.
    let argumentOffsets: [Int]
    /// The end of the call in the source.
    let end: Int
    /// The arguments, where all of them are literals.
    let constants: LiquidArguments?

    init(
        name: String,
        entry: LiquidEnvironment.Entry,
        positional: [Expression],
        named: [(name: String, value: Expression)],
        offset: Int,
        argumentOffsets: [Int],
        end: Int
    ) {
        self.name = name
        self.entry = entry
        self.positional = positional
        self.named = named
        self.offset = offset
        self.argumentOffsets = argumentOffsets
        self.end = end
        let values = positional.compactMap(\.literal)
        let isConstant = named.isEmpty && values.count == positional.count
        constants = isConstant ? LiquidArguments(positional: values) : nil
    }
}

/// What `if`, `elsif` and `unless` decide by.
enum Condition: Sendable {
    case truthy(Expression)
    case comparison(Expression, Comparison, Expression, offset: Int)
    indirect case and(Condition, Condition)
    indirect case or(Condition, Condition)
    indirect case not(Condition)
}

/// An operator between two values.
enum Comparison: String, Sendable {
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case contains = "contains"
}
