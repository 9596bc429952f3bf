// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// What the partner's client sends with: libcurl in the service, a recording one in tests.
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
