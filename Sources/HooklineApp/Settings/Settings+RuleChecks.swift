// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Rules
import Webhooks

extension Settings {
    /// What the checks of rules know from the configuration; the same for `hookline rules check` and `hookline doctor`.
    package var ruleChecks: RuleCheckOptions {
        RuleCheckOptions(
            sourcesWithCountry: Set(sources.filter { $0.country != nil }.map(\.name)),
            sources: sources.map(\.name),
            senders: KnownSenders(sources: sources)
        )
    }
}
