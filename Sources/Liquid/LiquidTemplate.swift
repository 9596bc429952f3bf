// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A compiled template: immutable, rendered any number of times, from any number of threads.
public struct LiquidTemplate: Sendable {
    /// The text that was compiled.
    public let source: String
    /// Every free variable path that is read, in the order of the source; names that the template binds itself
    /// (`assign`, `capture`, loop variables) are left out.
    public let references: [LiquidReference]
    let program: Program
    /// The pipelines with filters, in the order of the source.
    let pipelines: [Pipeline]
    /// What the template prints as it is written.
    let textRanges: [Range<Int>]

    /// Compiles a template.
    ///
    /// - Parameters:
    ///   - source: The template.
    ///   - environment: Filters, limits and mode; taken over by the template.
    /// - Throws: ``LiquidError`` for a mistake in the source, with place and, for names, a suggestion.
    public init(_ source: String, environment: LiquidEnvironment = .standard) throws(LiquidError) {
        self.source = source
        var compiler = try Compiler(source: source, environment: environment)
        program = try compiler.compile()
        references = compiler.references
        pipelines = compiler.pipelines
        textRanges = compiler.texts
    }

    /// The text that every rendering gives; `nil` when the template has Liquid in it.
    public var constant: String? { program.constant }

    /// Renders the template.
    ///
    /// - Parameter scope: The values that it can name.
    /// - Returns: The text.
    /// - Throws: ``LiquidError`` with the place of the output, filter or tag.
    public func render(_ scope: LiquidScope) throws(LiquidError) -> String {
        if let constant = program.constant { return constant }
        var renderer = Renderer(program: program, scope: scope)
        guard let pipeline = program.soleOutput, program.environment.escape == nil else { return try renderer.text() }
        return try renderer.soleText(of: pipeline)
    }

    /// Evaluates the template: when it is exactly one `{{ … }}`, to the value itself, otherwise to the rendered text.
    ///
    /// Nothing reaches an output in the first case, so an undefined value is no error here but `.nil`.
    ///
    /// - Parameter scope: The values that it can name.
    /// - Returns: The value; an array stays an array.
    /// - Throws: ``LiquidError`` as ``render(_:)``.
    public func evaluate(_ scope: LiquidScope) throws(LiquidError) -> LiquidValue {
        guard let pipeline = program.soleOutput else { return .string(try render(scope)) }
        var renderer = Renderer(program: program, scope: scope)
        return try renderer.soleValue(of: pipeline)
    }
}
