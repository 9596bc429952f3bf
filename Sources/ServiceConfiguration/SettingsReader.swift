// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CheckedYAML
internal import Events
internal import Foundation
internal import HTTPValues
internal import PhoneNumbers

/// Reads `hookline.yaml` and reports everything that is wrong with it, each with its place.
///
/// Paths are relative to the file's folder. A secret is `${ENV}`, `file:PATH`, `credential:NAME` (a file in systemd's
/// credentials folder) or, for trials, the text itself; white space at its ends does not count. No message shows one.
package struct SettingsReader {
    private let path: String
    let environment: SettingsEnvironment
    let needsSecrets: Bool
    var diagnostics: [Diagnostic] = []
    /// How log lines look, as far as the file could be read: also what is wrong with the rest is said so.
    package private(set) var logFormat = Settings.LogFormat.text
    /// The files that hold secrets, in the order of the configuration.
    package internal(set) var secretFiles: [String] = []
    /// The files that hold keys of certificates.
    package internal(set) var keyFiles: [String] = []
    /// The variables that texts were before their values were put in, by place.
    private(set) var variables: [SourceLocation: String] = [:]
    /// What stands for a secret that a tool does not need.
    ///
    /// Any encoding of keys can read it as hex or base64.
    static let missingSecret = "00000000000000000000000000000000"

    /// A reader for one file.
    ///
    /// - Parameters:
    ///   - path: The file; its content is read by ``read()``.
    ///   - environment: What the file may refer to.
    ///   - needsSecrets: `false` for a tool that signs in nowhere: then a variable or file that is missing counts as
    ///     some text, so that the tool works where the secrets are not.
    package init(path: String, environment: SettingsEnvironment = .process, needsSecrets: Bool = true) {
        self.path = path
        self.needsSecrets = needsSecrets
        self.environment = environment
    }

    /// Reads the file.
    ///
    /// - Returns: The settings, `nil` when there are errors; and everything that was found, by place.
    package mutating func read() -> (settings: Settings?, diagnostics: [Diagnostic]) {
        let settings = readFile()
        let hasErrors = diagnostics.contains { $0.severity == .error }
        return (hasErrors ? nil : settings, diagnostics.sorted())
    }

    private mutating func readFile() -> Settings? {
        guard let root = readTree() else { return nil }
        let resolved = resolve(root)
        logFormat = resolved["log"]?["format"]?.text.flatMap { Settings.LogFormat(rawValue: $0) } ?? .text
        var checker = ShapeChecker()
        checker.check(resolved, .object(SettingsSpecification.file.shape))
        diagnostics += checker.diagnostics
        // What has the wrong shape reads as absent from here on, so that the rest is checked in the same run.
        return settings(resolved)
    }

    /// The file as YAML, without the environment's values; `nil` where it is none, which is reported.
    mutating func readTree() -> YAMLNode? {
        let start = SourceLocation(file: path, line: 1, column: 1)
        guard let bytes = environment.readFile(path) else {
            add(.fileUnreadable, at: start, "the configuration cannot be read; expected a file")
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            add(.notUTF8, at: start, "found bytes that are not UTF-8; expected a file saved as UTF-8")
            return nil
        }
        let (root, found) = YAMLFile.read(path: path, bytes: Array(Interpolation.mask(text).utf8))
        diagnostics += found
        return found.isEmpty ? root : nil
    }

    mutating func add(_ id: DiagnosticID, at location: SourceLocation, _ message: String, hint: String? = nil) {
        guard !diagnostics.contains(where: { $0.location == location }) else { return }
        diagnostics.append(Diagnostic(id, at: location, message, hint: hint))
    }

    /// The tree with the environment's values in it; what names an unset variable is reported and left broken.
    mutating func resolve(_ node: YAMLNode) -> YAMLNode {
        switch node.content {
        case .broken: return node
        case .sequence(let elements):
            return YAMLNode(content: .sequence(elements.map { resolve($0) }), location: node.location)
        case .mapping(let entries):
            let resolved = entries.map { YAMLEntry(key: $0.key, keyLocation: $0.keyLocation, value: resolve($0.value)) }
            return YAMLNode(content: .mapping(resolved), location: node.location)
        case .scalar(let scalar):
            switch Interpolation.resolve(scalar.text, environment.variables) {
            case .value(let text) where text == scalar.text: return node
            case .value(let text):
                variables[node.location] = Interpolation.soleVariable(scalar.text)
                return YAMLNode(content: .scalar(YAMLScalar(text: text, style: .doubleQuoted)), location: node.location)
            case .unset where !needsSecrets:
                return YAMLNode(
                    content: .scalar(YAMLScalar(text: Self.missingSecret, style: .doubleQuoted)),
                    location: node.location
                )
            case .unset(let names):
                let list = names.joined(separator: ", ")
                add(.invalidValue, at: node.location, "the environment has no \(list); expected it to be set")
                return YAMLNode(content: .broken, location: node.location)
            }
        }
    }

    private mutating func settings(_ root: YAMLNode) -> Settings {
        var settings = Settings()
        SettingsSpecification.file.read(root, &self, &settings)
        requireUniquePaths(settings.sources, root)
        requireProxies(settings, root)
        return settings
    }
}

// MARK: Single values

extension SettingsReader {
    mutating func address(_ text: String, _ node: YAMLNode?) -> ListenAddress? {
        if let address = ListenAddress(text) { return address }
        add(.invalidValue, at: node, "found '\(text)'; expected host:port, such as 127.0.0.1:8080")
        return nil
    }

    /// A path without a slash at its end; empty where none is given, or it is none.
    mutating func basePath(_ node: YAMLNode?) -> String {
        guard let text = node?.text else { return "" }
        let isPath = text.hasPrefix("/") && !text.hasSuffix("/") && !text.contains("//")
        let isPlain = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "/-._~".utf8.contains(byte)
        }
        if isPath && isPlain { return text }
        add(.invalidValue, at: node, "found '\(text)'; expected a path without a slash at its end, such as /hookline")
        return ""
    }

    mutating func rate(_ node: YAMLNode?) -> Rate? {
        guard let node, let text = node.text else { return nil }
        if let rate = Rate(text) { return rate }
        add(
            .invalidValue,
            at: node.location,
            "found '\(text)'; expected messages a second, minute or hour, such as 20/s"
        )
        return nil
    }

    /// The numbering plans of a file; `nil` where none is named, and for what was reported.
    mutating func numberingPlans(_ node: YAMLNode?) -> NumberingPlans? {
        guard let node, let path = node.text else { return nil }
        guard let bytes = environment.readFile(beside(path)) else {
            add(.invalidValue, at: node.location, "the file '\(path)' of the numbering plans cannot be read")
            return nil
        }
        do throws(NumberingPlansError) {
            return try NumberingPlans(bytes)
        } catch {
            add(.invalidValue, at: node.location, "the numbering plans '\(path)': \(error)")
            return nil
        }
    }

    /// A path as it is meant: relative ones from the configuration's folder.
    func beside(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        let folder = (self.path as NSString).deletingLastPathComponent
        return folder.isEmpty ? path : folder + "/" + path
    }

    /// Reports a value; one that the specification itself gives has no place and no mistake.
    private mutating func add(_ id: DiagnosticID, at node: YAMLNode?, _ message: String) {
        if let node { add(id, at: node.location, message) }
    }
}
