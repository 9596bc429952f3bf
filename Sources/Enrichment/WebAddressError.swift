// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Why a text is no address that a look-up may go to; a sentence's end that fits behind `url`.
struct WebAddressError: Error, Hashable {
    /// Of the address it names the host at most.
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
