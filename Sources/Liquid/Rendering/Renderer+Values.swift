// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

extension Renderer {
    /// The value of a pipeline; where it is nil, ``culprit`` says what made it so.
    mutating func value(of pipeline: Pipeline) throws(LiquidError) -> LiquidValue {
        var value = try value(of: pipeline.head)
        culprit = isMissing(value, pipeline.head) ? pipeline.head : nil
        for filter in pipeline.filters {
            value = try apply(filter, to: value)
            if !scope.isMissing(value) { culprit = nil } else if culprit == nil { culprit = pipeline.head }
        }
        return value
    }

    private mutating func apply(_ filter: FilterCall, to input: LiquidValue) throws(LiquidError) -> LiquidValue {
        let passesUndefined = isStrict && !filter.entry.takesUndefined
        if passesUndefined, input.isNil || culprit != nil { return .nil }
        let input = culprit != nil && !filter.entry.takesUndefined ? .nil : input
        if let constants = filter.constants { return try call(filter, input, constants) }
        var positional: [LiquidValue] = []
        positional.reserveCapacity(filter.positional.count)
        for argument in filter.positional {
            let value = try value(of: argument)
            if isStrict, argument.isPath, isMissing(value, argument) { culprit = argument }
            if passesUndefined, argument.isPath, isMissing(value, argument) { return .nil }
            positional.append(value)
        }
        var named: [String: LiquidValue] = [:]
        for argument in filter.named { named[argument.name] = try value(of: argument.value) }
        return try call(filter, input, LiquidArguments(positional: positional, named: named))
    }

    private mutating func call(
        _ filter: FilterCall,
        _ input: LiquidValue,
        _ arguments: LiquidArguments
    ) throws(LiquidError) -> LiquidValue {
        let context = context()
        do throws(LiquidError) {
            if isStrict, filter.entry.readsText { try refuseObjects(input, arguments) }
            let value = try filter.entry.filter(input, arguments, context)
            try context.check(value)
            try weigh(input.weight + value.weight, at: filter.offset)
            return value
        } catch {
            throw error.naming(filter.name).at(program.place(of: filter.offset))
        }
    }

    /// A customer must not read the notation of an object, nor what a text filter makes of it.
    private func refuseObjects(_ input: LiquidValue, _ arguments: LiquidArguments) throws(LiquidError) {
        if let reason = input.printingRefusal("the input") { throw .argument(reason) }
        for (index, argument) in arguments.positional.enumerated() {
            if let reason = argument.printingRefusal("argument \(index + 1)") { throw .argument(reason) }
        }
    }

    /// The value of an expression.
    func value(of expression: Expression) throws(LiquidError) -> LiquidValue {
        switch expression {
        case .literal(let value): value
        case .path(let path): try value(of: path)
        case .range(let first, let last, let offset):
            .range(LiquidRange(first: try bound(first, offset), last: try bound(last, offset)))
        }
    }

    private func bound(_ expression: Expression, _ offset: Int) throws(LiquidError) -> Int {
        let value = try value(of: expression)
        guard let bound = value.leadingInteger else {
            throw LiquidError(.argument, "a range needs whole numbers, not \(value.typeName)").at(
                program.place(of: offset)
            )
        }
        return bound
    }

    // MARK: Paths

    func value(of path: VariablePath) throws(LiquidError) -> LiquidValue {
        let name: String
        switch path.head {
        case .name(let text): name = text
        case .computed(let expression):
            guard let text = try value(of: expression).asString else { return .nil }
            name = text
        }
        if !frames.isEmpty, let frame = frames.lastIndex(where: { $0.binds(name) }) {
            return try value(of: path.steps[...], in: frame, name)
        }
        if !scope.sizes.isEmpty, let size = wholeSize(of: name, path.steps) { return .int(size) }
        let start = value(named: name)
        if start.isNil, name == "self", let inner = path.afterSelf { return try value(of: inner) }
        let value = try follow(path.steps[...], from: start)
        guard path.steps.isEmpty else { return value }
        return locals[name] == nil && !scope.hasVariable(name) ? scope.reading(value, of: name) : value
    }

    /// The size of a list that is there in part, where that is what a path asks for.
    private func wholeSize(of name: String, _ steps: [VariablePath.Step]) -> Int? {
        guard locals[name] == nil, steps.count == 1, case .member("size")? = steps.first else { return nil }
        return scope.sizes[name]
    }

    /// Whether an expression gives nothing: nil, or what the payload's writer writes for an empty field.
    private func isMissing(_ value: LiquidValue, _ expression: Expression) -> Bool {
        value.isNil || expression.isPath && scope.isMissing(value)
    }

    /// The value of a name outside of loops.
    private func value(named name: String) -> LiquidValue {
        if !locals.isEmpty, let local = locals[name] { return local }
        if let value = scope.value(of: name) { return value }
        if !counters.isEmpty, let counter = counters[name] { return .int(counter) }
        return .nil
    }

    /// The value of a loop's variable, or of `forloop` and `tablerowloop`.
    private func value(of steps: ArraySlice<VariablePath.Step>, in index: Int, _ name: String) throws(LiquidError)
        -> LiquidValue
    {
        if frames[index].variable == name { return try follow(steps, from: frames[index].value) }
        guard let step = steps.first else { return .object(frames[index].members(parent: parent(of: index))) }
        var key = try key(step)
        if key == nil, case .member(let name) = step { key = name }
        let rest = steps.dropFirst()
        if key == "parentloop" {
            guard let parent = parentIndex(of: index) else { return .nil }
            return try value(of: rest, in: parent, "forloop")
        }
        return try follow(rest, from: key.map { frames[index].member($0) } ?? .nil)
    }

    private func parentIndex(of index: Int) -> Int? {
        frames[..<index].lastIndex { $0.columns == nil }
    }

    private func parent(of index: Int) -> LiquidValue {
        parentIndex(of: index).map { .object(frames[$0].members(parent: parent(of: $0))) } ?? .nil
    }

    private func follow(_ steps: ArraySlice<VariablePath.Step>, from start: LiquidValue) throws(LiquidError)
        -> LiquidValue
    {
        var value = start
        for step in steps {
            if value.isNil { return .nil }
            switch step {
            case .member(let name): value = scope.reading(value.member(name), of: name)
            case .key(let name): value = scope.reading(value[key: name], of: name)
            case .index(let index): value = value[index: index]
            case .computed(let expression): value = value[try self.value(of: expression)]
            }
        }
        return value
    }

    private func key(_ step: VariablePath.Step) throws(LiquidError) -> String? {
        switch step {
        case .member(let name), .key(let name): name
        case .index: nil
        case .computed(let expression): try value(of: expression).asString
        }
    }
}
