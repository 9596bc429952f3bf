// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Events

/// What a collector made of a batch, and so what is done with it; decided in this one place.
///
/// - SeeAlso: [OTLP/HTTP responses](https://opentelemetry.io/docs/specs/otlp/#otlphttp-response)
enum CollectorAnswer: Hashable, Sendable {
    /// It has all but so many.
    case taken(rejected: Int)
    /// It may be asked again, after the wait that it named.
    case again(after: Duration?, reason: String)
    /// It does not want these.
    case refused(reason: String)

    /// What an end of a request means.
    ///
    /// - Parameters:
    ///   - result: The answer, or how far the request got.
    ///   - now: From when a date in `Retry-After` counts.
    init(_ result: Result<TransferResponse, TransportError>, now: Timestamp) {
        switch result {
        case .success(let response): self.init(response, now: now)
        // A span that arrives twice is the same span, so nothing is lost by asking again.
        case .failure(let error) where error.code == .badRequest: self = .refused(reason: error.reason)
        case .failure(let error): self = .again(after: nil, reason: error.reason)
        }
    }

    private init(_ response: TransferResponse, now: Timestamp) {
        let reason = "the collector answered \(response.status)"
        switch response.status {
        case 200...299: self = .taken(rejected: Self.rejected(response.body))
        case 429, 502, 503, 504:
            let wait = response["retry-after"].flatMap { RetryAfter.delay($0, now: now) }
            self = .again(after: wait, reason: reason)
        default: self = .refused(reason: reason)
        }
    }

    /// How many spans of a batch the collector did not take, as a success says it; a body that does not read says nothing.
    private static func rejected(_ body: [UInt8]) -> Int {
        let count = (try? JSON(parsing: body))?["partialSuccess"]?["rejectedSpans"]
        return max(0, count?.string.flatMap(Int.init) ?? count?.number?.int ?? 0)
    }
}

/// Whether the collector took the last batch, so that a state that lasts is one line.
struct Outage {
    private var isOn = false

    /// - Returns: Whether it was not on before.
    mutating func begins() -> Bool {
        defer { isOn = true }
        return !isOn
    }

    /// - Returns: Whether it was on.
    mutating func ends() -> Bool {
        defer { isOn = false }
        return isOn
    }
}
