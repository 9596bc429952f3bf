// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes

// Refusals that the listener asks for, because it knows what a single request does not.

extension Source {
    /// The refusal of a body that was not read to its end because it is over ``maxBodyBytes``.
    package var oversizedRejection: Rejection {
        rejection(413, .bodyTooLarge, "the body is over the limit of \(SettingValue.text(bytes: maxBodyBytes))")
    }

    /// The refusal of a request beyond ``rate``.
    ///
    /// - Parameter wait: How long its sender should wait before the next one.
    /// - Returns: 429 with `Retry-After`.
    package func rateRejection(wait: Duration) -> Rejection {
        let limit = rate.map { "\($0)" } ?? "no rate"
        let seconds = max(1, (wait.microseconds + 999_999) / 1_000_000)
        let reason = "more events came than \(limit) allows; the sender was asked to wait \(seconds) s"
        return rejection(429, .rateLimited, reason, headers: [.retryAfter: String(seconds)])
    }
}
