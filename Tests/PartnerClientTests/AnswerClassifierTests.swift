// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Events
import Messages
import Outbox
import Testing

@testable import PartnerClient

@Suite("The classification table, row by row")
struct AnswerClassifierTests {
    /// 1994-11-06 08:49:37 UTC, the example of RFC 9110.
    static let now = Timestamp(seconds: 784_111_777)

    /// What a row expects, without the texts.
    enum Verdict: Hashable, Sendable {
        case accepted(String)
        case refused(String)
        case retryable(String, after: Duration?)
        case uncertain(String)
        case unauthorized(String)
        case held(String, for: Duration)

        init(_ outcome: Outcome) {
            switch outcome {
            case .accepted(let id, _): self = .accepted(id)
            case .refused(let detail): self = .refused(detail.code)
            case .retryable(let detail, let delay): self = .retryable(detail.code, after: delay)
            case .uncertain(let detail): self = .uncertain(detail.code)
            case .unauthorized(let detail): self = .unauthorized(detail.code)
            case .held(let detail, let span): self = .held(detail.code, for: span)
            }
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let status: Int
        let body: String
        let headers: [HeaderField]
        let verdict: Verdict
        var testDescription: String { "\(status) \(body.prefix(60)) → \(verdict)" }

        init(_ status: Int, _ body: String, _ verdict: Verdict, _ headers: [HeaderField] = []) {
            self.status = status
            self.body = body
            self.headers = headers
            self.verdict = verdict
        }
    }

    static let error = #"{"success":false,"error":{"code":"TEMPLATE_GONE","message":"no such template"}}"#
    static let page = "<html><body>Bad gateway</body></html>"

    static let confirmations: [Row] = [
        Row(201, #"{"success":true,"data":{"id":"m-1","status":"ACCEPTED"}}"#, .accepted("m-1")),
        Row(200, #"{"success":true,"data":{"id":17}}"#, .accepted("17")),
        Row(200, #"{"success":true}"#, .accepted("")),
        Row(201, error, .refused("TEMPLATE_GONE")),
        Row(200, #"{"success":false}"#, .refused("http_200")),
        Row(200, #"{"data":{"id":"m-1"}}"#, .refused("unconfirmed")),
        Row(200, #"{"success":"true"}"#, .refused("unconfirmed")),
        Row(200, page, .refused("unreadable_answer")),
        Row(200, #"{"success":tr"#, .refused("unreadable_answer")),
        Row(200, "[true]", .refused("unreadable_answer")),
        Row(204, "", .refused("unreadable_answer")),
    ]

    static let refusals: [Row] =
        [400, 402, 404, 405, 406, 409, 410, 411, 413, 415, 418, 422, 431, 451].map { status in
            Row(status, error, .refused("TEMPLATE_GONE"))
        }
        + [300, 301, 302, 303, 304, 307, 308].map { status in
            Row(status, page, .refused("http_\(status)"))
        }
        + [401, 403].map { status in
            Row(status, #"{"message":"key revoked"}"#, .unauthorized("http_\(status)"))
        }

    static let later: [Row] =
        [408, 425, 429, 500, 501, 502, 503, 504, 520, 599].flatMap { status in
            [
                Row(status, page, .retryable("http_\(status)", after: nil)),
                Row(status, "", .retryable("http_\(status)", after: .seconds(5)), [HeaderField("retry-after", "5")]),
            ]
        } + [
            Row(
                429,
                #"{"error":"slow down"}"#,
                .retryable("http_429", after: .seconds(10)),
                [HeaderField("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT")]
            ),
            Row(429, "{}", .retryable("http_429", after: nil), [HeaderField("retry-after", "in a while")]),
            Row(999, "", .uncertain("http_999")),
        ]

    @Test("a whole answer", arguments: confirmations + refusals + later)
    func answers(row: Row) {
        let response = TransferResponse(status: row.status, headers: row.headers, body: Array(row.body.utf8))
        let outcome = AnswerClassifier().outcome(of: .success(response), now: AnswerClassifierTests.now)
        #expect(Verdict(outcome) == row.verdict)
    }

    @Test(
        "no answer: the stage decides",
        arguments: [
            TransportError.Code.timedOut, .refused, .dns, .tls, .connectionLost, .cancelled, .shutDown, .library,
        ]
    )
    func silence(code: TransportError.Code) {
        func verdict(_ stage: TransportError.Stage) -> Verdict {
            let error = TransportError(code, stage, "it failed")
            return Verdict(AnswerClassifier().outcome(of: .failure(error), now: AnswerClassifierTests.now))
        }
        #expect(verdict(.notSent) == .retryable(code.description, after: nil))
        #expect(verdict(.sent) == .uncertain(code.description))
    }

    @Test("an address that cannot be sent to is refused for good")
    func badRequest() {
        let error = TransportError(.badRequest, .notSent, "no host")
        let outcome = AnswerClassifier().outcome(of: .failure(error), now: AnswerClassifierTests.now)
        #expect(Verdict(outcome) == .refused("bad_request"))
    }

    @Test(
        "an answer that did not arrive whole: 2xx is uncertain, any other status decides",
        arguments: [
            (201, Verdict.uncertain("connection_lost")), (200, .uncertain("connection_lost")),
            (302, .refused("http_302")), (401, .unauthorized("http_401")), (404, .refused("http_404")),
            (503, .retryable("http_503", after: .seconds(5))),
        ]
    )
    func partial(status: Int, verdict: Verdict) {
        let headers = [HeaderField("retry-after", "5")]
        let partial = TransferResponse(status: status, headers: headers, body: Array(#"{"success":tr"#.utf8))
        let error = TransportError(.connectionLost, .sent, "it broke off", partial: partial)
        let outcome = AnswerClassifier().outcome(of: .failure(error), now: AnswerClassifierTests.now)
        #expect(Verdict(outcome) == verdict)
    }

    @Test("the reason carries the partner's words without numbers and credentials, the body without credentials")
    func reasons() {
        let body = #"{"error":{"message":"919800000001 with s3cret-value:\n not on WhatsApp"}}"#
        let response = TransferResponse(status: 400, body: Array(body.utf8))
        let classifier = AnswerClassifier(hiding: [Secret("s3cret-value")])
        let expected = AttemptDetail(
            status: 400,
            code: "http_400",
            reason: "the partner refused the message (400): [number] with [redacted]: not on WhatsApp",
            body: body.replacing("s3cret-value", with: "[redacted]")
        )
        #expect(classifier.outcome(of: .success(response), now: AnswerClassifierTests.now) == .refused(expected))
    }

    @Test("at most 4 KiB of a body are kept, no character cut in two, no NUL")
    func kept() {
        let long = "\0" + String(repeating: "é", count: 4_000)
        let text = PartnerAnswer(Array(long.utf8)).kept
        #expect(text == "\u{FFFD}" + String(repeating: "é", count: 2_046))
        let broken = PartnerAnswer([UInt8](repeating: 0xFF, count: 5_000)).kept
        #expect((broken?.utf8.count ?? .max) <= PartnerAnswer.keptBytes)
        #expect(PartnerAnswer([]).kept == nil)
    }
}
