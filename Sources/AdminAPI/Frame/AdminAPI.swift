// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import HTTPTypes
package import HTTPValues
package import Logging
internal import Outbox

/// The admin API: what the command line can do about a running service, over HTTP, for those who have a token.
///
/// What it can do stands in its ``routes``; this is what every request goes through: host, token, rate, route, scope,
/// parameters, body, and for changes the key. Whoever is refused on the way has changed nothing.
package struct AdminAPI: HTTPEndpoint {
    /// Every path that begins so is the API's.
    package static let basePath = "/api/v1"
    /// The most bytes of a request's body.
    static let maxBodyBytes = 256 * 1_024

    /// All that can be asked.
    package let routes: [Route]
    let doorkeeper: Doorkeeper
    private let changes: ChangeDesk
    private let clock: any WallClock
    private let logger: Logger

    /// An API over these parts.
    ///
    /// - Parameters:
    ///   - ports: The store, and what it asks of the running service.
    ///   - hosts: The names of the service.
    ///   - rate: How often a token may ask.
    ///   - clock: What time it is.
    ///   - logger: Receives a line for each change and each failure.
    package init(
        _ ports: AdminPorts,
        hosts: HostNames,
        rate: Rate,
        clock: any WallClock,
        logger: Logger
    ) {
        routes = RouteTable.all(ports, LiveFeed(ports.store, clock: clock))
        doorkeeper = Doorkeeper(ports.store, hosts: hosts, rate: rate, clock: clock)
        changes = ChangeDesk(ports.store)
        self.clock = clock
        self.logger = logger
    }

    /// Whether a request is the API's.
    ///
    /// - Parameter line: Its first line.
    /// - Returns: Whether its path begins with the base path.
    package static func takes(_ line: RequestLine) -> Bool {
        line.path == basePath || line.path.hasPrefix(basePath + "/")
    }

    package func open(_ line: RequestLine) -> Opening {
        .body(
            AsyncTaker(maxBodyBytes: Self.maxBodyBytes) {
                let (id, detail) = (requestID(), "The body has more than \(Self.maxBodyBytes) bytes.")
                return finished(APIProblem(.tooLarge, detail).reply(id), id)
            } reply: {
                await reply(to: $0)
            }
        )
    }

    func requestID() -> String { SortableID.make("req_", at: clock.now) }

    private func reply(to request: InboundRequest) async -> Reply {
        let id = requestID()
        var headers: HTTPFields = [:]
        do {
            let (token, rateHeaders) = try await doorkeeper.admit(request)
            headers = rateHeaders
            let reply = try await answer(request, token, id)
            return finished(reply, id, headers)
        } catch {
            let problem = APIProblem(of: error)
            log(problem, of: error, request: id)
            return finished(problem.reply(id), id, problem.headers[.rateLimitLimit] == nil ? headers : [:])
        }
    }

    /// Tells whoever reads the log why, also what the caller does not hear; no phone number.
    func log(_ problem: APIProblem, of error: any Error, request id: String) {
        let reason = (error as? StoreError)?.reason ?? (error is APIProblem ? problem.detail : "\(error)")
        logger.log(
            level: problem.kind == .unavailable ? .warning : .debug,
            "the admin API refused a request",
            metadata: [
                "request": "\(id)", "problem": "\(problem.kind.rawValue)", "status": "\(problem.kind.status)",
                "reason": "\(NumberHiding.hide(in: reason))",
            ]
        )
    }

    /// What stands in every answer.
    private func finished(_ reply: Reply, _ id: String, _ more: HTTPFields = [:]) -> Reply {
        let fixed: HTTPFields = [.cacheControl: "no-store", .xContentTypeOptions: "nosniff", .requestID: id]
        let headers = reply.headers + fixed + more
        return Reply(status: reply.status, headers: headers, body: reply.body, stream: reply.stream)
    }

    // MARK: From the route to the answer

    func answer(_ request: InboundRequest, _ token: AccessToken, _ id: String) async throws -> Reply {
        let (route, path) = try RouteTable.find(request.line, in: routes)
        guard token.scope >= route.scope else {
            throw APIProblem(
                .forbidden,
                "The token '\(token.name)' has the scope \(token.scope.rawValue); \(route.scope.rawValue) is needed."
            )
        }
        guard token.seesPersonalData || !route.showsPersonalData else {
            throw APIProblem(.hidden, "The token '\(token.name)' was made without pii.")
        }
        var call = Call(
            token: token,
            now: clock.now,
            path: path,
            query: try RequestReading.query(of: request, route),
            body: try RequestReading.body(of: request, route)
        )
        call.ifMatch = try condition(of: request, route)
        call.lastEventID = request.headers[.lastEventID]
        call.mayGoOn = { [doorkeeper] in await doorkeeper.stillAdmits(token) }
        switch route.work {
        case .look(let work): return conditional(try await work(call), request)
        case .follow(let work):
            let (type, stream) = (route.answer.streamType, try work(call))
            if type == "text/event-stream" { return .events(stream) }
            return Reply(status: 200, headers: [.contentType: type], stream: stream)
        case .change(let work):
            let reply = try await changes.carryOut(call, request, work)
            logger.info(
                "the admin API changed something",
                metadata: [
                    "request": "\(id)", "token": "\(token.name)", "path": "\(route.path)", "status": "\(reply.status)",
                ]
            )
            return reply
        }
    }

    /// What stands in `If-Match`: where nothing looks at it, the caller would believe that something did.
    private func condition(of request: InboundRequest, _ route: Route) throws(APIProblem) -> String? {
        guard let condition = request.headers[.ifMatch] else { return nil }
        guard route.takesCondition else {
            let mistake = FieldMistake(.header("If-Match"), "only decisions about one message take it")
            throw APIProblem(.badRequest, "If-Match means nothing here.", [mistake])
        }
        return condition
    }

    /// The answer, or 304 where the caller has it already.
    private func conditional(_ answer: Answer, _ request: InboundRequest) -> Reply {
        if request.wantsText, let text = answer.text { return .printed(text(), status: answer.status) }
        if request.wantsBoth, let text = answer.text, let json = try? JSON(parsing: answer.body) {
            return .both(json, text(), status: answer.status)
        }
        guard let tag = answer.tag else {
            return Reply(status: answer.status, headers: [.contentType: answer.type], body: answer.body)
        }
        if let known = request.headers[.ifNoneMatch],
            RequestReading.tags(known).contains(where: { $0 == tag || $0 == "*" })
        {
            return Reply(status: 304, headers: [.eTag: tag])
        }
        return Reply(status: answer.status, headers: [.contentType: answer.type, .eTag: tag], body: answer.body)
    }
}
