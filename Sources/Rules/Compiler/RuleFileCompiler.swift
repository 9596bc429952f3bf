// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import EventPatterns
import Events
import Liquid
import Messages

/// Turns the tree of one rule file into rules; mistakes become diagnostics, and it goes on after each.
struct RuleFileCompiler {
    let source: SourceText
    let environment: LiquidEnvironment
    var diagnostics: [Diagnostic] = []
    /// What was told of constants so far; handed on from file to file.
    var constants = LiquidConstantCheck()
    /// Whether a text that was compiled since the last rule reads `webhook`.
    private var readsWebhook = false
    /// What the rule's `let` names.
    private var boundNames: Set<String> = []
    private(set) var defaults: YAMLNode?
    /// Where the first rule begins, so that what is wrong with the defaults is said once.
    private(set) var firstRule: SourceLocation?

    init(_ source: SourceText, environment: LiquidEnvironment) {
        self.source = source
        self.environment = environment
    }

    /// Compiles a file.
    ///
    /// - Parameter root: The file's tree.
    /// - Returns: The rules without mistakes, in their order, with their tests' nodes.
    mutating func compile(_ root: YAMLNode) -> RuleFile {
        var checker = ShapeChecker()
        checker.check(root, .object(RuleFileShape.file))
        diagnostics += checker.diagnostics
        defaults = root["defaults"]
        if let country = defaults?["country"], country.text?.isEmpty == false { checkCountry(country) }
        firstRule = root["rules"]?.elements?.first?.location
        let sources = root["source"].map(texts)
        var file = RuleFile(source: source, sources: sources, preset: root["preset"])
        for node in root["rules"]?.elements ?? [] {
            if let rule = compile(rule: node, sources: sources) { file.rules.append(rule) }
            file.tests += node["tests"]?.elements ?? []
        }
        file.tests += root["tests"]?.elements ?? []
        return file
    }

    /// The value of a key of a rule, else of the file's defaults.
    func inherited(_ key: String, _ node: YAMLNode) -> YAMLNode? {
        node[key] ?? defaults?[key]
    }

    /// One text, or a list of them.
    func texts(_ node: YAMLNode) -> [String] {
        (node.elements ?? [node]).compactMap(\.text)
    }

    /// Compiles a text.
    ///
    /// - Parameter node: A scalar.
    /// - Returns: `nil` when it has a mistake, which is reported then or was before.
    mutating func expression(_ node: YAMLNode) -> Expression? {
        guard let scalar = node.scalar, let text = node.text else { return nil }
        let positions = ScalarPositions(scalar, at: node.location, in: source)
        do throws(LiquidError) {
            let template = try LiquidTemplate(text, environment: environment)
            let refused = constants.check(template)
            for error in refused { report(error, scalar, positions) }
            for bare in constants.bareWords(in: template, names: boundNames) { report(bare, positions) }
            // What is refused is no doubt any more: one slip, one finding.
            let told = Set(refused.map { positions.location(line: $0.line, column: $0.column) })
            let doubts = TextDoubts.find(template) { positions.location(line: $0, column: $1) }
            diagnostics += doubts.filter { !told.contains($0.location) }
            readsWebhook = readsWebhook || template.references.contains { $0.steps.first == "webhook" }
            return Expression(template, positions)
        } catch {
            report(error, scalar, positions)
            return nil
        }
    }

    /// Compiles one text or a list of them.
    ///
    /// - Parameter node: A scalar or a list of scalars.
    /// - Returns: `nil` when one of them has a mistake.
    mutating func expressions(_ node: YAMLNode) -> [Expression]? {
        let nodes = node.elements ?? [node]
        let compiled = nodes.compactMap { expression($0) }
        return compiled.count == nodes.count ? compiled : nil
    }

    /// Reports a name that was meant as a text: an error where it is hardly a field's.
    private mutating func report(_ bare: LiquidBareWord, _ positions: ScalarPositions) {
        let message = "found the name \(bare.word) as a filter's argument; expected a text in quotes: `\(bare.call)`"
        let hint = bare.isSure ? nil : "a field of that name is written self.\(bare.word)"
        let place = positions.location(line: bare.line, column: bare.column)
        diagnostics.append(Diagnostic(bare.isSure ? .liquid : .unquotedWord, at: place, message, hint: hint))
    }

    private mutating func report(_ error: LiquidError, _ scalar: YAMLScalar, _ positions: ScalarPositions) {
        let place = positions.location(line: error.line, column: error.column)
        let isCut = scalar.style == .plain && source.line(place.line).contains(" #")
        let hint = isCut ? "YAML begins a comment at ' #': put the text in quotes" : nil
        diagnostics.append(Diagnostic(.liquid, at: place, error.message, hint: hint))
    }
}

// MARK: One rule

extension RuleFileCompiler {
    private mutating func compile(rule node: YAMLNode, sources: [String]?) -> Rule? {
        guard node.entries != nil else { return nil }
        readsWebhook = false
        boundNames = Set(node["let"]?.entries?.map(\.key) ?? [])
        let before = errorCount
        let (lets, forEach) = (compileLets(node["let"]), node["for_each"].flatMap { expression($0) })
        let timing = compileTiming(node)
        let recipients = compileRecipients(node["to"], lets)
        let send = node["send"].flatMap { compileSend($0) }
        let otherwise = node["otherwise"].flatMap { compileSend($0) }
        let events = compileEvents(node["event"])
        let pattern = compilePattern(match: node["match"], headers: node["headers"])
        // Whatever has a mistake is left out; the folder does not load then, so a half rule never runs.
        guard errorCount == before, let name = node["name"]?.text, let pattern, let send, !recipients.isEmpty else {
            return nil
        }
        return Rule(
            name: name,
            text: RuleLines(of: node, in: source),
            summary: node["description"]?.text,
            sources: sources,
            events: events,
            match: node["match"].map(Self.patternJSON),
            matchNode: node["match"],
            headers: node["headers"].map(Self.patternJSON),
            pattern: pattern,
            traits: traits(node),
            lets: lets,
            forEach: forEach,
            recipients: recipients,
            country: defaults?["country"]?.text,
            allowedNumbers: defaults?["allow_numbers"].map(numberKinds),
            send: send,
            otherwise: otherwise,
            timing: timing
        )
    }

    private var errorCount: Int { diagnostics.count { $0.severity == .error } }

    /// What is so of a rule, or not, once all its texts are compiled.
    private func traits(_ node: YAMLNode) -> RuleTraits {
        RuleTraits(
            isEnabled: flag("enabled", node) ?? true,
            isShadow: inherited("mode", node)?.text == "shadow",
            stops: flag("stop", node) ?? false,
            readsWebhook: readsWebhook,
            category: inherited("category", node)?.text.flatMap(MessageCategory.init)
        )
    }

    private func flag(_ key: String, _ node: YAMLNode) -> Bool? {
        node[key]?.scalar.flatMap(CoreSchema.bool)
    }

    private mutating func compileLets(_ node: YAMLNode?) -> [(name: String, value: Expression)] {
        let taken: Set<String> = ["webhook", "body", "item", "forloop"]
        return (node?.entries ?? []).compactMap { entry in
            if taken.contains(entry.key) {
                let message = "found the name '\(entry.key)', which has a meaning of its own; expected another name"
                diagnostics.append(Diagnostic(.invalidValue, at: entry.keyLocation, message))
            }
            return expression(entry.value).map { (entry.key, $0) }
        }
    }
}
