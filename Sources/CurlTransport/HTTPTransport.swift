// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// What sends one request at a time: libcurl in the service, an answering one in tests.
package protocol HTTPTransport: Sendable {
    /// Sends one request once and waits for the whole answer.
    ///
    /// Cancelling the task ends the transfer with `TransportError.Code.cancelled`.
    ///
    /// - Parameter request: The request.
    /// - Returns: The answer, whatever its status.
    /// - Throws: `TransportError`, which says how far the request got.
    func perform(_ request: TransferRequest) async throws(TransportError) -> TransferResponse
}

/// What sends many requests at a time, without a task for each: the partner's client sends messages with it.
package protocol BatchTransport: HTTPTransport {
    /// Begins requests, each to be sent once, and comes back at once.
    ///
    /// - Parameters:
    ///   - requests: What to send; all of them cost one wake-up of the transport's thread.
    ///   - group: What they belong to, for ``cancel(_:)``.
    ///   - ended: Told of each request exactly once, of several together where they ended together. It runs on the
    ///     transport's thread, or on the caller's before this returns, and must not block.
    func begin(
        _ requests: [TransferRequest],
        in group: TransferGroup,
        ended: @escaping @Sendable (_ ends: [TransferEnd]) -> Void
    )

    /// Ends everything of a group that is under way, with `TransportError.Code.cancelled`; what begins later runs.
    ///
    /// - Parameter group: The group.
    func cancel(_ group: TransferGroup)
}

/// Transfers that are cancelled together; told apart by identity.
package final class TransferGroup: Sendable {
    package init() {}
}

/// How one of several requests ended.
package struct TransferEnd: Sendable {
    /// Its place among the requests that were begun with it.
    package let index: Int
    /// The answer, whatever its status, or how far the request got.
    package let result: Result<TransferResponse, TransportError>

    package init(index: Int, result: Result<TransferResponse, TransportError>) {
        self.index = index
        self.result = result
    }
}

extension BatchTransport {
    package func perform(_ request: TransferRequest) async throws(TransportError) -> TransferResponse {
        let group = TransferGroup()
        let result: Result<TransferResponse, TransportError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !Task.isCancelled else {
                    let error = TransportError(.cancelled, .notSent, "the request was cancelled before it began")
                    return continuation.resume(returning: .failure(error))
                }
                begin([request], in: group) { ends in
                    for end in ends { continuation.resume(returning: end.result) }
                }
                // A cancel that came before the begin found nothing to end.
                if Task.isCancelled { cancel(group) }
            }
        } onCancel: {
            cancel(group)
        }
        return try result.get()
    }
}
