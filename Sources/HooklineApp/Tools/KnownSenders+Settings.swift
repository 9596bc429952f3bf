// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Rules
package import Webhooks

extension KnownSenders {
    /// All presets, and the sources of a configuration.
    ///
    /// - Parameter sources: The configuration's; none where there is no configuration.
    package init(sources: [Source]) {
        let names = Preset.all.flatMap { preset in ([preset.name] + preset.aliases).map { ($0, preset.conventions) } }
        self.init(
            presets: Dictionary(names) { first, _ in first },
            sources: Dictionary(sources.map { ($0.name, $0.preset.conventions) }) { first, _ in first }
        )
    }
}
