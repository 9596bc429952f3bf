// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A request that ended without a whole answer.
package struct TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// How far the request got, which decides between "retry" and "uncertain".
    package enum Stage: Hashable, Sendable {
        /// The last byte of the request has not left; the server cannot have acted on it.
        case notSent
        /// Every byte was handed to the network; the server may have acted on it.
        case sent
    }

    /// What went wrong.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String {
            case timedOut = "timed_out"
            case refused = "connection_refused"
            case dns = "dns_failed"
            case tls = "tls_failed"
            case connectionLost = "connection_lost"
            case responseTooLarge = "response_too_large"
            case cancelled
            case shutDown = "shut_down"
            case badRequest = "bad_request"
            case privateAddress = "private_address"
            case library = "transport_failed"
        }

        private let value: Value

        private init(_ value: Value) { self.value = value }

        /// The connect or the total time-out passed.
        package static let timedOut = Code(.timedOut)
        /// Nobody took the connection.
        package static let refused = Code(.refused)
        /// The host's name could not be resolved.
        package static let dns = Code(.dns)
        /// No TLS connection with a certificate that holds.
        package static let tls = Code(.tls)
        /// The connection ended before the answer did.
        package static let connectionLost = Code(.connectionLost)
        /// The answer is longer than the request allows.
        package static let responseTooLarge = Code(.responseTooLarge)
        /// The task was cancelled.
        package static let cancelled = Code(.cancelled)
        /// The transport was shut down.
        package static let shutDown = Code(.shutDown)
        /// The address or a header field is malformed; no retry will mend it.
        package static let badRequest = Code(.badRequest)
        /// The host has no address but such as the request must not reach.
        package static let privateAddress = Code(.privateAddress)
        /// Anything else that libcurl reports.
        package static let library = Code(.library)

        /// The stable text, such as `timed_out`.
        package var description: String { value.rawValue }
    }

    /// What went wrong.
    package let code: Code
    /// How far the request got.
    package let stage: Stage
    /// libcurl's own code; 0 where the transfer was ended by us.
    package let curlCode: Int32
    /// One sentence; no secret, no phone number, no path or query of the address.
    package let reason: String
    /// What had arrived of the answer; `nil` before its status line.
    package let partial: TransferResponse?

    package init(
        _ code: Code,
        _ stage: Stage,
        _ reason: String,
        curlCode: Int32 = 0,
        partial: TransferResponse? = nil
    ) {
        self.code = code
        self.stage = stage
        self.reason = reason
        self.curlCode = curlCode
        self.partial = partial
    }

    package var description: String { "\(reason) [\(code)]" }
}
