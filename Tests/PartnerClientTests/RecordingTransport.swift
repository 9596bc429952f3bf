// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import NIOConcurrencyHelpers

/// A transport that remembers what it was asked and answers what it was told.
final class RecordingTransport: HTTPTransport {
    private let recorded = NIOLockedValueBox<[TransferRequest]>([])
    private let result: Result<TransferResponse, TransportError>

    init(_ result: Result<TransferResponse, TransportError>) {
        self.result = result
    }

    convenience init(_ status: Int, _ body: String) {
        self.init(.success(TransferResponse(status: status, body: Array(body.utf8))))
    }

    var requests: [TransferRequest] { recorded.withLockedValue { $0 } }

    func perform(_ request: TransferRequest) async throws(TransportError) -> TransferResponse {
        recorded.withLockedValue { $0.append(request) }
        return try result.get()
    }
}
