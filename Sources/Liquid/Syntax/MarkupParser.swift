// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// Parses what stands inside `{{ … }}` and `{% … %}`: expressions, filters and conditions.
struct MarkupParser {
    var symbols: SymbolScanner
    private let environment: LiquidEnvironment
    private var depth = 0
    /// Whether conditions may have `not` and parentheses, which Shopify's Liquid does not have.
    let hasExtensions: Bool

    init(_ source: SourceText, _ range: Range<Int>, _ environment: LiquidEnvironment) throws(LiquidError) {
        symbols = try SymbolScanner(source, range)
        self.environment = environment
        hasExtensions = environment.undefined == .strict
    }

    // MARK: Values

    /// A literal, a path or a range.
    mutating func expression() throws(LiquidError) -> Expression {
        let offset = symbols.nextOffset
        switch symbols.next {
        case .word(let name): return try word(name, offset)
        case .number(let text):
            _ = try symbols.take()
            return .literal(.number(LiquidNumber(source: text)))
        case .string(let text):
            _ = try symbols.take()
            return .literal(.string(text))
        case .mark("("): return try range(offset)
        case .mark("["): return .path(try path(head: .computed(try bracketed()), from: offset))
        default: throw symbols.unexpected("a value")
        }
    }

    private mutating func word(_ name: String, _ offset: Int) throws(LiquidError) -> Expression {
        _ = try symbols.take()
        let isPath = symbols.next == .mark(".") || symbols.next == .mark("[")
        if !isPath, let literal = Self.literals[name] { return .literal(literal) }
        return .path(try path(head: .name(name), from: offset))
    }

    private static let literals: [String: LiquidValue] = [
        "nil": .nil, "null": .nil, "true": .bool(true), "false": .bool(false), "blank": .blank, "empty": .empty,
    ]

    private mutating func range(_ offset: Int) throws(LiquidError) -> Expression {
        try enter()
        defer { depth -= 1 }
        _ = try symbols.take()
        let first = try expression()
        try symbols.expect(mark: "..", "between the ends of a range; only conditions have other parentheses")
        let last = try expression()
        try symbols.expect(mark: ")", "after the range")
        return .range(first, last, offset: offset)
    }

    private mutating func path(head: VariablePath.Head, from offset: Int) throws(LiquidError) -> VariablePath {
        var steps: [VariablePath.Step] = []
        while true {
            if try symbols.take(mark: ".") {
                steps.append(.member(try memberName()))
            } else if symbols.next == .mark("[") {
                steps.append(Self.step(try bracketed()))
            } else {
                break
            }
        }
        let text = symbols.source.text(offset..<symbols.lastEnd)
        return VariablePath(head: head, steps: steps, text: text, offset: offset)
    }

    private mutating func memberName() throws(LiquidError) -> String {
        switch symbols.next {
        case .word(let name):
            _ = try symbols.take()
            return name
        case .number(let text): throw symbols.unexpected("a name after '.'; an element is written [\(text)]")
        default: throw symbols.unexpected("a name after '.'")
        }
    }

    /// A value in brackets.
    private mutating func bracketed() throws(LiquidError) -> Expression {
        try enter()
        defer { depth -= 1 }
        _ = try symbols.take()
        let inner = try expression()
        try symbols.expect(mark: "]", "after '['")
        return inner
    }

    mutating func leave() { depth -= 1 }

    mutating func enter() throws(LiquidError) {
        depth += 1
        guard depth > environment.limits.depth else { return }
        throw symbols.source.error("brackets are nested too deeply", code: .limit, at: symbols.nextOffset)
    }

    private static func step(_ inner: Expression) -> VariablePath.Step {
        if case .literal(.string(let key)) = inner { return .key(key) }
        if case .literal(.number(let number)) = inner, !number.isDecimal, let index = number.int {
            return .index(index)
        }
        return .computed(inner)
    }

    // MARK: Filters

    /// A value and its filters, up to the end.
    mutating func pipeline() throws(LiquidError) -> Pipeline {
        let offset = symbols.nextOffset
        let head = try expression()
        var filters: [FilterCall] = []
        if let error = functionCall(on: head) { throw error }
        while try symbols.take(mark: "|") { filters.append(try filter()) }
        if case .word(let word) = symbols.next, let advice = ForeignSyntax.advice(outputWord: word) {
            throw symbols.source.error("found '\(word)'; \(advice)", at: symbols.nextOffset)
        }
        if !symbols.isAtEnd, let last = filters.last, let error = unquoted(last.name, at: last.offset) { throw error }
        try symbols.expectEnd(filters.isEmpty ? "'|' and a filter, or the end" : "',', '|' or the end")
        return Pipeline(
            head: head,
            filters: filters,
            text: symbols.source.text(offset..<symbols.lastEnd),
            offset: offset
        )
    }

    private mutating func filter() throws(LiquidError) -> FilterCall {
        let offset = symbols.nextOffset
        guard case .word(let name) = symbols.next else { throw symbols.unexpected("the name of a filter after '|'") }
        guard let entry = environment.filters[name] else { throw unknownFilter(name, offset) }
        do throws(LiquidError) {
            return try filter(name, entry, offset)
        } catch {
            throw unquoted(name, at: offset) ?? error
        }
    }

    private mutating func filter(
        _ name: String,
        _ entry: LiquidEnvironment.Entry,
        _ offset: Int
    ) throws(LiquidError) -> FilterCall {
        _ = try symbols.take()
        if let error = functionCall(name) { throw error }
        var positional: [Expression] = []
        var named: [(name: String, value: Expression)] = []
        var argumentOffsets: [Int] = []
        if try symbols.take(mark: ":") {
            repeat {
                let start = symbols.nextOffset
                try argument(&positional, &named)
                if positional.count > argumentOffsets.count { argumentOffsets.append(start) }
            } while try symbols.take(mark: ",")
        } else if entry.arguments.upperBound > 0, let argument = symbols.argumentWithoutColon {
            throw symbols.source.error(
                "a colon is missing after '\(name)'; write `\(name): \(argument)`",
                at: symbols.nextOffset
            )
        }
        let call = FilterCall(
            name: name,
            entry: entry,
            positional: positional,
            named: named,
            offset: offset,
            argumentOffsets: argumentOffsets,
            end: symbols.lastEnd
        )
        try check(call)
        return call
    }

    private mutating func argument(
        _ positional: inout [Expression],
        _ named: inout [(name: String, value: Expression)]
    ) throws(LiquidError) {
        let start = symbols
        if case .word(let name) = symbols.next {
            _ = try symbols.take()
            if try symbols.take(mark: ":") {
                named.append((name, try expression()))
                return
            }
            symbols = start
        }
        positional.append(try expression())
    }

    private func check(_ call: FilterCall) throws(LiquidError) {
        let (entry, count) = (call.entry, call.positional.count)
        guard entry.arguments.contains(count) else {
            let allowed = Self.phrase(entry.arguments)
            throw symbols.source.error("filter '\(call.name)' takes \(allowed), not \(count)", at: call.offset)
        }
        for argument in call.named where !entry.names.contains(argument.name) {
            let hint = NearMiss.hint(for: argument.name, among: entry.names.sorted())
            throw symbols.source.error(
                "filter '\(call.name)' has no argument '\(argument.name)'\(hint)",
                at: call.offset
            )
        }
    }

    private static func phrase(_ range: ClosedRange<Int>) -> String {
        let noun = range.upperBound == 1 ? "argument" : "arguments"
        switch range.upperBound - range.lowerBound {
        case 0: return range.upperBound == 0 ? "no arguments" : "\(range.upperBound) \(noun)"
        case 1: return "\(range.lowerBound) or \(range.upperBound) \(noun)"
        default: return "\(range.lowerBound) to \(range.upperBound) \(noun)"
        }
    }

    /// The names of all filters.
    var filters: [String] { environment.filterNames }

    private func unknownFilter(_ name: String, _ offset: Int) -> LiquidError {
        let hint = ForeignNames.hint(for: name, among: environment.filterNames)
        return symbols.source.error("unknown filter '\(name)'\(hint)", code: .unknownFilter, at: offset)
    }
}
