// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import NIOConcurrencyHelpers

/// A transport that remembers what it was asked and answers what it was told.
final class RecordingTransport: BatchTransport {
    private let recorded = NIOLockedValueBox<[[TransferRequest]]>([])
    private let result: Result<TransferResponse, TransportError>

    init(_ result: Result<TransferResponse, TransportError>) {
        self.result = result
    }

    convenience init(_ status: Int, _ body: String) {
        self.init(.success(TransferResponse(status: status, body: Array(body.utf8))))
    }

    /// What began together, in order.
    var batches: [[TransferRequest]] { recorded.withLockedValue { $0 } }

    var requests: [TransferRequest] { batches.flatMap(\.self) }

    func begin(
        _ requests: [TransferRequest],
        in group: TransferGroup,
        ended: @escaping @Sendable ([TransferEnd]) -> Void
    ) {
        recorded.withLockedValue { $0.append(requests) }
        ended(requests.indices.map { TransferEnd(index: $0, result: result) })
    }

    func cancel(_ group: TransferGroup) {}
}
