// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// How senders write their data, by preset and by configured source: what tests and checks of rules know of them.
package struct KnownSenders: Sendable {
    /// By a preset's name or alias.
    package var presets: [String: DataConventions]
    /// By the name of a source of the configuration.
    package var sources: [String: DataConventions]

    /// Nobody knows anything: no name of a preset is checked then.
    package static let none = KnownSenders()

    package init(presets: [String: DataConventions] = [:], sources: [String: DataConventions] = [:]) {
        self.presets = presets
        self.sources = sources
    }

    /// The conventions of a source.
    ///
    /// - Parameters:
    ///   - source: Its name.
    ///   - preset: The preset that a test or its file names, if it does.
    /// - Returns: Those of the named preset; else of the configured source; else of the preset of the same name.
    func conventions(of source: String, preset: String?) -> DataConventions {
        if let preset { return presets[preset] ?? .standard }
        return sources[source] ?? presets[source] ?? .standard
    }
}
