// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Events
import Messages
import PartnerAPI
import Testing

@testable import PartnerClient

@Suite("Answers with one of Meta's codes: the code decides, whatever the status")
struct MetaCodeAnswerTests {
    typealias Verdict = AnswerClassifierTests.Verdict

    /// Statuses of every kind, those that contradict the code among them.
    static let statuses = [200, 201, 302, 400, 401, 403, 404, 408, 409, 422, 425, 429, 451, 500, 502, 503, 599, 999]

    static func outcome(_ status: Int, _ body: String, _ headers: [HeaderField] = []) -> Outcome {
        let response = TransferResponse(status: status, headers: headers, body: Array(body.utf8))
        return AnswerClassifier().outcome(of: .success(response), now: AnswerClassifierTests.now)
    }

    /// Meta's error as partners pass it on.
    static func meta(_ code: Int) -> String {
        #"{"message":"(#\#(code)) no","type":"OAuthException","code":\#(code),"fbtrace_id":"Az8or2"}"#
    }

    static func shapes(_ code: Int) -> [String] {
        [
            #"{"error":\#(meta(code))}"#, #"{"success":false,"error":\#(meta(code))}"#,
            #"{"success":false,"error":{"code":"PROVIDER_ERROR","message":"no","whatsappApiError":\#(meta(code))}}"#,
            #"{"success":false,"message":"(#\#(code)) no"}"#, "<html><body>(#\(code)) no</body></html>",
            #"{"error":{"message":"(#\#(code)) and then it broke of"#,
        ]
    }

    /// What each row must come to, without desks that know more.
    static func expected(_ row: MetaCode, _ code: Int) -> Verdict {
        let name = "meta_\(code)"
        return switch row.treatment {
        case .pauseAccount: .unauthorized(name)
        case .stop(.account): .held(name, for: .zero)
        case .stop, .slowAccount, .pacePair: .held(name, for: .seconds(1))
        case .fail: .refused(name)
        case .retry: .retryable(name, after: nil)
        case .tryAgain(_, let after): .retryable(name, after: after)
        case .restAccount(let span), .hold(let span), .holdRecipient(let span, _): .held(name, for: span)
        case .holdTemplate: .held(name, for: .seconds(10_800))
        }
    }

    @Test("every row, in every shape, under every status", arguments: MetaCode.table)
    func rows(row: MetaCode) {
        for code in Set([row.numbers.lowerBound, row.numbers.upperBound]) {
            for (status, body) in Self.statuses.flatMap({ status in Self.shapes(code).map { (status, $0) } }) {
                #expect(Verdict(Self.outcome(status, body)) == Self.expected(row, code), "\(status) \(body)")
            }
        }
    }

    @Test("a barred country fails its message, and never pauses the account")
    func barredCountry() {
        #expect(Verdict(Self.outcome(403, Self.shapes(130_497)[0])) == .refused("meta_130497"))
        #expect(Verdict(Self.outcome(403, #"{"message":"forbidden"}"#)) == .unauthorized("http_403"))
    }

    @Test("a yes is a yes, whatever else stands in it")
    func accepted() {
        let body = #"{"success":true,"data":{"id":"m-1"},"warnings":[{"code":131056,"message":"(#131056)"}]}"#
        #expect(Self.outcome(200, body) == .accepted(partnerID: "m-1"))
        #expect(Verdict(Self.outcome(400, body)) == .refused("http_400"), "no error names the code")
    }

    @Test(
        "an accepted message that Meta holds back is known as one",
        arguments: [
            #"{"success":true,"data":{"id":"m-1","message_status":"held_for_quality_assessment"}}"#,
            #"{"success":true,"data":{"id":"m-1","status":"HELD_FOR_QUALITY_ASSESSMENT"}}"#,
            #"{"success":true,"data":{"id":"m-1"},"messages":[{"message_status":"held_for_quality_assessment"}]}"#,
            #"{"success":true,"data":{"id":"m-1","messages":[{"message_status":"held_for_quality_assessment"}]}}"#,
        ]
    )
    func heldByMeta(body: String) {
        #expect(Self.outcome(201, body) == .accepted(partnerID: "m-1", isHeldByMeta: true))
        let plain = body.replacing("held_for_quality_assessment", with: "accepted").replacing("HELD_FOR", with: "NOT")
        #expect(Self.outcome(201, plain) == .accepted(partnerID: "m-1"))
    }

    @Test("Retry-After lengthens a wait and shortens none")
    func retryAfter() {
        func verdict(_ code: Int, _ seconds: String) -> Verdict {
            Verdict(Self.outcome(429, Self.shapes(code)[0], [HeaderField("retry-after", seconds)]))
        }
        #expect(verdict(130_429, "30") == .held("meta_130429", for: .seconds(30)))
        #expect(verdict(131_057, "30") == .held("meta_131057", for: .seconds(60)))
        #expect(verdict(131_057, "90") == .held("meta_131057", for: .seconds(90)))
        #expect(verdict(2, "30") == .retryable("meta_2", after: .seconds(30)))
        #expect(verdict(131_026, "30") == .refused("meta_131026"))
        #expect(verdict(368, "30") == .held("meta_368", for: .zero))
    }

    @Test("an answer that broke off after a code is decided by it, unless its status is a yes")
    func brokenOff() {
        func verdict(_ status: Int) -> Verdict {
            let body = Array(#"{"error":{"message":"(#131056) pair rate lim"#.utf8)
            let partial = TransferResponse(status: status, headers: [], body: body)
            let error = TransportError(.connectionLost, .sent, "it broke off", partial: partial)
            return Verdict(AnswerClassifier().outcome(of: .failure(error), now: AnswerClassifierTests.now))
        }
        #expect(verdict(400) == .held("meta_131056", for: .seconds(1)))
        #expect(verdict(201) == .uncertain("connection_lost"))
    }

    @Test("the reason says the words, the code and the status, and masks numbers and credentials")
    func reason() {
        let body = #"{"error":{"code":131026,"message":"(#131026) 919800000001 with s3cret-value"}}"#
        let response = TransferResponse(status: 400, body: Array(body.utf8))
        let classifier = AnswerClassifier(hiding: [Secret("s3cret-value")])
        let words = MetaCode.row(131_026)?.words ?? ""
        let expected = AttemptDetail(
            status: 400,
            code: "meta_131026",
            reason: "\(words) (Meta's code 131026, HTTP 400: [number] with [redacted])",
            body: body.replacing("s3cret-value", with: "[redacted]")
        )
        #expect(classifier.outcome(of: .success(response), now: AnswerClassifierTests.now) == .refused(expected))
        #expect(expected.metaCode == MetaCode.row(131_026))
    }

    @Test("a code of the partner's own leaves today's table as it is", arguments: [4, 100, 190, 200, 368, 131_999])
    func others(code: Int) {
        let body = #"{"success":false,"error":{"code":\#(code),"message":"order (#131056) of 131056"}}"#
        #expect(Verdict(Self.outcome(400, body)) == .refused("http_400"))
        #expect(Verdict(Self.outcome(403, body)) == .unauthorized("http_403"))
        #expect(Verdict(Self.outcome(500, body)) == .retryable("http_500", after: nil))
    }
}
