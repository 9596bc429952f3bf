// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
internal import DurableAPI
internal import Enrichment
internal import Events
internal import PhoneNumbers
internal import Rules
internal import Webhooks

/// A source of the configuration while its keys are read.
struct SourceDraft {
    var settings: SourceSettings
    /// What is looked up for its events, as it was written.
    var enrich: YAMLNode?
    /// When the files of its secrets were last written, by the secret's name.
    var secretsWritten: [String: Timestamp] = [:]
    var lookUpPeriod = Duration.zero
}

extension SettingsReader {
    /// Reads the sources in their order, without those that are reported, what is looked up for their events, and when the
    /// files of their secrets were written.
    mutating func sources(_ node: YAMLNode?, into settings: inout Settings) {
        for entry in node?.entries ?? [] {
            var draft = SourceDraft(settings: SourceSettings(name: entry.key))
            SettingsSpecification.source.read(entry.value, &self, &draft)
            if let source = source(draft.settings, entry) { settings.sources.append(source) }
            settings.lookUps[entry.key] = lookUps(draft)
            settings.secretsWritten[entry.key] = draft.secretsWritten
        }
    }

    private mutating func source(_ settings: SourceSettings, _ entry: YAMLEntry) -> Source? {
        do {
            let source = try Source(settings)
            for warning in source.warnings {
                let location = place(of: warning.key, in: entry.value) ?? entry.keyLocation
                add(.refusedAddress, at: location, "source '\(entry.key)': \(warning.message)")
            }
            return source
        } catch {
            let written = entry.value["secrets"]?.elements?.count ?? 0
            report(error, entry, isMissingSecrets: settings.secrets.count < written)
            return nil
        }
    }

    /// The ISO code of a country by its code or name.
    ///
    /// Numbering plans may only be read once there is a mistake: which ones hold is said by this very file.
    mutating func country(_ node: YAMLNode?) -> String? {
        guard let node, let text = node.text else { return nil }
        if let code = Country.code(named: text) { return code }
        if let mistake = CountryName.mistake(in: node, .invalidValue) {
            add(mistake.id, at: mistake.location, mistake.message, hint: mistake.hint)
        } else {
            let hint = Country(text).map { "write '\($0.code)'" }
            add(.invalidValue, at: node.location, "found '\(text)'; expected a country's code or name", hint: hint)
        }
        return nil
    }

    /// How the sender checks the address; `nil` for nothing, and for what was reported.
    mutating func handshake(_ node: YAMLNode?) -> HandshakeSettings? {
        guard let node, !node.isBroken else { return nil }
        var settings = HandshakeSettings()
        settings.word = node.text
        SettingsSpecification.handshake.read(node, &self, &settings)
        return settings
    }

    private mutating func report(_ mistakes: SourceMistakes, _ entry: YAMLEntry, isMissingSecrets: Bool) {
        // A secret that could not be read was reported already, with its reason.
        for mistake in mistakes.mistakes where !(isMissingSecrets && mistake.key == "secrets") {
            let location = place(of: mistake.key, in: entry.value) ?? entry.keyLocation
            add(.invalidValue, at: location, "source '\(entry.key)': \(mistake.message)")
        }
    }

    /// Where a mistake's key stands, such as `verify.header` or `dedupe.1`.
    private func place(of key: String, in node: YAMLNode) -> SourceLocation? {
        let found = key.split(separator: ".").reduce(Optional(node)) { node, step in
            guard let node else { return nil }
            if let elements = node.elements, let position = Int(step), elements.indices.contains(position) {
                return elements[position]
            }
            return node[String(step)] ?? node
        }
        return found.flatMap { $0.location == node.location ? nil : $0.location }
    }

    /// Reports paths that two would answer on, and names that are taken.
    mutating func requireUniquePaths(_ sources: [Source], _ root: YAMLNode) {
        var owners: [String: String] = ["/healthz": "the health check"]
        for source in sources {
            let location = root["sources"]?.entries?.first { $0.key == source.name }?.keyLocation ?? root.location
            if source.name == PublicAPI.source {
                add(
                    .conflictingKeys,
                    at: location,
                    "the source '\(source.name)' would be taken for the partner API's own; expected another name"
                )
            }
            let earlier = owners.updateValue("source '\(source.name)'", forKey: source.path)
            guard let owner = source.path.hasPrefix(PublicAPI.prefix) ? "the partner API" : earlier else { continue }
            add(
                .conflictingKeys,
                at: location,
                "source '\(source.name)' has the path \(source.path), which \(owner) has already; expected another path"
            )
        }
    }
}

// MARK: Look-ups

extension SettingsReader {
    private mutating func lookUps(_ source: SourceDraft) -> LookUpSettings? {
        guard let node = source.enrich, !node.isBroken else { return nil }
        let nodes = node.elements ?? [node]
        let steps = nodes.compactMap { step($0) }
        guard steps.count == nodes.count else { return nil }
        do throws(EnrichmentMistakes) {
            return LookUpSettings(enrichment: try Enrichment(steps), period: source.lookUpPeriod)
        } catch {
            for mistake in error.mistakes {
                let place = place(of: mistake.key, in: node) ?? node.location
                add(.invalidValue, at: place, "source '\(source.settings.name)': enrich: \(mistake.message)")
            }
            return nil
        }
    }

    private mutating func step(_ node: YAMLNode) -> EnrichmentStepSettings? {
        guard let url = node["url"]?.text else { return nil }
        var step = EnrichmentStepSettings(url: url)
        SettingsSpecification.enrich.read(node, &self, &step)
        return step
    }

    /// A header; a file's path is meant from the configuration's folder, as all are.
    func header(_ entry: YAMLEntry) -> EnrichmentStepSettings.Header? {
        guard let value = entry.value.text else { return nil }
        let scheme = "file:"
        guard value.hasPrefix(scheme) else { return .init(entry.key, value) }
        return .init(entry.key, scheme + beside(String(value.dropFirst(scheme.count))))
    }
}
