// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// All that is wrong with the look-ups of a source.
package struct EnrichmentMistakes: Error, Hashable, Sendable, CustomStringConvertible {
    /// One mistake.
    package struct Mistake: Hashable, Sendable {
        /// Which key, such as `url`, `hosts.0` or `headers.X-Auth-Token`; empty for the steps as a whole.
        ///
        /// With several steps their position stands before it, as in `1.url`.
        package let key: String
        /// What was found and what was expected; no header's value, and of the address at most the host.
        package let message: String
    }

    /// In the order of the steps and of their keys.
    package let mistakes: [Mistake]

    /// One mistake a line.
    package var description: String {
        mistakes.map { $0.key.isEmpty ? $0.message : "\($0.key): \($0.message)" }.joined(separator: "\n")
    }
}
