// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import HTTPTypes
internal import HTTPValues
package import Messages
package import Outbox
package import PartnerAPI
package import Presentation

/// What the API asks of others: the store, and the service that runs.
package struct AdminPorts: Sendable {
    /// Where everything is kept.
    package let store: any ServiceStore
    /// The accounts of the configuration, the default first.
    package let accounts: [String]
    /// What `/readyz` says.
    let health: @Sendable () async -> JSON
    /// Which rules run, and how they were last read.
    let rules: @Sendable () -> JSON
    /// A rule that runs, as its file has it; `nil` when there is none of that name.
    let rule: @Sendable (_ name: String, _ masking: Masking) -> JSON?
    /// The names of those that are not switched off.
    let enabledRules: @Sendable () -> Set<String>
    /// How the accounts fare.
    let accountStates: @Sendable () -> JSON
    /// Lets an account go on; `nil` when there is none of that name.
    let resume: @Sendable (_ account: String) -> JSON?
    /// The templates of an account as they were last known.
    let templates: @Sendable (_ account: String) -> TemplateCatalogue?
    /// The configured senders.
    let sources: @Sendable () -> [JSON]
    /// What every rule makes of an event that is kept.
    let explain: @Sendable (StoredEvent) async throws(AdminPorts.Refusal) -> Shown
    /// What every rule makes of a payload that nobody sent; throws a ``Refusal`` with why it is no event, or what the store
    /// says.
    let explainPayload: @Sendable (_ payload: Payload) async throws -> Shown
    /// A rule of an event that is kept; throws a ``Refusal`` with why none can be made, or what the store says.
    let draft: @Sendable (_ event: EventID, _ wish: DraftWish) async throws -> Shown
    /// What a rule would have done with events that are kept; throws a ``Refusal`` while another is rehearsed, or what the
    /// store says.
    let backtest: @Sendable (_ wish: BacktestWish) async throws -> Shown
    /// The ledger's name for a phone number in any spelling.
    let phone: @Sendable (_ text: String, _ country: String?) throws(AdminPorts.Refusal) -> String
    /// What the rules that run would make of events that are kept, as far as it is shown: `made` says how many messages.
    let replayPlan: @Sendable (_ scope: ReplayScope, _ masking: Masking) async throws(StoreError) -> Shown

    /// Why a port does not do what it was asked; no phone number in it.
    package struct Refusal: Error, Hashable, Sendable {
        /// One sentence.
        package let reason: String

        package init(_ reason: String) {
            self.reason = reason
        }
    }

    /// What somebody is told: as data, and as the command line prints it.
    package struct Shown: Sendable {
        let json: JSON
        let text: String

        package init(json: JSON, text: String) {
            self.json = json
            self.text = text
        }
    }

    /// A payload as a sender would post it.
    package struct Payload: Sendable {
        /// The source's name.
        package let source: String
        /// How it is read, where the configuration has no such source.
        package let preset: String?
        /// The event's type, where it is not in the body.
        package let type: String?
        /// More headers.
        package let headers: HTTPFields
        /// The body.
        package let body: [UInt8]
    }

    /// Which rule is to be rehearsed, and over which time.
    package struct BacktestWish: Sendable {
        /// The rule's name.
        package let rule: String
        /// Events that came then or later.
        package let since: Timestamp
        /// Events that came before; `nil` for all since.
        package let until: Timestamp?
        /// The most differences to list.
        package let limit: Int
    }

    /// Which rule is wanted of an event.
    package struct DraftWish: Sendable {
        /// The template's name.
        package let template: String
        /// Its language; the first that is approved if left out.
        package let language: String?
        /// The account that the rule names; the first ones if left out.
        package let account: String?
        /// The templates of the account.
        package let catalogue: TemplateCatalogue
        /// What to put into gaps, by their ids.
        package let fillings: [String: String]
    }

    package init(
        store: any ServiceStore,
        accounts: [String],
        health: @escaping @Sendable () async -> JSON,
        rules: @escaping @Sendable () -> JSON,
        rule: @escaping @Sendable (_ name: String, _ masking: Masking) -> JSON?,
        enabledRules: @escaping @Sendable () -> Set<String>,
        accountStates: @escaping @Sendable () -> JSON,
        resume: @escaping @Sendable (_ account: String) -> JSON?,
        templates: @escaping @Sendable (_ account: String) -> TemplateCatalogue?,
        sources: @escaping @Sendable () -> [JSON],
        explain: @escaping @Sendable (StoredEvent) async throws(Refusal) -> Shown,
        explainPayload: @escaping @Sendable (_ payload: Payload) async throws -> Shown,
        draft: @escaping @Sendable (_ event: EventID, _ wish: DraftWish) async throws -> Shown,
        backtest: @escaping @Sendable (_ wish: BacktestWish) async throws -> Shown,
        phone: @escaping @Sendable (_ text: String, _ country: String?) throws(Refusal) -> String,
        replayPlan: @escaping @Sendable (_ scope: ReplayScope, _ masking: Masking) async throws(StoreError) -> Shown
    ) {
        self.store = store
        self.accounts = accounts
        self.health = health
        self.rules = rules
        self.rule = rule
        self.enabledRules = enabledRules
        self.accountStates = accountStates
        self.resume = resume
        self.templates = templates
        self.sources = sources
        self.explain = explain
        self.explainPayload = explainPayload
        self.draft = draft
        self.backtest = backtest
        self.phone = phone
        self.replayPlan = replayPlan
    }
}

extension AdminPorts {
    /// Lets an account of the configuration pass.
    ///
    /// - Parameters:
    ///   - name: What the caller wrote.
    ///   - place: Where it stands.
    /// - Throws: ``APIProblem`` where there is none of the name.
    func requireAccount(_ name: String, at place: FieldMistake.Place) throws(APIProblem) {
        guard !accounts.contains(name) else { return }
        throw APIProblem(.badValue, "There is no such account.", [.init(place, "is not in the configuration")])
    }
}

/// All routes, and how one is found.
enum RouteTable {
    /// Everything that can be asked, in the order of the document.
    static func all(_ ports: AdminPorts, _ feed: LiveFeed) -> [Route] {
        let routes =
            eventRoutes(ports) + inquiryRoutes(ports) + replayRoutes(ports) + messageRoutes(ports) + jobRoutes(ports)
            + consentRoutes(ports)
            + consentLists(ports) + serviceRoutes(ports)
            + accessRoutes(ports) + [stream(feed)]
        return routes + [OpenAPIDocument.route(describing: routes)]
    }

    /// The route of a request, with what stands in its path.
    ///
    /// - Throws: ``APIProblem``: 404 where no route has the path, 405 where none has the method.
    static func find(_ line: RequestLine, in routes: [Route]) throws(APIProblem) -> (Route, [String: String]) {
        let below = line.path.dropFirst(AdminAPI.basePath.count)
        let found = RequestReading.segments(below).map { segments in
            routes.compactMap { route in route.path.match(segments).map { (route, $0) } }
        }
        guard let found, let most = found.map({ $0.0.path.weight }).max() else {
            throw APIProblem(
                .notFound,
                "The API has nothing at this path; \(AdminAPI.basePath)/openapi.json says what it has."
            )
        }
        let fitting = found.filter { $0.0.path.weight == most }
        let method: HTTPRequest.Method = line.method == .head ? .get : line.method
        if let route = fitting.first(where: { $0.0.method == method }) { return route }
        let methods = fitting.map(\.0.method.rawValue)
        let allowed = (methods.contains("GET") ? methods + ["HEAD"] : methods).joined(separator: ", ")
        throw APIProblem(.methodNotAllowed, "The method is not one of: \(allowed).", headers: [.allow: allowed])
    }

    /// A resource that is there.
    static func found<Value>(_ value: Value?, _ what: String) throws(APIProblem) -> Value {
        guard let value else {
            throw APIProblem(.notFound, "There is no \(what) of this id; those that are old are not kept.")
        }
        return value
    }
}
