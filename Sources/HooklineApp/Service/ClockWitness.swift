// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CurlTransport
internal import Events
internal import Messages
internal import Outbox

/// Carries requests to the partner on; while the machine's clock is in doubt, the dates of the answers speak for it.
struct ClockWitness: HTTPTransport {
    let transport: any HTTPTransport
    let reckoned: ReckonedTime

    func perform(_ request: TransferRequest) async throws(TransportError) -> TransferResponse {
        let response = try await transport.perform(request)
        if reckoned.doubt != nil, let date = response["date"].flatMap(RetryAfter.date) { reckoned.hear(date) }
        return response
    }
}
