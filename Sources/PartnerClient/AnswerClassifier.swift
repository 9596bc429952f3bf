// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CurlTransport
package import Events
package import Messages
import PartnerAPI

/// The one place that decides what an answer, or its absence, means for a message.
///
/// An answer other than a yes that passes on one of Meta's codes is decided by that (``MetaCode/table``), whatever its
/// status. Where there is none, this table holds.
///
/// | answer | outcome |
/// |---|---|
/// | 2xx with `success: true` | accepted |
/// | 2xx with `success: false`, without `success`, without a readable body | refused, body kept |
/// | 2xx whose body was cut, too long or too slow | uncertain: the status says yes, the id is lost |
/// | 3xx | refused: the base URL is wrong; never followed with credentials |
/// | 401, 403 | unauthorized: the account pauses |
/// | 408, 425, 429, 5xx | retryable, with `Retry-After` |
/// | every other 4xx | refused |
/// | any other status than these (600 and up) | uncertain: nobody knows what it means |
/// | no status, the request had not left whole | retryable; refused when the address itself is malformed |
/// | no status, the request had left | uncertain |
///
/// A status other than 2xx decides even when its body never came whole.
package struct AnswerClassifier: Sendable {
    private let redaction: Redaction

    /// A classifier for one account.
    ///
    /// - Parameter secrets: Credentials that must not come back in reasons and bodies.
    package init(hiding secrets: [Secret] = []) {
        redaction = Redaction(secrets)
    }

    /// Decides on the end of a transfer.
    ///
    /// - Parameters:
    ///   - result: What the transport brought.
    ///   - now: The time, for a `Retry-After` with a date.
    /// - Returns: The outcome of the attempt.
    package func outcome(
        of result: Result<TransferResponse, TransportError>,
        now: Timestamp
    ) -> Outcome {
        switch result {
        case .success(let response): return outcome(of: response, now: now)
        case .failure(let error):
            guard let partial = error.partial else { return outcome(of: error) }
            guard (200...299).contains(partial.status) else { return outcome(of: partial, now: now) }
            let reason = "the partner answered \(partial.status), but the answer did not arrive whole: \(error.reason)"
            let answer = PartnerAnswer(partial.body)
            return .uncertain(detail(partial.status, error.code.description, reason, answer))
        }
    }

    private func outcome(of response: TransferResponse, now: Timestamp) -> Outcome {
        if (200...299).contains(response.status), let accepted = AcceptedAnswer(exactly: response.body) {
            return .accepted(partnerID: accepted.id)
        }
        let answer = PartnerAnswer(response.body)
        let status = response.status
        let delay = response["retry-after"].flatMap { RetryAfter.delay($0, now: now) }
        if let outcome = outcome(ofMetaCodeIn: answer, status, delay) { return outcome }
        switch status {
        case 200...299:
            return confirmed(status, answer)
        case 300...399:
            let reason = "the partner answered \(status), a redirect, which is never followed; base_url is wrong"
            return .refused(detail(status, "http_\(status)", reason, answer))
        case 401, 403:
            return .unauthorized(detail(status, answer, "refused the credentials"))
        case 408, 425, 429, 500...599:
            return .retryable(detail(status, answer, "asked for later"), retryAfter: delay)
        case 400...499:
            return .refused(detail(status, answer, "refused the message"))
        default:
            return .uncertain(detail(status, answer, "answered with a status that HTTP does not know"))
        }
    }

    /// What one of Meta's codes decides; `nil` where there is none, or a yes.
    private func outcome(ofMetaCodeIn answer: PartnerAnswer, _ status: Int, _ delay: Duration?) -> Outcome? {
        guard !((200...299).contains(status) && answer.success == true), let number = answer.metaCode,
            let row = MetaCode.row(number)
        else { return nil }
        let sentence = answer.message.map { ": \(redaction.sentence($0.trimmingCode(number)))" } ?? ""
        let reason = "\(row.words) (Meta's code \(number), HTTP \(status)\(sentence))"
        let detail = detail(status, AttemptDetail.code(ofMeta: number), reason, answer)
        switch row.treatment {
        case .pauseAccount: return .unauthorized(detail)
        case .fail: return .refused(detail)
        case .retry: return .retryable(detail, retryAfter: delay)
        case .tryAgain(_, let after): return .retryable(detail, retryAfter: delay ?? after)
        case .stop(.account): return .held(detail, for: .zero)
        case .stop, .slowAccount, .pacePair: return .held(detail, for: delay ?? .seconds(1))
        case .restAccount(let span), .holdRecipient(let span, _), .hold(let span):
            return .held(detail, for: max(span, delay ?? .zero))
        case .holdTemplate: return .held(detail, for: MetaCode.templatePauses[0])
        }
    }

    private func confirmed(_ status: Int, _ answer: PartnerAnswer) -> Outcome {
        if answer.success == true { return .accepted(partnerID: answer.id ?? "", isHeldByMeta: answer.isHeldByMeta) }
        if answer.success == false { return .refused(detail(status, answer, "refused the message")) }
        guard answer.isReadable else {
            let words = "the partner answered \(status) with a body that is no JSON object"
            let reason = "\(words): look whether it arrived before it is sent again"
            return .refused(detail(status, "unreadable_answer", reason, answer))
        }
        return .refused(detail(status, "unconfirmed", "the partner answered \(status) without 'success': true", answer))
    }

    private func outcome(of error: TransportError) -> Outcome {
        let code = error.code.description
        // libcurl's sentences name host and port, never what was sent; masking would only hide addresses.
        let reason = error.reason
        switch error.stage {
        case .sent:
            let reason = "no answer after the request was sent: \(reason)"
            return .uncertain(AttemptDetail(code: code, reason: reason))
        case .notSent where error.code == .badRequest:
            return .refused(AttemptDetail(code: code, reason: "the request cannot be sent: \(reason)"))
        case .notSent:
            return .retryable(AttemptDetail(code: code, reason: "the request was not sent: \(reason)"), retryAfter: nil)
        }
    }

    private func detail(_ status: Int, _ answer: PartnerAnswer, _ verdict: String) -> AttemptDetail {
        let sentence = answer.message.map { ": \(redaction.sentence($0))" } ?? ""
        let reason = "the partner \(verdict) (\(status))\(sentence)"
        return detail(status, answer.code ?? "http_\(status)", reason, answer)
    }

    private func detail(_ status: Int, _ code: String, _ reason: String, _ answer: PartnerAnswer) -> AttemptDetail {
        let body = answer.kept.map(redaction.hidingSecrets(in:))
        return AttemptDetail(status: status, code: code, reason: reason, body: body)
    }
}

extension String {
    /// Without Meta's code at the beginning, which is said already.
    fileprivate func trimmingCode(_ number: Int) -> String {
        let prefix = "(#\(number)) "
        return hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
    }
}
