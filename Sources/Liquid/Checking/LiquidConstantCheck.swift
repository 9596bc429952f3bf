// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// Judges what a template's constants give, before there is any data.
///
/// `{{ total | money: 'XYZ' }}` compiles, and every rendering of it fails. The check tries each call whose arguments
/// are written down with inputs of many kinds (``FilterProbe``), and evaluates what begins with a constant. What it
/// tells no input can make right; what depends on the input it leaves alone. Filters that a program registers take
/// part without doing anything for it.
///
/// One check serves many templates of the same environment, and remembers the calls that it has tried.
public struct LiquidConstantCheck: Sendable {
    private var verdicts: [String: FilterProbe.Verdict] = [:]
    /// Whether a filter takes a text in the place of a name, by call.
    var taken: [String: Bool] = [:]

    /// A check that has tried nothing yet.
    public init() {}

    /// Checks a template.
    ///
    /// - Parameter template: Of the environment that the check's other templates have.
    /// - Returns: What every rendering that comes there would be refused for, with the place of the argument or of
    ///   the filter, at most one a pipeline; in the order of the source.
    public mutating func check(_ template: LiquidTemplate) -> [LiquidError] {
        var found: [LiquidError] = []
        for pipeline in template.pipelines {
            if let error = check(pipeline, template.program) { found.append(error) }
        }
        return found
    }

    private mutating func check(_ pipeline: Pipeline, _ program: Program) -> LiquidError? {
        for call in pipeline.filters {
            if let error = verdict(of: call, program).error(at: call, in: program) { return error }
        }
        return Self.evaluate(pipeline, program)
    }

    private mutating func verdict(of call: FilterCall, _ program: Program) -> FilterProbe.Verdict {
        let key = String(program.source.utf8.dropFirst(call.offset).prefix(call.end - call.offset)) ?? ""
        if let known = verdicts[key] { return known }
        let verdict = FilterProbe(call, program.environment)?.run() ?? .fine
        verdicts[key] = verdict
        return verdict
    }

    /// Evaluates a pipeline that begins with a constant, up to the first filter whose arguments come from the data.
    private static func evaluate(_ pipeline: Pipeline, _ program: Program) -> LiquidError? {
        guard let head = pipeline.head.literal, !head.isNil else { return nil }
        let constant = Pipeline(
            head: pipeline.head,
            filters: Array(pipeline.filters.prefix { $0.constants != nil }),
            text: pipeline.text,
            offset: pipeline.offset
        )
        do throws(LiquidError) {
            var renderer = Renderer(program: program, scope: FilterProbe.scope)
            _ = try renderer.value(of: constant)
            return nil
        } catch {
            return error.code == .undefined ? nil : error
        }
    }
}

extension FilterProbe.Verdict {
    /// The error with its place in the source.
    fileprivate func error(at call: FilterCall, in program: Program) -> LiquidError? {
        guard case .wrong(let error, let argument) = self else { return nil }
        let offsets = call.argumentOffsets
        let offset = argument.flatMap { offsets.indices.contains($0) ? offsets[$0] : nil } ?? call.offset
        return error.naming(call.name).at(program.place(of: offset))
    }
}
