// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CurlTransport
internal import Events
internal import NIOConcurrencyHelpers
internal import PartnerClient

/// Carries requests on and notes what time the answers say it is.
final class DateNotingTransport: HTTPTransport {
    private let transport: any HTTPTransport
    private let clock: any WallClock
    private let latest = NIOLockedValueBox<ClockExam.Comparison?>(nil)

    init(_ transport: any HTTPTransport, clock: any WallClock) {
        self.transport = transport
        self.clock = clock
    }

    /// The last answer's date beside our time; `nil` before the first answer with a date.
    var comparison: ClockExam.Comparison? { latest.withLockedValue { $0 } }

    func perform(_ request: TransferRequest) async throws(TransportError) -> TransferResponse {
        let response = try await transport.perform(request)
        if let date = response["date"].flatMap(RetryAfter.date) {
            latest.withLockedValue { $0 = ClockExam.Comparison(partner: date, ours: clock.now) }
        }
        return response
    }
}
