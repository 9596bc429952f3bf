// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// One rendering of a program: the output and the variables on the way.
struct Renderer {
    let program: Program
    let scope: LiquidScope
    let limits: LiquidLimits
    let isStrict: Bool
    var output = ""
    /// What `assign` and `capture` have bound.
    var locals: [String: LiquidValue] = [:]
    /// The paths that were undefined when `assign` bound them to these names.
    var origins: [String: VariablePath] = [:]
    /// The loops around the current place, the innermost last.
    var frames: [Frame] = []
    /// `increment` and `decrement`.
    var counters: [String: Int] = [:]
    /// The next position of each `cycle` group.
    var cycles: [String: Int] = [:]
    /// Where each loop stopped, for `offset: continue`.
    var stops: [String: Int] = [:]
    /// What the last `ifchanged` printed.
    var lastChange: String?
    /// What made the last pipeline undefined.
    var culprit: Expression?
    /// How many `capture` stand around the current place: what is printed there is a value yet.
    private var captures = 0
    private var steps = 0
    /// Bytes of the large texts and lists that filters and comparisons went through.
    private var work = 0
    /// What the limits and the scope's budget leave to this rendering.
    private let allowedSteps: Int
    private let allowedBytes: Int
    private var sharedContext: LiquidContext?

    init(program: Program, scope: LiquidScope) {
        self.program = program
        self.scope = scope
        limits = program.environment.limits
        isStrict = program.environment.undefined == .strict
        allowedSteps = min(limits.steps, scope.budget?.remainingSteps ?? .max)
        allowedBytes = scope.budget?.remainingBytes ?? .max
    }

    mutating func text() throws(LiquidError) -> String {
        defer { settle() }
        try requireBudget()
        output.reserveCapacity(program.source.utf8.count * 2)
        _ = try render(program.nodes)
        return output
    }

    /// The text of a template that is one output and nothing else, and is not escaped: a text is taken as it is.
    mutating func soleText(of pipeline: Pipeline) throws(LiquidError) -> String {
        defer { settle() }
        try requireBudget()
        let value = try printable(pipeline)
        if case .string(let text) = value { output = text } else { value.write(to: &output) }
        try checkOutput()
        return output
    }

    /// The value of the only output of a template.
    mutating func soleValue(of pipeline: Pipeline) throws(LiquidError) -> LiquidValue {
        defer { settle() }
        try requireBudget()
        return try value(of: pipeline)
    }

    private func requireBudget() throws(LiquidError) {
        guard let budget = scope.budget, budget.isSpent else { return }
        throw budget.error
    }

    /// Charges the scope's budget with what was used.
    private mutating func settle() {
        scope.budget?.charge(steps: steps + 1, bytes: output.utf8.count + work)
    }

    /// What filters are given; made when the first filter is called.
    mutating func context() -> LiquidContext {
        if let sharedContext { return sharedContext }
        let context = LiquidContext(environment: program.environment, scope: scope)
        sharedContext = context
        return context
    }

    /// Renders nodes up to an interrupt.
    ///
    /// - Returns: The interrupt, for the loop around to act on.
    mutating func render(_ nodes: [Node]) throws(LiquidError) -> Interrupt? {
        for node in nodes {
            if let interrupt = try render(node) { return interrupt }
        }
        return nil
    }

    private mutating func render(_ node: Node) throws(LiquidError) -> Interrupt? {
        switch node {
        case .text(let text): try print(text)
        case .output(let pipeline): try print(pipeline)
        case .assign(let name, let value): try assign(name, value)
        case .capture(let name, let body): return try capture(name, body)
        case .conditional(let branches): return try render(branches)
        case .selection(let selection): return try render(selection)
        case .loop(let loop): return try render(loop)
        case .table(let table): try render(table)
        case .cycle(let cycle): try render(cycle)
        case .count(let name, let step): try count(name, step)
        case .ifChanged(let body): return try renderIfChanged(body)
        case .interrupt(let interrupt): return interrupt
        }
        return nil
    }

    // MARK: Output

    mutating func print(_ text: String) throws(LiquidError) {
        output += text
        try checkOutput()
    }

    private func checkOutput() throws(LiquidError) {
        let count = output.utf8.count
        if count > limits.outputBytes { throw tooMuchOutput() }
        if count > allowedBytes - work, let budget = scope.budget { throw budget.error }
    }

    private mutating func print(_ pipeline: Pipeline) throws(LiquidError) {
        try print(try printable(pipeline), at: pipeline.offset)
    }

    /// The value of an output, where it may be printed.
    private mutating func printable(_ pipeline: Pipeline) throws(LiquidError) -> LiquidValue {
        let value = try value(of: pipeline)
        if case .string = value { return value }
        let isMissing = scope.isMissing(value)
        if isStrict, isMissing || value.firstObject != nil || scope.hasMissingElement(value) {
            throw unprintable(value, in: pipeline)
        }
        return isMissing ? .nil : value
    }

    /// Prints a value: as it is, or as the environment's escape has it.
    mutating func print(_ value: LiquidValue, at offset: Int) throws(LiquidError) {
        if let escape = program.environment.escape, captures == 0 {
            do throws(LiquidError) {
                output += try escape(value.string, output)
            } catch {
                throw error.at(program.place(of: offset))
            }
        } else {
            value.write(to: &output)
        }
        try checkOutput()
    }

    func tooMuchOutput() -> LiquidError {
        LiquidError(.limit, "the output is longer than the allowed \(limits.outputBytes) bytes")
    }

    /// Counts steps of loops, and the work of filters on large values.
    mutating func step(_ count: Int = 1, at offset: Int) throws(LiquidError) {
        if count == 0 { return }
        steps += count
        guard steps > allowedSteps else { return }
        if steps <= limits.steps, let budget = scope.budget { throw budget.error.at(program.place(of: offset)) }
        throw LiquidError(.limit, "more than the allowed \(limits.steps) loop steps").at(program.place(of: offset))
    }

    /// Counts the work of a filter or a comparison on large values, by ``LiquidValue/weight``.
    mutating func weigh(_ weight: Int, at offset: Int) throws(LiquidError) {
        if weight == 0 { return }
        work += weight << 12
        if work > allowedBytes, let budget = scope.budget { throw budget.error.at(program.place(of: offset)) }
        try step(weight, at: offset)
    }

    // MARK: Variables

    private mutating func assign(_ name: String, _ pipeline: Pipeline) throws(LiquidError) {
        let value = try value(of: pipeline)
        if isStrict {
            if value.isNil, case .path(let path)? = culprit { origins[name] = path } else { origins[name] = nil }
        }
        locals[name] = value
    }

    /// Renders nodes into a text of their own, and that into a variable.
    private mutating func capture(_ name: String, _ body: [Node]) throws(LiquidError) -> Interrupt? {
        var text = ""
        captures += 1
        swap(&text, &output)
        defer {
            captures -= 1
            swap(&text, &output)
        }
        let interrupt = try render(body)
        locals[name] = .string(output)
        return interrupt
    }

    private mutating func count(_ name: String, _ step: Int) throws(LiquidError) {
        let value = counters[name] ?? 0
        counters[name] = value + step
        try print(String(step < 0 ? value + step : value))
    }

    private mutating func renderIfChanged(_ body: [Node]) throws(LiquidError) -> Interrupt? {
        let length = output.utf8.count
        let interrupt = try render(body)
        // In place rather than aside, because an escape is shown what stands before it.
        let start = output.utf8.index(output.startIndex, offsetBy: length)
        if output[start...] == lastChange ?? "" {
            output.removeSubrange(start...)
        } else {
            lastChange = String(output[start...])
        }
        return interrupt
    }
}

extension LiquidValue {
    /// How many loop steps a filter's work on the value counts for: none for what messages are made of.
    var weight: Int {
        switch self {
        case .string(let text): text.utf8.count >> 12
        case .array(let elements): elements.count >> 6
        case .node(let node): node.count >> 6
        default: 0
        }
    }

    /// As ``weight``, for comparing: what lies inside a list or an object is gone through too.
    var depthWeight: Int {
        switch self {
        case .node(let node): node.document.withTape { $0.next(node.index) - node.index } >> 8
        case .array(let elements): weight + elements.reduce(0) { $0 + $1.weight }
        default: weight
        }
    }
}
