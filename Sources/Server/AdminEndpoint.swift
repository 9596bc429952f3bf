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

    /// The answer of `/readyz`.
    package var json: JSON {
        let checks = checks.map { check -> JSON in
            [
                "name": .string(check.name), "passing": .bool(check.isPassing),
                "required": .bool(check.isRequired), "detail": .string(check.detail),
            ]
        }
        return ["ready": .bool(isReady), "checks": .array(checks)]
    }
}

/// What the inner listener asks about accounts.
package struct AccountControl: Sendable {
    /// How every account fares.
    package let list: @Sendable () -> JSON
    /// Lets an account go on that stopped until a person says so; `nil` when there is no such account.
    package let resume: @Sendable (_ account: String) -> JSON?

    package init(list: @escaping @Sendable () -> JSON, resume: @escaping @Sendable (_ account: String) -> JSON?) {
        self.list = list
        self.resume = resume
    }
}

/// The inner listener: health, readiness, metrics, the rules that run, the accounts.
///
/// It belongs behind the operator's own walls. The one request that changes anything must say that it carries JSON, which no
/// page of another site can make a browser say without asking first.
package struct AdminEndpoint: HTTPEndpoint {
    private let readiness: @Sendable () async -> Readiness
    private let metrics: @Sendable () -> String
    private let rules: @Sendable () -> JSON
    private let accounts: AccountControl
    private let isOurs: @Sendable (String?) -> Bool

    /// An endpoint over these sources.
    ///
    /// - Parameters:
    ///   - readiness: Asks every part of the service.
    ///   - metrics: Prints the metrics in Prometheus' text format.
    ///   - rules: Says which rules run, and how they were last read.
    ///   - accounts: Says how the accounts fare, and lets them go on.
    ///   - isOurs: Whether a header `Host` names this service: accounts and rules are told, and changed, under its own names alone,
    ///     so that no page makes a browser ask under a name of its own. Health and metrics have whatever names probes use.
    package init(
        readiness: @escaping @Sendable () async -> Readiness,
        metrics: @escaping @Sendable () -> String,
        rules: @escaping @Sendable () -> JSON,
        accounts: AccountControl,
        isOurs: @escaping @Sendable (_ host: String?) -> Bool
    ) {
        self.readiness = readiness
        self.metrics = metrics
        self.rules = rules
        self.accounts = accounts
        self.isOurs = isOurs
    }

    package func open(_ line: RequestLine) -> Opening {
        .body(AsyncTaker(maxBodyBytes: 64 * 1_024, reply: { await reply(to: $0) }))
    }

    private func reply(to request: InboundRequest) async -> Reply {
        let line = request.line
        if ["/accounts", "/accounts/resume", "/rules/status"].contains(line.path), !isOurs(request.host) {
            return ProblemDetails.plain(421)
        }
        if line.method == .post, line.path == "/accounts/resume" { return resume(request) }
        guard line.method == .get || line.method == .head else { return ProblemDetails.plain(405) }
        switch line.path {
        case "/healthz": return .plainText("ok\n")
        case "/readyz":
            let readiness = await readiness()
            return json(readiness.json, status: readiness.isReady ? 200 : 503)
        case "/metrics":
            return Reply(
                status: 200,
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: Array(metrics().utf8)
            )
        case "/rules/status":
            return json(rules())
        case "/accounts":
            return json(accounts.list())
        default: return ProblemDetails.plain(404)
        }
    }

    private func resume(_ request: InboundRequest) -> Reply {
        let type = request.headers.value(of: .contentType)?.prefix { $0 != ";" }
        guard type == "application/json" else { return ProblemDetails.plain(415) }
        guard let name = (try? JSON(parsing: request.body))?["account"]?.string else {
            return ProblemDetails.plain(400)
        }
        return accounts.resume(name).map { json($0) } ?? ProblemDetails.plain(404)
    }

    private func json(_ value: JSON, status: Int = 200) -> Reply {
        Reply(status: status, headers: [.contentType: "application/json"], body: value.encoded(.indented))
    }
}
