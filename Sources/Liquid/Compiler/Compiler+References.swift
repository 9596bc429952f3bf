// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Compiler {
    /// Records the free paths of a pipeline.
    mutating func note(_ pipeline: Pipeline, use: LiquidReference.Use) {
        if !pipeline.filters.isEmpty { pipelines.append(pipeline) }
        let lastDefault = pipeline.filters.lastIndex { $0.name == "default" } ?? -1
        note(pipeline.head, use: lastDefault >= 0 ? .guarded : use)
        for (index, filter) in pipeline.filters.enumerated() {
            for argument in filter.positional + filter.named.map(\.value) {
                note(argument, use: index < lastDefault ? .guarded : use)
            }
        }
    }

    mutating func note(_ condition: Condition) {
        switch condition {
        case .truthy(let expression): note(expression, use: .condition)
        case .comparison(let left, _, let right, _):
            note(left, use: .condition)
            note(right, use: .condition)
        case .and(let left, let right), .or(let left, let right):
            note(left)
            note(right)
        case .not(let inner): note(inner)
        }
    }

    mutating func note(_ expression: Expression, use: LiquidReference.Use) {
        switch expression {
        case .literal: break
        case .range(let first, let last, _):
            note(first, use: use)
            note(last, use: use)
        case .path(let path): note(path, use: use)
        }
    }

    private mutating func note(_ path: VariablePath, use: LiquidReference.Use) {
        if !boundNames.contains("self"), !loopVariables.contains("self"), let inner = path.afterSelf {
            return note(inner, use: use)
        }
        for case .computed(let inner) in path.steps { note(inner, use: use) }
        guard case .name(let name) = path.head else {
            if case .computed(let inner) = path.head { note(inner, use: use) }
            return
        }
        guard !boundNames.contains(name), !loopVariables.contains(name) else { return }
        var steps = [name]
        for step in path.steps {
            guard let text = Self.text(of: step) else { break }
            steps.append(text)
        }
        let place = places.place(of: path.offset)
        references.append(
            LiquidReference(
                path: path.text,
                steps: steps,
                isComplete: steps.count == path.steps.count + 1,
                use: use,
                line: place.line,
                column: place.column
            )
        )
    }

    private static func text(of step: VariablePath.Step) -> String? {
        switch step {
        case .member(let name), .key(let name): name
        case .index(let index): String(index)
        case .computed: nil
        }
    }
}
