// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CheckedYAML
import Foundation
import Liquid

/// Reads rule files and folders.
package enum RuleFolder {
    /// Reads every rule file of some paths.
    ///
    /// A folder is read recursively for `*.yaml` and `*.yml`; `*_test.yaml` files hold tests, names that begin with
    /// a dot are passed over. The order of rules is file path, then position in the file.
    ///
    /// - Parameters:
    ///   - paths: Files and folders.
    ///   - sources: The names of the configuration's sources, to tell rules that are about others; `nil` to tell none.
    /// - Returns: The rules, or `nil` when there is an error; and every diagnostic, by place.
    package static func load(
        _ paths: [String],
        sources: [String]? = nil
    ) -> (rules: RuleSet?, diagnostics: [Diagnostic]) {
        let loaded = read(paths, sources: sources)
        let hasErrors = loaded.diagnostics.contains { $0.severity == .error }
        return (hasErrors ? nil : RuleSet(loaded.files.flatMap(\.rules)), loaded.diagnostics)
    }

    /// Whether there is a rule file at a path, whatever is in it.
    package static func hasFiles(_ path: String) -> Bool {
        if case .success(let found) = RulePaths.expand(path) { !found.rules.isEmpty } else { false }
    }

    /// The same from texts in memory: for an editor's or the console's playground, and for tests.
    ///
    /// - Parameter files: Paths that diagnostics name, with their texts; in this order.
    /// - Returns: The rules, or `nil` when there is an error; and every diagnostic, by place.
    package static func load(texts files: [(path: String, text: String)]) -> (
        rules: RuleSet?, diagnostics: [Diagnostic]
    ) {
        var loader = RuleLoader()
        for file in files { loader.add(path: file.path, bytes: Array(file.text.utf8)) }
        let diagnostics = loader.finish()
        let hasErrors = diagnostics.contains { $0.severity == .error }
        return (hasErrors ? nil : RuleSet(loader.files.flatMap(\.rules)), diagnostics)
    }

    /// Reads paths into files of rules.
    static func read(_ paths: [String], sources: [String]? = nil) -> RuleLoader.Result {
        var loader = RuleLoader()
        for path in paths {
            switch RulePaths.expand(path) {
            case .success(let found): for file in found.rules { loader.add(file) }
            case .failure(let diagnostic): loader.add(diagnostic)
            }
        }
        loader.check(sources: sources)
        let diagnostics = loader.finish()
        return RuleLoader.Result(files: loader.files, diagnostics: diagnostics)
    }
}

/// Collects files, then holds them against each other.
struct RuleLoader {
    /// What the files gave.
    struct Result {
        let files: [RuleFile]
        let diagnostics: [Diagnostic]
    }

    private(set) var files: [RuleFile] = []
    private var found: [Diagnostic] = []
    private var ignores: [IgnoreComments] = []
    private var seen: Set<String> = []
    private var constants = LiquidConstantCheck()

    /// Reads one file from disk; a path that was read before is passed over.
    mutating func add(_ path: String) {
        guard seen.insert(URL(filePath: path).standardizedFileURL.path()).inserted else { return }
        do throws(Diagnostic) {
            add(path: path, bytes: try RulePaths.contents(of: path))
        } catch {
            add(error)
        }
    }

    /// Takes over a finding that has no file of rules.
    mutating func add(_ diagnostic: Diagnostic) {
        found.append(diagnostic)
    }

    /// Reads one file's text.
    mutating func add(path: String, bytes: [UInt8]) {
        do throws(Diagnostic) {
            add(try SourceText(path: path, bytes: bytes))
        } catch {
            found.append(error)
        }
    }

    private mutating func add(_ source: SourceText) {
        var reader = YAMLReader(source, showsValues: true)
        let root = reader.read()
        found += reader.diagnostics
        ignores.append(IgnoreComments(source))
        guard let root else { return }
        var compiler = RuleFileCompiler(source, environment: RuleLiquid.environment)
        swap(&compiler.constants, &constants)
        defer { swap(&compiler.constants, &constants) }
        files.append(compiler.compile(root))
        found += compiler.diagnostics
    }

    /// Holds the rules against the configuration's sources, where these are known.
    mutating func check(sources: [String]?) {
        if let sources { found += SourceChecks.run(files.flatMap(\.rules), sources: sources) }
    }

    /// Holds the files against each other and gives everything that was found.
    mutating func finish(isWhole: Bool = false) -> [Diagnostic] {
        found += duplicateNames()
        // A word that was meant as a text is no path, too: one slip, one finding.
        let words = Set(found.filter { $0.id == .unquotedWord }.map(\.location))
        if !words.isEmpty { found.removeAll { $0.id == .unknownPath && words.contains($0.location) } }
        var silenced = found
        for comments in ignores { silenced = comments.apply(to: silenced, isWhole: isWhole) }
        return silenced.sorted()
    }

    private func duplicateNames() -> [Diagnostic] {
        var first: [String: SourceLocation] = [:]
        var found: [Diagnostic] = []
        for rule in files.flatMap(\.rules) {
            guard let other = first[rule.name] else {
                first[rule.name] = rule.location
                continue
            }
            let message =
                "found a second rule '\(rule.name)'; expected names unique over all files, the first is at \(other)"
            found.append(Diagnostic(.duplicateName, at: rule.location, message))
        }
        return found
    }
}
