// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import HTTPValues

extension HTTPEndpoint {
    /// Answers a request as a listener does: its first line, then the size of its body, then the whole.
    package func reply(to request: InboundRequest) async -> Reply {
        switch open(request.line) {
        case .answer(let reply): return reply
        case .body(let taker):
            guard request.body.count <= taker.maxBodyBytes else { return taker.refuseOversized(request.line) }
            return await withCheckedContinuation { continuation in
                taker.take(request) { continuation.resume(returning: $0) }
            }
        }
    }
}
