// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// What reading the whole store for damage brought.
package enum StoreExamination: Hashable, Sendable {
    /// Everything was read, and nothing was found.
    case sound
    /// The time was up before everything was read; nothing was found until then.
    case unfinished(after: Duration)
    /// Everything was read, and something was found that costs time and loses nothing: what, and what to do.
    case flawed(String)
    /// The first thing that was found, in the database's own words, which name tables and pages but no values.
    case damaged(String)

    /// The first finding; `nil` when there is none.
    package var damage: String? {
        if case .damaged(let finding) = self { finding } else { nil }
    }
}
