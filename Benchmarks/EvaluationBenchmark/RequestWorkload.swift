// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import EventIntake
import Events
import HTTPTypes
import HTTPValues
import Logging
import Messages
import NIOConcurrencyHelpers
import Outbox
import PrometheusMetrics
import Rules
import Webhooks

/// Requests to an intake in memory: what the thread that reads sockets does for each of them, but for the sockets.
struct RequestWorkload {
    private let intake: Intake
    private let store = ForgetfulStore()
    /// Posted as its sender would.
    let signed: InboundRequest

    init(_ rules: RuleSet, type: String = "order.paid") throws {
        var settings = SourceSettings(name: "shop", secrets: [.init("a secret of the benchmark")])
        settings.eventType = "header.X-Event-Type"
        settings.eventID = "header.X-Event-Id"
        settings.dedupe = ["header.X-Event-Id"]
        settings.country = "IN"
        let source = try Source(settings)
        intake = Intake(
            sources: [source],
            rules: RulesEngine(rules: rules, accounts: ["main"]),
            store: store,
            certificates: CertificateCache(NoCertificates()),
            clock: SystemClock(),
            metrics: IntakeMetrics(factory: PrometheusRegistry()),
            logger: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() }
        )
        let body = EvaluationWorkload.order()
        var headers: HTTPFields = [
            .userAgent: "shop/2.4 (+https://shop.example)", .accept: "*/*", .contentLength: String(body.count),
        ]
        let id = "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043"
        headers.append(contentsOf: source.sign(body, type: type, id: id, now: EvaluationWorkload.now).headers)
        signed = InboundRequest(method: .post, target: source.path, headers: headers, body: body)
    }

    /// The request as somebody would post it who does not know the secret.
    var forged: InboundRequest {
        get throws {
            var headers = signed.headers
            headers[try Self.name("X-Signature")] = String(repeating: "0", count: 64)
            return InboundRequest(line: signed.line, headers: headers, body: signed.body)
        }
    }

    /// The request to a path that no source has.
    var lost: InboundRequest {
        InboundRequest(method: .post, target: "/hooks/nobody", headers: signed.headers, body: signed.body)
    }

    /// Posts a request.
    ///
    /// - Returns: The answer's status.
    func post(_ request: InboundRequest) -> Int {
        let status = NIOLockedValueBox(0)
        switch intake.open(request.line) {
        case .answer(let reply): return reply.status
        case .body(let taker): taker.take(request) { reply in status.withLockedValue { $0 = reply.status } }
        }
        return status.withLockedValue { $0 }
    }

    private static func name(_ text: String) throws -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { throw BenchmarkMistake(text: "\(text) is no name") }
        return name
    }
}

/// Says that everything is stored, and forgets it.
private struct ForgetfulStore: SubmissionStore {
    func accept(
        _ submissions: [Submission],
        completion: @escaping @Sendable (Result<[Receipt], StoreError>) -> Void
    ) {
        let receipts = submissions.map { submission in
            Receipt(
                event: submission.event.id,
                isDuplicate: false,
                messages: submission.messages.map { Receipt.Entry(id: $0.id, rule: $0.rule, state: .queued) }
            )
        }
        completion(.success(receipts))
    }

    func recordRejection(_ rejection: Outbox.Rejection) {}
}

private struct NoCertificates: CertificateSource {
    struct Unavailable: Error {}

    func pem(at url: CertificateURL) async throws -> String { throw Unavailable() }
}
