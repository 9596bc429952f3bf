// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// A name in the place of a filter's argument that was probably meant as a text: `money: INR`, `default: there`.
///
/// It compiles, for an event may have a field of that name; where none has, every rendering is refused.
public struct LiquidBareWord: Hashable, Sendable {
    /// The name.
    public let word: String
    /// The argument in quotes, as it is written in the call: `money: 'INR'`.
    public let call: String
    /// Whether it is hardly the name of a field: a code in capitals, or a locale, that the filter takes in quotes and
    /// takes few other texts beside it.
    public let isSure: Bool
    /// The line in the source, from 1.
    public let line: Int
    /// The column in that line, from 1.
    public let column: Int
}

extension LiquidConstantCheck {
    /// Looks for names that were probably meant as texts.
    ///
    /// - Parameters:
    ///   - template: Of the environment that the check's other templates have.
    ///   - names: Names that are bound outside of the template. Those that it binds itself are no bare words, nor are
    ///     paths of several steps.
    /// - Returns: The names, in the order of the source.
    public mutating func bareWords(in template: LiquidTemplate, names: Set<String> = []) -> [LiquidBareWord] {
        var found: [LiquidBareWord] = []
        for call in template.pipelines.lazy.flatMap(\.filters) where call.constants == nil {
            let arguments =
                call.positional.map { (name: String?.none, value: $0) } + call.named.map { ($0.name, $0.value) }
            for (position, argument) in arguments.enumerated() {
                guard case .path(let path) = argument.value, path.steps.isEmpty, case .name(let word) = path.head,
                    !names.contains(word), let isSure = doubt(path, word, position, argument.name, call, template)
                else { continue }
                let place = template.program.place(of: path.offset)
                guard template.isFree(word, at: place) else { continue }
                let name = argument.name ?? (position == 0 ? call.name : nil)
                let quoted = (name.map { "\($0): " } ?? "") + "'\(word)'"
                found.append(
                    LiquidBareWord(word: word, call: quoted, isSure: isSure, line: place.line, column: place.column)
                )
            }
        }
        return found
    }

    /// Whether a name is hardly meant as one; `nil` where it may well be.
    private mutating func doubt(
        _ path: VariablePath,
        _ word: String,
        _ position: Int,
        _ name: String?,
        _ call: FilterCall,
        _ template: LiquidTemplate
    ) -> Bool? {
        if BareWords.mayBeCode(word), isCode(path, word, call, template.program) { return BareWords.isSure(word) }
        if name == "from" || name == nil && position == 0 && BareWords.naming.contains(call.name) { return false }
        return BareWords.texts.contains(word.lowercased()) ? false : nil
    }

    /// Whether a filter takes the word in quotes, and does not take any text there.
    private mutating func isCode(_ path: VariablePath, _ word: String, _ call: FilterCall, _ program: Program) -> Bool {
        let environment = program.environment
        return isTaken(word, for: path, call, environment) && !isTaken("zq-\(word)", for: path, call, environment)
    }

    private mutating func isTaken(
        _ text: String,
        for path: VariablePath,
        _ call: FilterCall,
        _ environment: LiquidEnvironment
    ) -> Bool {
        let key = "\(call.key(quoting: path)) \(text)"
        if let known = taken[key] { return known }
        guard let probe = FilterProbe(call, environment, quoting: (path, text)) else { return false }
        if case .fine = probe.run() { taken[key] = true } else { taken[key] = false }
        return taken[key] ?? false
    }
}

/// What tells a text without quotes from the name of a field.
private enum BareWords {
    /// Filters whose first argument names a property or a format: hardly ever something that the data decide.
    static let naming: Set<String> = [
        "map", "where", "reject", "find", "find_index", "has", "sort", "sort_natural", "sum", "uniq", "compact",
        "group_by",
        "date",
    ]

    /// Words of a message, and hardly ever fields.
    static let texts: Set<String> = [
        "there", "and", "or", "none", "unknown", "soon", "sir", "madam", "friend", "dear", "today", "und", "oder", "et",
        "ou",
    ]

    /// Whether a name has the form of a currency, a country, a language or a locale.
    static func mayBeCode(_ word: String) -> Bool {
        let count = word.utf8.count
        return (2...3).contains(count) || count <= 10 && (word.contains("_") || word.contains("-"))
    }

    /// Whether such a name is hardly a field's: three capitals or more, or a language with its country.
    static func isSure(_ word: String) -> Bool {
        if word.utf8.count >= 3, word.utf8.allSatisfy({ (65...90).contains($0) }) { return true }
        let parts = word.split { $0 == "_" || $0 == "-" }
        return parts.count > 1 && parts[0].allSatisfy(\.isLowercase) && parts[1].allSatisfy(\.isUppercase)
    }
}

extension LiquidTemplate {
    /// Whether a name at a place is not one that the template binds.
    fileprivate func isFree(_ word: String, at place: SourcePlace) -> Bool {
        references.contains { $0.line == place.line && $0.column == place.column && $0.steps == [word] }
    }
}

extension FilterCall {
    /// The call as far as it decides what a text in the place of a path does.
    fileprivate func key(quoting path: VariablePath) -> String {
        let arguments =
            positional.map { $0.key(quoting: path) } + named.map { "\($0.name)=\($0.value.key(quoting: path))" }
        return name + ":" + arguments.joined(separator: ",")
    }
}

extension Expression {
    fileprivate func key(quoting path: VariablePath) -> String {
        switch self {
        case .path(let other) where other === path: "?"
        case .literal(let value): "\(value)"
        case .path, .range: "_"
        }
    }
}
