// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
internal import Enrichment

extension SettingsReader {
    /// What is looked up for the events of a source; `nil` for nothing, and for what was reported.
    mutating func lookUps(_ source: YAMLEntry) -> LookUpSettings? {
        guard let node = source.value["enrich"], !node.isBroken else { return nil }
        let nodes = node.elements ?? [node]
        let steps = nodes.compactMap { step($0) }
        guard steps.count == nodes.count else { return nil }
        do throws(EnrichmentMistakes) {
            let enrichment = try Enrichment(steps)
            let period = duration(source.value["enrich_for"]) ?? LookUpSettings.defaultPeriod
            return LookUpSettings(enrichment: enrichment, period: period)
        } catch {
            for mistake in error.mistakes {
                let place = place(of: mistake.key, in: node) ?? node.location
                add(.invalidValue, at: place, "source '\(source.key)': enrich: \(mistake.message)")
            }
            return nil
        }
    }

    private func step(_ node: YAMLNode) -> EnrichmentStepSettings? {
        guard let url = node["url"]?.text else { return nil }
        return EnrichmentStepSettings(
            name: node["name"]?.text,
            url: url,
            headers: (node["headers"]?.entries ?? []).compactMap(header),
            events: (node["events"]?.elements ?? []).compactMap(\.text),
            hosts: (node["hosts"]?.elements ?? []).compactMap(\.text),
            timeout: node["timeout"]?.text,
            cache: node["cache"]?.text
        )
    }

    /// A header; a file's path is meant from the configuration's folder, as all are.
    private func header(_ entry: YAMLEntry) -> EnrichmentStepSettings.Header? {
        guard let value = entry.value.text else { return nil }
        let scheme = "file:"
        guard value.hasPrefix(scheme) else { return .init(entry.key, value) }
        return .init(entry.key, scheme + beside(String(value.dropFirst(scheme.count))))
    }
}
