// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Messages
package import PartnerAPI

/// What the outbox sends with; the client of the partner API is one.
///
/// Every failure is an outcome, never an error.
package protocol MessageSender: Sendable {
    /// Begins to send messages, each once, and comes back at once.
    ///
    /// - Parameters:
    ///   - batch: What to send through which account.
    ///   - ended: Told of each message exactly once, of several together where they ended together; from any thread,
    ///     perhaps before this returns. It must not block.
    func send(_ batch: [Sending], ended: @escaping @Sendable (_ ends: [SendEnd]) -> Void)

    /// Ends every attempt that is under way: `retryable` when the request had not left, `uncertain` when it may have.
    func cancelAll()
}

/// One message to be sent.
package struct Sending: Hashable, Sendable {
    /// What to send.
    package let request: RenderedRequest
    /// The account of the configuration whose credentials are used.
    package let account: String

    package init(request: RenderedRequest, account: String) {
        self.request = request
        self.account = account
    }
}

/// How the attempt to send one of several messages ended.
package struct SendEnd: Hashable, Sendable {
    /// The message's place in its batch.
    package let index: Int
    /// How it ended.
    package let outcome: Outcome

    package init(index: Int, outcome: Outcome) {
        self.index = index
        self.outcome = outcome
    }
}

extension MessageSender {
    /// Sends one message once, for whoever sends nothing else meanwhile.
    ///
    /// Cancelling the task ends everything that the sender has under way.
    ///
    /// - Parameters:
    ///   - request: What to send.
    ///   - account: The account of the configuration whose credentials are used.
    /// - Returns: How it ended.
    package func send(_ request: RenderedRequest, account: String) async -> Outcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                send([Sending(request: request, account: account)]) { ends in
                    for end in ends { continuation.resume(returning: end.outcome) }
                }
                // A cancel that came before the begin found nothing to end.
                if Task.isCancelled { cancelAll() }
            }
        } onCancel: {
            cancelAll()
        }
    }
}
