// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import EventIntake
package import Events
package import FairThreads
internal import HTTPTypes
package import HTTPValues
package import Logging
import Messages
package import Outbox
package import PartnerAPI
package import Traces
internal import Webhooks

/// The partner API, durable: same requests, same answers, and the outbox behind them.
///
/// A caller changes its base URL and its key. A message that got its 201 is on disk, is sent with the account's pace,
/// and is tried again until the partner has it. What the partner would refuse is refused at once, by the same rules.
package struct PublicAPI: HTTPEndpoint {
    /// Every path that begins so is the API's.
    package static let prefix = "/api/"
    /// The name under which its requests are listed and counted.
    package static let source = "api"

    static let maxBodyBytes = 256 * 1_024
    private static let sendPath = PartnerPath.base + PartnerPath.send
    private static let templatesPath = PartnerPath.base + PartnerPath.templates

    let store: any ServiceStore
    let templates: @Sendable (_ account: String) -> TemplateCatalogue?
    let threads: EvaluationThreads
    let clock: any WallClock
    let metrics: SourceMetrics
    let tracer: Tracer
    private let accounts: [String]
    private let refusals: RefusalLog
    private let logger: Logger

    /// An API over these parts.
    ///
    /// - Parameters:
    ///   - store: Where keys, events and messages are.
    ///   - accounts: The accounts of the configuration, the default first; at least one.
    ///   - templates: The templates of an account as they were last known; `nil` before they were: then a template's
    ///     name and variables are taken on trust.
    ///   - threads: Where bodies are read and held against templates.
    ///   - clock: What time it is.
    ///   - metrics: What is counted.
    ///   - tracer: Decides what is traced.
    ///   - logger: Receives a line for each refusal.
    package init(
        store: any ServiceStore,
        accounts: [String],
        templates: @escaping @Sendable (_ account: String) -> TemplateCatalogue?,
        threads: EvaluationThreads = .shared,
        clock: any WallClock,
        metrics: IntakeMetrics,
        tracer: Tracer = .off,
        logger: Logger
    ) {
        self.store = store
        self.tracer = tracer
        self.accounts = accounts
        self.templates = templates
        self.threads = threads
        self.clock = clock
        self.metrics = metrics.source(Self.source)
        self.logger = logger
        refusals = RefusalLog(logger: logger) { store.recordRejection($0) }
    }

    /// Refuses an unknown path before any of the body is read.
    ///
    /// - Parameter line: The request's first line.
    /// - Returns: Who takes the request, for the API's own paths.
    package func open(_ line: RequestLine) -> Opening {
        guard line.path == Self.sendPath || line.path == Self.templatesPath else { return .answer(refuse(.notFound)) }
        return .body(
            AsyncTaker(maxBodyBytes: Self.maxBodyBytes) {
                refuse(.tooLarge)
            } reply: {
                await reply(to: $0)
            }
        )
    }

    package func wasRefused(_ refusal: HTTPRefusal, target: String?) {
        refuse(status: refusal.status, code: refusal.code.rawValue, reason: refusal.reason)
    }

    private func reply(to request: InboundRequest) async -> Reply {
        let started = clock.steadyNow
        let reply: Reply
        do {
            reply = try await answer(to: request)
        } catch let refusal as APIRefusal {
            reply = refuse(refusal)
        } catch {
            reply = unavailable((error as? StoreError) ?? StoreError(.failed, "\(type(of: error))"))
        }
        metrics.took(started.duration(to: clock.steadyNow))
        return reply
    }

    private func answer(to request: InboundRequest) async throws -> Reply {
        switch request.line.path {
        case Self.sendPath:
            try require(.post, request)
            let key = try await PartnerCredentials(request.headers).authorize(store)
            return try await send(request, key: key, account: account(of: key))
        case Self.templatesPath:
            try require(.get, request)
            let key = try await PartnerCredentials(request.headers).authorize(store)
            return try approvedTemplates(of: account(of: key))
        default:
            throw APIRefusal.notFound
        }
    }

    private func require(_ method: HTTPRequest.Method, _ request: InboundRequest) throws(APIRefusal) {
        guard request.method != method else { return }
        throw .methodNotAllowed(request.method.rawValue, allowed: method.rawValue)
    }

    /// The account that a key's messages use.
    private func account(of key: APIKey) throws(APIRefusal) -> String {
        let name = key.account ?? accounts.first ?? ""
        if accounts.contains(name) { return name }
        let reason = "the account '\(name)' of the API key '\(key.label)' is not in the configuration"
        let error = PartnerError(403, "NO_ACCOUNT", "The account of this API key is not set up any more.")
        throw APIRefusal(error, reason: reason)
    }

    /// Only approved templates are listed, as the API's page says.
    private func approvedTemplates(of account: String) throws(APIRefusal) -> Reply {
        guard let catalogue = templates(account) else {
            throw .unavailable(
                "The templates are not known yet.",
                reason: "the partner has not told the templates of the account '\(account)' yet",
                code: "TEMPLATES_UNKNOWN"
            )
        }
        return APIAnswer.json(200, catalogue.approved.json().encoded())
    }

    // MARK: Refusing

    private func refuse(_ refusal: APIRefusal) -> Reply {
        refuse(status: refusal.error.status, code: refusal.error.code.lowercased(), reason: refusal.reason)
        return refusal.reply
    }

    private func refuse(status: Int, code: String, reason: String) {
        metrics.count(code)
        let rejection = Rejection(at: clock.now, source: Self.source, status: status, code: code, reason: reason)
        refusals.record(rejection)
    }

    private func unavailable(_ error: StoreError) -> Reply {
        metrics.count("unavailable")
        logger.error(
            "a message could not be stored; its sender was asked to come again",
            metadata: ["source": "\(Self.source)", "code": "\(error.code)", "reason": "\(error.reason)"]
        )
        return APIRefusal.unavailable("The message could not be stored; try again.", reason: error.reason).reply
    }
}
