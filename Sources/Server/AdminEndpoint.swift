// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import HTTPTypes
package import HTTPValues

/// What `/readyz` says: whether the service can do its work, and everything that is wrong or worth knowing.
package struct Readiness: Hashable, Sendable {
    /// One part of the service.
    package struct Check: Hashable, Sendable {
        /// Such as `store`, `rules`, `account main`.
        package let name: String
        /// Whether the part works.
        package let isPassing: Bool
        /// Whether the service is not ready while this part does not work.
        package let isRequired: Bool
        /// One sentence.
        package let detail: String

        package init(name: String, isPassing: Bool, isRequired: Bool, detail: String) {
            self.name = name
            self.isPassing = isPassing
            self.isRequired = isRequired
            self.detail = detail
        }
    }

    /// All parts.
    package let checks: [Check]

    package init(checks: [Check]) {
        self.checks = checks
    }

    /// Whether every required part works.
    package var isReady: Bool { checks.allSatisfy { $0.isPassing || !$0.isRequired } }

    var json: JSON {
        let checks = checks.map { check -> JSON in
            [
                "name": .string(check.name), "passing": .bool(check.isPassing),
                "required": .bool(check.isRequired), "detail": .string(check.detail),
            ]
        }
        return ["ready": .bool(isReady), "checks": .array(checks)]
    }
}

/// The inner listener: health, readiness, metrics, the rules that run.
///
/// It belongs behind the operator's own walls.
package struct AdminEndpoint: HTTPEndpoint {
    private let readiness: @Sendable () async -> Readiness
    private let metrics: @Sendable () -> String
    private let rules: @Sendable () -> JSON

    /// An endpoint over these sources.
    ///
    /// - Parameters:
    ///   - readiness: Asks every part of the service.
    ///   - metrics: Prints the metrics in Prometheus' text format.
    ///   - rules: Says which rules run, and how they were last read.
    package init(
        readiness: @escaping @Sendable () async -> Readiness,
        metrics: @escaping @Sendable () -> String,
        rules: @escaping @Sendable () -> JSON
    ) {
        self.readiness = readiness
        self.metrics = metrics
        self.rules = rules
    }

    package func open(_ line: RequestLine) -> Opening {
        .body(AsyncTaker(maxBodyBytes: 64 * 1_024, reply: { await reply(to: $0.line) }))
    }

    private func reply(to line: RequestLine) async -> Reply {
        guard line.method == .get || line.method == .head else { return ProblemDetails.plain(405) }
        switch line.path {
        case "/healthz": return .plainText("ok\n")
        case "/readyz":
            let readiness = await readiness()
            return Reply(
                status: readiness.isReady ? 200 : 503,
                headers: [.contentType: "application/json"],
                body: readiness.json.encoded(.indented)
            )
        case "/metrics":
            return Reply(
                status: 200,
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: Array(metrics().utf8)
            )
        case "/rules/status":
            return Reply(
                status: 200,
                headers: [.contentType: "application/json"],
                body: rules().encoded(.indented)
            )
        default: return ProblemDetails.plain(404)
        }
    }
}
