// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Source {
    /// The refusal of a body that was not read to its end because it is over ``maxBodyBytes``.
    package var oversizedRejection: Rejection {
        rejection(413, .bodyTooLarge, "the body is over the limit of \(maxBodyBytes) bytes")
    }
}
