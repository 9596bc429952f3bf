// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import PartnerAPI
internal import Webhooks

/// A folder to begin with, for one sender: a configuration, its shipped rules with their tests and samples, secrets.
///
/// Everything in it works as it is written, with the sandbox as the partner; what only a person knows stands in the
/// configuration as a comment beside the line that it is about.
package struct Starter: Sendable {
    /// A file of the folder.
    package struct File: Hashable, Sendable {
        /// Where it belongs, below the folder.
        package let path: String
        package let content: [UInt8]
        /// Whether only its owner may read it.
        package let isSecret: Bool

        init(_ path: String, _ content: [UInt8], isSecret: Bool = false) {
            self.path = path
            self.content = content
            self.isSecret = isSecret
        }
    }

    /// The source's name in the configuration and in the rules.
    package let source: String
    /// All files, the configuration first.
    package let files: [File]
    /// The command that shows the first message: an event that is posted, or explained where the sender's own API has the
    /// phone number.
    package let trial: String
    /// What to do in the sender's dashboard, a sentence or two each.
    package let steps: [String]

    /// Puts a folder together; writes nothing.
    ///
    /// - Parameters:
    ///   - name: The preset's name or alias; `generic` for a sender of one's own.
    ///   - generator: Where the secrets come from.
    /// - Throws: ``StarterError`` when there is no such preset.
    package init(preset name: String, using generator: inout some RandomNumberGenerator) throws(StarterError) {
        guard let preset = Preset.named(name) else { throw StarterError(unknown: name) }
        let rulesPath = "rules/\(Self.ruleFiles[preset.name] ?? preset.name).yaml"
        guard let rules = StarterFiles.all[rulesPath] else { throw StarterError(withoutRules: preset.name) }
        let text = String(decoding: rules, as: UTF8.self)
        source = Self.value(of: "source", in: text) ?? preset.name
        steps = preset.steps
        trial = Self.trial(preset.name, source)
        let secrets = StarterSecrets(preset, source: source, using: &generator)
        let configuration = StarterConfiguration(
            preset: preset,
            source: source,
            country: preset.country ?? Self.value(of: "  country", in: text),
            secrets: secrets
        )
        files =
            [File("hookline.yaml", Array(configuration.text.utf8)), File(rulesPath, rules)]
            + Self.samples(in: text).map { File($0.path, $0.content) }
            + secrets.files
            + [File(Self.ignored, Array("secrets/\nhookline.db*\n".utf8))]
    }

    /// The file that keeps secrets out of git; one that is there is left as it is.
    package static let ignored = ".gitignore"

    /// Rule files that are not named like their preset.
    private static let ruleFiles = ["frappe": "erpnext", "generic": "generic-order"]

    /// What stands behind a key that begins a line, without a comment.
    private static func value(of key: String, in text: String) -> String? {
        let line = text.split(separator: "\n").first { $0.hasPrefix(key + ":") }
        return line?.dropFirst(key.count + 1).prefix { $0 != "#" }.split(separator: " ").first.map(String.init)
    }

    /// The samples of the folders that a rule file's tests name.
    private static func samples(in text: String) -> [(path: String, content: [UInt8])] {
        let folders = Set(text.matches(of: #/samples/([a-z0-9-]+)//#).map { "rules/samples/\($0.output.1)/" })
        return StarterFiles.all.filter { file in folders.contains { file.key.hasPrefix($0) } }
            .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

/// Why there is no folder to begin with.
package struct StarterError: Error, Hashable, Sendable {
    /// What was found and what was expected.
    package let reason: String

    init(unknown name: String) {
        let names = Preset.all.flatMap { [$0.name] + $0.aliases }
        let near = NearMiss.nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
        reason = "there is no preset '\(name)'\(near); 'hookline sources list' shows those there are"
    }

    init(withoutRules name: String) {
        reason = "no rules are shipped for '\(name)'; expected another preset, or 'generic'"
    }
}
