// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Yams

/// Reads a text as YAML 1.2 with the core schema, and goes on after mistakes so that one run reports all of them.
///
/// libyaml (through Yams) does the scanning and its marks give the places. What it would do with values is left out:
/// its YAML 1.1 resolver reads `no` and `on` as truth values, and its first duplicate key is its last word. Anchors,
/// aliases, merge keys and tags are not part of a rule file: `defaults` and `let` do their work, and without aliases
/// a small file cannot grow into a large one.
package struct YAMLReader {
    /// The deepest nesting that is read.
    private static let maxDepth = 100
    /// More repeated keys than this are not looked for in one file.
    private static let maxDuplicates = 50
    /// Nor are they where looking for them, which reads the text once more for each, would read more than this.
    private static let maxBytesReadAgain = 1 << 20

    private let source: SourceText
    /// Whether values may stand in errors: not those of a configuration, which has secrets.
    private let showsValues: Bool
    private let scan: YAMLScan
    package private(set) var diagnostics: [Diagnostic] = []
    private var reported: Set<SourceLocation> = []
    /// How many lists and mappings stand around the value that is being converted.
    private var depth = 0
    private var isTooDeep = false

    /// A reader.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - showsValues: Whether values may stand in errors.
    package init(_ source: SourceText, showsValues: Bool = false) {
        self.source = source
        self.showsValues = showsValues
        scan = YAMLScan(source)
    }

    /// Reads the text.
    ///
    /// - Returns: The outermost value with what could be read; `nil` when nothing could. Mistakes are in
    ///   ``diagnostics``.
    package mutating func read() -> YAMLNode? {
        guard scan.aliases.count < YAMLScan.maxAliases else {
            for place in scan.aliases.prefix(1) { reportAlias(at: place) }
            return nil
        }
        var masked = MaskedText(scan.lines)
        if let root = compose(&masked) { return root }
        return recover()
    }

    /// Reads a text, hiding the first of two equal keys from Yams each time it stops at one.
    private mutating func compose(_ text: inout MaskedText) -> YAMLNode? {
        let again = min(Self.maxDuplicates, Self.maxBytesReadAgain / max(1, source.text.utf8.count))
        for pass in 0...again {
            do {
                let parser = try Parser(yaml: text.yaml, resolver: .basic, encoding: .utf8)
                guard let root = try parser.singleRoot() else {
                    return YAMLNode(content: .scalar(YAMLScalar(text: "", style: .plain)), location: place(1, 1))
                }
                // Nodes hold their anchors weakly: the parser has to outlive the conversion.
                let converted = withExtendedLifetime(parser) { convert(root, text) }
                return isTooDeep ? nil : converted
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                if pass < again, text.mask(context.mark) { continue }
                report(.duplicateKey, mark(context.mark), "found the key '\(keys.first ?? "")' twice; expected it once")
                return nil
            } catch {
                reportSyntax(error)
                return nil
            }
        }
        return nil
    }

    /// Reads the text once more without the mistakes whose place can be told from the lines alone.
    private mutating func recover() -> YAMLNode? {
        guard !scan.tabs.isEmpty || !scan.unquotedBraces.isEmpty else { return nil }
        diagnostics.removeAll { $0.id == .yamlSyntax }
        reported = Set(diagnostics.map(\.location))
        for tab in scan.tabs {
            report(.tab, tab, "found a tab in the indentation; expected spaces")
        }
        for place in scan.unquotedBraces { reportBraces(at: place) }
        let before = diagnostics
        var masked = MaskedText(scan.linesWithoutMistakes)
        if let root = compose(&masked) { return root }
        // What libyaml stops at now may come from the repair itself: the user hears of it after the next change.
        diagnostics = before
        return nil
    }
}

// MARK: Values

extension YAMLReader {
    private mutating func convert(_ node: Node, _ text: MaskedText) -> YAMLNode {
        let location = node.mark.map(mark) ?? place(1, 1)
        if node.anchor != nil {
            reportAlias(at: location)
            return YAMLNode(content: .broken, location: location)
        }
        if case .scalar(let scalar) = node { return convert(scalar, at: location) }
        depth += 1
        defer { depth -= 1 }
        // libyaml itself ends at a thousand levels, so that reading is no danger to the stack.
        guard depth <= Self.maxDepth else { return tooDeep(at: location) }
        switch node {
        case .scalar(let scalar): return convert(scalar, at: location)
        case .sequence(let elements):
            rejectTag(elements.tag, at: location)
            return YAMLNode(content: .sequence(elements.map { convert($0, text) }), location: location)
        case .mapping(let mapping): return convert(mapping, at: location, text)
        case .alias: return YAMLNode(content: .broken, location: location)
        }
    }

    private mutating func convert(_ scalar: Node.Scalar, at location: SourceLocation) -> YAMLNode {
        if scalar.string.contains(YAMLScan.placeholder) { return YAMLNode(content: .broken, location: location) }
        // The parser gives every text in quotes the tag of texts; a written one is told by its mark.
        if scalar.tag.description != "tag:yaml.org,2002:str" || source.letter(at: location) == "!" {
            rejectTag(scalar.tag, at: location)
        }
        if scalar.style == .plain, let inner = CurlyQuotes.inner(of: scalar.string) {
            reportCurlyQuotes(scalar.string, inner, at: location)
            return YAMLNode(content: .broken, location: location)
        }
        let style: YAMLScalar.Style =
            switch scalar.style {
            case .any, .plain: .plain
            case .singleQuoted: .singleQuoted
            case .doubleQuoted: .doubleQuoted
            case .literal: .literal
            case .folded: .folded
            }
        return YAMLNode(content: .scalar(YAMLScalar(text: scalar.string, style: style)), location: location)
    }

    private mutating func convert(_ mapping: Node.Mapping, at location: SourceLocation, _ text: MaskedText) -> YAMLNode
    {
        if isBraces(mapping, at: location) {
            reportBraces(at: location)
            return YAMLNode(content: .broken, location: location)
        }
        rejectTag(mapping.tag, at: location)
        var entries: [YAMLEntry] = []
        var first: [String: SourceLocation] = [:]
        for (key, value) in mapping {
            let place = key.mark.map(mark) ?? location
            guard case .scalar(let scalar) = key else {
                report(.wrongType, place, "found a list or a mapping as a key; expected a text")
                continue
            }
            if key.anchor != nil { reportAlias(at: place) }
            // Yams has given every key a tag by now; a written one is told by its mark.
            if scalar.style == .plain, source.letter(at: place) == "!" { rejectTag(scalar.tag, at: place) }
            var name = text.unmask(scalar.string, at: place)
            if scalar.style == .plain, let inner = CurlyQuotes.inner(of: name) {
                reportCurlyQuotes(name, inner, at: place)
                name = inner
            }
            let value = convert(value, text)
            guard first.updateValue(place, forKey: name) == nil else {
                report(.duplicateKey, place, "found the key '\(name)' a second time; expected each key once")
                continue
            }
            entries.append(YAMLEntry(key: name, keyLocation: place, value: value))
        }
        return YAMLNode(content: .mapping(entries), location: location)
    }

    /// Whether a mapping is what YAML makes of `{{ … }}`: its one key is a mapping that begins at the next letter.
    private func isBraces(_ mapping: Node.Mapping, at location: SourceLocation) -> Bool {
        guard mapping.count == 1, let key = mapping.first?.key, case .mapping = key, let inner = key.mark else {
            return false
        }
        return inner.line == location.line && inner.column == location.column + 1
    }

    private mutating func tooDeep(at location: SourceLocation) -> YAMLNode {
        if !isTooDeep {
            report(.yamlSyntax, location, "found more than \(Self.maxDepth) levels of nesting; expected a rule file")
        }
        isTooDeep = true
        return YAMLNode(content: .broken, location: location)
    }

    private mutating func rejectTag(_ tag: Tag, at location: SourceLocation) {
        let name = tag.description
        guard !name.isEmpty else { return }
        let short = name.replacing("tag:yaml.org,2002:", with: "!!")
        var hint = short == "!!str" ? "put a text that looks like something else in quotes" : nil
        if short.hasPrefix("!"), !short.hasPrefix("!!"), short.count > 1 {
            hint = "write '\(short)' in quotes; in a pattern, [{anything-but: \(short.dropFirst())}]"
        }
        report(.yamlFeature, location, "found the YAML tag '\(short)'; expected a value without tag", hint: hint)
    }
}

// MARK: Findings

extension YAMLReader {
    private func place(_ line: Int, _ column: Int) -> SourceLocation { source.location(line: line, column: column) }

    private func mark(_ mark: Mark) -> SourceLocation { place(mark.line, mark.column) }

    private mutating func report(_ id: DiagnosticID, _ location: SourceLocation, _ message: String, hint: String? = nil)
    {
        guard reported.insert(location).inserted || id == .duplicateKey else { return }
        diagnostics.append(Diagnostic(id, at: location, message, hint: hint))
    }

    private mutating func reportAlias(at location: SourceLocation) {
        let message = "found a YAML anchor or alias; expected the value itself"
        report(.yamlFeature, location, message, hint: "use 'defaults' or 'let' for what several places share")
    }

    private mutating func reportCurlyQuotes(_ text: String, _ inner: String, at location: SourceLocation) {
        let advice = CurlyQuotes.advice(text, inner, isShown: showsValues)
        report(.curlyQuotes, location, advice.message, hint: advice.hint)
    }

    private mutating func reportBraces(at location: SourceLocation) {
        let line = source.line(location.line).unicodeScalars
        var value = String(line.dropFirst(location.column - 1)).trimmingSuffix { $0 == " " }
        let isInFlow = line.prefix(location.column - 1).contains { $0 == "[" || $0 == "{" }
        if isInFlow, let end = value.firstRange(of: "}}") { value = String(value[..<end.upperBound]) }
        let quote = value.contains("\"") ? "'" : "\""
        let message = "found '{{' without quotes, which YAML reads as a mapping; expected a quoted text"
        report(.unquotedBraces, location, message, hint: "write \(quote)\(value)\(quote)")
    }

    private mutating func reportSyntax(_ error: any Error) {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            reportSyntax(problem, context: context?.text, at: self.mark(mark))
        case YamlError.reader(let problem, let offset, _, _):
            let location = scan.location(ofCharacter: offset ?? 0)
            report(.yamlSyntax, location, "found a character that YAML does not allow: \(problem)")
        default:
            report(.yamlSyntax, place(1, 1), "found a text that is not YAML; expected a rule file")
        }
    }

    private mutating func reportSyntax(_ problem: String, context: String?, at location: SourceLocation) {
        let line = source.line(location.line)
        var hint: String?
        if problem.contains("another document") {
            report(.yamlSyntax, location, "found a second YAML document ('---'); expected one document a file")
            return
        }
        if problem.contains("Maximum nesting level") || context?.contains("Maximum nesting level") == true {
            report(.yamlSyntax, location, "found more than \(Self.maxDepth) levels of nesting; expected a rule file")
            return
        }
        if showsValues, let advice = SyntaxAdvice.find(in: line, column: location.column) {
            report(.yamlSyntax, location, advice.message, hint: advice.hint)
            return
        }
        if problem.contains("mapping values are not allowed") { hint = "put a text that holds ': ' in quotes" }
        if hint == nil, line.contains("{{") { hint = "put a text that holds '{{' in quotes" }
        if problem.contains("undefined alias") { hint = "put a text that begins with '*' in quotes" }
        let sentence = context.map { "\(problem) \($0)" } ?? problem
        report(.yamlSyntax, location, "found a text that is not YAML: \(sentence)", hint: hint)
    }
}

extension StringProtocol {
    /// The text without the characters at its end that satisfy a condition.
    fileprivate func trimmingSuffix(while condition: (Character) -> Bool) -> String {
        var text = Substring(self)
        while let last = text.last, condition(last) { text.removeLast() }
        return String(text)
    }
}

/// A YAML file with the places of all its values: what rule files and the configuration are read from.
package enum YAMLFile {
    /// Reads a file's bytes.
    ///
    /// - Parameters:
    ///   - path: The path that diagnostics name.
    ///   - bytes: The file's content.
    /// - Returns: The outermost value with what could be read, `nil` when nothing could; and every mistake.
    package static func read(path: String, bytes: [UInt8]) -> (root: YAMLNode?, diagnostics: [Diagnostic]) {
        do {
            var reader = YAMLReader(try SourceText(path: path, bytes: bytes))
            let root = reader.read()
            return (root, reader.diagnostics)
        } catch {
            return (nil, [error])
        }
    }
}
