// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events

/// A message that a rule could not build: stored as `failed` without a request, so that a mended rule can be
/// replayed over its event.
package struct FailedMessage: Hashable, Sendable {
    /// Our id for it.
    package let id: MessageID
    /// The rule that matched and could not build its message.
    package let rule: String
    /// Why, in a sentence, with the path or the filter at fault; no phone number.
    package let reason: String

    package init(id: MessageID, rule: String, reason: String) {
        self.id = id
        self.rule = rule
        // A filter's words may repeat what it could not read.
        self.reason = NumberHiding.hide(in: reason)
    }
}
