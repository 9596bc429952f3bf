// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import HTTPValues
import Testing

@testable import Webhooks

/// A body as a source with `body: auto`, or another decoding, reads it.
enum DecodedBody {
    /// The payload's text, or why there is none.
    static func read(_ bytes: [UInt8], type: String? = nil, as decoding: BodyDecoding = .any) -> String {
        var headers: HTTPFields = [:]
        headers[.contentType] = type
        let request = InboundRequest(method: .post, target: "/", headers: headers, body: bytes)
        do throws(WebhookError) {
            return try decoding.decode(request).root.value.text()
        } catch {
            return "! \(error.reason)"
        }
    }

    static func read(_ text: String, type: String? = nil, as decoding: BodyDecoding = .any) -> String {
        read(Array(text.utf8), type: type, as: decoding)
    }

    static let form = "application/x-www-form-urlencoded"
}
