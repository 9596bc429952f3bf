// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events

/// Why an event could not be enriched now.
///
/// The caller tries again later, unless ``isFinal`` says that it would end the same.
package struct LookUpFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence for the operator: which look-up, which host, what came back, what was expected.
    ///
    /// Never a path or query of the address, a header's value, a word of an answer's body, or a phone number.
    package let reason: String
    /// How long the other side wants to be left alone, with a 429 or 503.
    package let retryAfter: Duration?
    /// Whether trying again cannot help while event and configuration are what they are.
    package let isFinal: Bool

    init(_ reason: String, retryAfter: Duration? = nil, isFinal: Bool = false) {
        self.reason = NumberHiding.hide(in: reason)
        self.retryAfter = retryAfter
        self.isFinal = isFinal
    }

    package var description: String { reason }
}
