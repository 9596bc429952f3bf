// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

extension Renderer {
    /// The error for a value that must not be printed: nothing, a list with nothing in it, or an object.
    func unprintable(_ value: LiquidValue, in pipeline: Pipeline) -> LiquidError {
        let isPlain = pipeline.filters.isEmpty
        if let reason = value.printingRefusal("`\(pipeline.text)`", path: isPlain ? pipeline.text : nil) {
            return LiquidError(.argument, reason).at(program.place(of: pipeline.offset))
        }
        return undefined(value, in: pipeline)
    }

    private func undefined(_ value: LiquidValue, in pipeline: Pipeline) -> LiquidError {
        guard scope.isMissing(value) else {
            return refusal(
                "`\(pipeline.text)` has an element without a value",
                Self.path(in: pipeline.head),
                pipeline.offset
            )
        }
        guard case .path(let read)? = culprit else {
            return refusal("`\(pipeline.text)` has no value", Self.path(in: pipeline.head), pipeline.offset)
        }
        let path = origin(of: read)
        guard isAbsent(read) else {
            return refusal("`\(pipeline.text)` has no value", path.text, pipeline.offset)
        }
        let state = state(of: path)
        let hint = state == "undefined" ? hint(for: path) ?? quoting(path, in: pipeline).map(PathHint.quoted) : nil
        return refusal("'\(path.text)' is \(state)", path.text, read.offset, hint: hint)
    }

    private func refusal(_ reason: String, _ path: String?, _ offset: Int, hint: PathHint? = nil) -> LiquidError {
        let allowance = "add `| default: '…'` where it may be missing"
        let message =
            switch hint {
            case nil: "\(reason); \(allowance)"
            case .near(let name)? where name == path: "\(reason); \(allowance)"
            case .near(let name)?: "\(reason); did you mean '\(name)'? Else \(allowance)"
            case .kind(let kind)?: "\(reason), for \(kind)"
            case .quoted(let call)?: "\(reason); a text is written in quotes: `\(call)`. Else \(allowance)"
            }
        return LiquidError(.undefined, message, path: path).at(program.place(of: offset))
    }

    private static func path(in expression: Expression) -> String? {
        if case .path(let path) = expression { path.text } else { nil }
    }

    /// The path that `assign` bound to the name, where a path is but a name.
    private func origin(of path: VariablePath) -> VariablePath {
        guard case .name(let name) = path.head, path.steps.isEmpty, locals[name] != nil else { return path }
        return origins[name] ?? path
    }

    private func isAbsent(_ path: VariablePath) -> Bool {
        guard let value = try? value(of: path) else { return true }
        return scope.isMissing(value)
    }

    /// What stands at a path that gives nothing.
    private func state(of path: VariablePath) -> String {
        if let value = try? value(of: path), !value.isNil {
            return "false, which \(scope.conventions.writer) writes for an empty field"
        }
        return isNull(path) ? "null" : "undefined"
    }

    /// Whether the payload has the path, with the value `null`.
    private func isNull(_ path: VariablePath) -> Bool {
        guard case .name(let name) = path.head, var node = scope.root?[name] else { return false }
        for step in path.steps {
            let next: JSONNode?
            switch step {
            case .member(let name), .key(let name): next = node[name]
            case .index(let index): next = node[index]
            case .computed: next = nil
            }
            guard let next else { return false }
            node = next
        }
        return node.kind == .null
    }
}

// MARK: What was probably meant

extension Renderer {
    private enum PathHint {
        /// A path that has a value.
        case near(String)
        /// What the path meets on its way, as the end of a sentence.
        case kind(String)
        /// An argument of a filter with quotes around it.
        case quoted(String)
    }

    /// What is wrong with a path that leads nowhere, as far as the values around it tell.
    private func hint(for path: VariablePath) -> PathHint? {
        guard case .name(let head) = path.head else { return nil }
        var text = head
        var value = value(at: path, steps: 0)
        if value.isNil {
            guard let name = PropertyNames.nearest(to: head, among: rootNames) else { return nil }
            let other = VariablePath(head: .name(name), steps: [], text: name, offset: path.offset)
            // The payload as a whole, or another object, is no answer to a name that is to be printed.
            if path.steps.isEmpty, (try? self.value(of: other))?.asObject != nil { return nil }
            return .near(name + path.text.dropFirst(head.count))
        }
        for (index, step) in path.steps.enumerated() {
            let next = self.value(at: path, steps: index + 1)
            let longer = text + step.text
            if next.isNil {
                guard case .member(let name) = step else { return kind(of: value, text, step) }
                if let kind = kind(of: value, text, step) { return kind }
                let rest = path.text.hasPrefix(longer) ? String(path.text.dropFirst(longer.count)) : ""
                return PropertyNames.nearest(to: name, among: value.memberNames).map { .near(text + "." + $0 + rest) }
            }
            (value, text) = (next, longer)
        }
        return nil
    }

    /// A name that is an argument of a filter, in quotes: it was meant as a text.
    private func quoting(_ path: VariablePath, in pipeline: Pipeline) -> String? {
        guard path.steps.isEmpty else { return nil }
        for call in pipeline.filters {
            let isArgument = { (argument: Expression) in
                if case .path(let other) = argument { other === path } else { false }
            }
            guard let position = call.positional.firstIndex(where: isArgument) else { continue }
            return position == 0 ? "\(call.name): '\(path.text)'" : "'\(path.text)'"
        }
        return nil
    }

    private func value(at path: VariablePath, steps: Int) -> LiquidValue {
        let start = VariablePath(head: path.head, steps: Array(path.steps[..<steps]), text: "", offset: path.offset)
        return (try? value(of: start)) ?? .nil
    }

    private var rootNames: [String] {
        let bound = Array(locals.keys) + frames.map(\.variable) + Array(scope.variables.keys)
        return bound.sorted() + (scope.root.map { LiquidValue($0).memberNames } ?? [])
    }

    /// What the value before a step is, where such a step cannot lead on from it.
    private func kind(of value: LiquidValue, _ text: String, _ step: VariablePath.Step) -> PathHint? {
        switch (step, value.asArray) {
        case (.member(let name), .some), (.key(let name), .some):
            return .kind("'\(text)' is a list; write \(text)[0].\(name), `\(text) | map: '\(name)'` or a loop")
        case (.index, .some(let elements)):
            return .kind("'\(text)' has \(elements.count) element\(elements.count == 1 ? "" : "s")")
        case (.index, nil) where value.asObject != nil: return .kind("'\(text)' is an object and no list")
        case (_, nil) where value.asObject == nil: return .kind("'\(text)' is \(value.typeName) and has no parts")
        default: return nil
        }
    }
}

extension VariablePath.Step {
    /// The step as it is mostly written.
    fileprivate var text: String {
        switch self {
        case .member(let name): ".\(name)"
        case .key(let name): "['\(name)']"
        case .index(let index): "[\(index)]"
        case .computed: "[…]"
        }
    }
}
