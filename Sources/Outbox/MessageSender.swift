// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Messages
package import PartnerAPI

/// What the outbox sends with; the client of the partner API is one.
package protocol MessageSender: Sendable {
    /// Sends one message once.
    ///
    /// Every failure is an outcome, never an error. Cancelling the task ends the attempt: `retryable` when the
    /// request had not left, `uncertain` when it may have.
    ///
    /// - Parameters:
    ///   - request: What to send.
    ///   - account: The account of the configuration whose credentials are used.
    /// - Returns: How it ended.
    func send(_ request: RenderedRequest, account: String) async -> Outcome
}
