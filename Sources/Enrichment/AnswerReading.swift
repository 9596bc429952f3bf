// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Events

/// From a transfer's end to the value that was fetched, or to what is wrong with it.
struct AnswerReading {
    /// The most bytes of an answer.
    static let maxBytes = 1 << 20
    /// The deepest nesting of an answer: it still fits into a payload.
    static let maxDepth = 256

    /// What stands before every reason: which look-up, method and host.
    let subject: String
    /// The time from which a date in `Retry-After` counts.
    let now: Timestamp

    /// Reads an answer.
    ///
    /// - Parameter response: Whatever came.
    /// - Returns: The JSON value of a 2xx answer.
    /// - Throws: ``LookUpFailure`` for everything else, never final: the record may appear, a token be renewed.
    func value(of response: TransferResponse) throws(LookUpFailure) -> JSON {
        let status = response.status
        let found = "\(status) with \(contentType(of: response))"
        switch status {
        case 200...299: break
        case 300...399: throw failure("the answer is \(status), a redirect, which is never followed; correct the url")
        case 401, 403: throw failure("the answer is \(status): the credentials were refused; check 'headers'")
        case 429, 503:
            let delay = response["retry-after"].flatMap { RetryAfter.delay($0, now: now) }
            throw failure("the answer is \(found): asked for later", retryAfter: delay)
        default: throw failure("the answer is \(found); expected 2xx with JSON")
        }
        guard !response.body.isEmpty else { throw failure("the answer is \(status) without a body; expected JSON") }
        do throws(JSONError) {
            return try JSONDocument(response.body, maxDepth: Self.maxDepth).root.value
        } catch {
            throw failure("the answer is \(found), and no JSON: \(error)")
        }
    }

    /// The failure of a transfer without a whole answer.
    func failure(_ error: TransportError) -> LookUpFailure {
        switch error.code {
        case .responseTooLarge:
            failure("the answer has more than \(Self.maxBytes >> 20) MiB")
        case .privateAddress:
            LookUpFailure(
                "\(subject): \(error.reason); write the host itself into 'hosts' if it is meant",
                isFinal: true
            )
        case .cancelled, .shutDown:
            failure("the look-up was cut off: \(error.reason)")
        default:
            failure("no answer: \(error.reason)")
        }
    }

    private func failure(_ reason: String, retryAfter: Duration? = nil) -> LookUpFailure {
        LookUpFailure("\(subject): \(reason)", retryAfter: retryAfter)
    }

    /// The media type alone, where it looks like one.
    private func contentType(of response: TransferResponse) -> String {
        guard let field = response["content-type"] else { return "no Content-Type" }
        let type = field.prefix { $0 != ";" }
        let isPlain = type.utf8.count <= 80 && type.wholeMatch(of: #/[A-Za-z0-9.+\-]+/[A-Za-z0-9.+\-]+\s*/#) != nil
        return isPlain ? String(type).trimmingWhitespace : "a malformed Content-Type"
    }
}
