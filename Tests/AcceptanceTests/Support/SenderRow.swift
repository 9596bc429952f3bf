// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

/// A request of a sender, what its source needs in the configuration, and what people read.
struct SenderRow: CustomTestStringConvertible, Sendable {
    /// A message as it arrives.
    struct Bubble: Hashable, CustomStringConvertible, Sendable {
        let to: String
        let text: String

        init(_ to: String, _ text: String) {
            self.to = to
            self.text = text
        }

        var description: String { "to \(to): \(text)" }
    }

    /// What the sender's API answers, taken from the field `enriched` of a sample.
    struct Answer: Sendable {
        /// The address behind the host.
        let path: String
        /// The sample, below `rules/samples`.
        let event: String
        /// The step's name, where there are several.
        var name: String?
    }

    let preset: String
    /// What the rule file calls the source; the preset's name if left out.
    var source: String?
    /// More lines of the source.
    let settings: [String]
    /// What the sender posts: a file below `rules/samples`.
    let request: String
    /// The event's type, where the sender writes it in a header.
    var type: String?
    /// What the look-up in the rule file's comment finds; empty where it is not configured.
    var answers: [Answer] = []
    let messages: [Bubble]

    var testDescription: String { "\(preset): \(request)" }
    var sourceName: String { source ?? preset }
}

/// The number that stands for the owner's in the shipped rules.
let owner = "61491570006"
