// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import TestSupport

/// A transport that remembers what it was asked and answers as a test says, possibly later.
final class AnsweringTransport: HTTPTransport {
    typealias Answer = @Sendable (TransferRequest) async throws(TransportError) -> TransferResponse

    /// The requests, in the order in which they began.
    let requests = EventRecorder<TransferRequest>()
    private let answer: Answer

    init(_ answer: @escaping Answer) {
        self.answer = answer
    }

    /// Answers every request alike.
    convenience init(_ status: Int, _ body: String, headers: [HeaderField] = []) {
        self.init { _ in TransferResponse(status: status, headers: headers, body: Array(body.utf8)) }
    }

    /// The addresses that were asked.
    var urls: [String] { requests.elements.map(\.url) }

    func perform(_ request: TransferRequest) async throws(TransportError) -> TransferResponse {
        requests.record(request)
        return try await answer(request)
    }
}
