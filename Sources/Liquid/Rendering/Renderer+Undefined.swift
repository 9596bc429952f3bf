// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

extension Renderer {
    /// The error for a value that must not be printed.
    func undefined(_ value: LiquidValue, in pipeline: Pipeline) -> LiquidError {
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
        return refusal("'\(path.text)' is \(state(of: path))", path.text, read.offset)
    }

    private func refusal(_ reason: String, _ path: String?, _ offset: Int) -> LiquidError {
        LiquidError(
            .undefined,
            reason + "; add `| default: '…'` where it may be missing",
            path: path
        )
        .at(program.place(of: offset))
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
