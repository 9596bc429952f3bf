// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Delivery
internal import EventIntake
internal import Events
internal import Messages
internal import Outbox
internal import Presentation
internal import PrometheusMetrics
internal import Rules
internal import Server
internal import ServiceConfiguration
internal import ServiceLifecycle
internal import TemplateCatalogues

/// The inner listener: health, metrics, the rules that run, the admin API, and the console over it.
struct AdminPart: Sendable {
    let admin: HTTPListener

    init(
        _ context: ServiceContext,
        _ store: StorePart,
        _ partner: PartnerPart,
        _ rules: RulesPart,
        _ delivery: DeliveryPart,
        _ tls: TLSPart
    ) {
        let readiness = ReadinessCheck(context, store, rules, delivery, tls)
        let accounts = Self.accounts(of: delivery.dispatcher)
        let hosts = HostNames(context.settings.adminHosts, listen: context.settings.adminListen)
        let health = AdminEndpoint(
            readiness: { await readiness.run() },
            metrics: { [report = rules.report, registry = context.registry] in
                report.measure()
                return registry.text()
            },
            rules: { [reloader = rules.reloader, engine = rules.engine] in reloader.status.json(engine.rules) },
            accounts: accounts,
            isOurs: { hosts.include($0) }
        )
        let api = AdminAPI(
            AdminPorts(context, store, rules, partner, delivery.replayer, readiness: readiness, accounts: accounts),
            hosts: hosts,
            rate: context.settings.adminRate,
            clock: context.clock,
            logger: context.logger
        )
        let endpoint = InnerEndpoint(health, api, context, partner, rules)
        admin = context.listener("admin", context.settings.adminListen, endpoint, tls: tls)
    }

    var services: [any Service] { [admin] }

    private static func accounts(of dispatcher: Dispatcher) -> AccountControl {
        AccountControl(
            list: { dispatcher.status.accountsJSON },
            resume: { account in
                dispatcher.resume(account).map { ["account": .string(account), "resumed": .array($0.map(\.json))] }
            }
        )
    }
}

/// Asks every part of the service how it fares.
struct ReadinessCheck: Sendable {
    let store: any Housekeeping
    let standing: StandingReporter
    let reloader: RulesReloader
    let dispatcher: Dispatcher
    let templates: TemplateReport
    let reckoned: ReckonedTime
    let clock: any WallClock
    let departure: Departure.Stage
    let tls: TLSPart

    init(
        _ context: ServiceContext,
        _ store: StorePart,
        _ rules: RulesPart,
        _ delivery: DeliveryPart,
        _ tls: TLSPart
    ) {
        self.tls = tls
        self.store = store.store
        standing = store.standing
        reloader = rules.reloader
        dispatcher = delivery.dispatcher
        templates = rules.report
        reckoned = context.reckoned
        clock = context.clock
        departure = context.departure
    }

    func run() async -> Readiness {
        let delivery = dispatcher.status
        let accounts = delivery.accounts.sorted { $0.key < $1.key }.map { check($0.key, $0.value) }
        let service =
            [await storeCheck(), deliveryCheck(delivery), rulesCheck()] + tls.checks(at: clock.now) + clockCheck()
            + departureCheck()
            + (await standingChecks())
        return Readiness(checks: service + accounts + templates.checks())
    }

    private func storeCheck() async -> Readiness.Check {
        do throws(StoreError) {
            try await store.check()
            return .init(name: "store", isPassing: true, isRequired: true, detail: "takes writes")
        } catch {
            return .init(name: "store", isPassing: false, isRequired: true, detail: error.reason)
        }
    }

    /// What there is to be said of a store that nodes share, which another node would say, too.
    private func standingChecks() async -> [Readiness.Check] {
        (await standing.standing()?.findings ?? []).map { finding in
            .init(
                name: "store \(finding.part)",
                isPassing: finding.isFine,
                isRequired: false,
                detail: finding.sentence
            )
        }
    }

    private func deliveryCheck(_ status: DeliveryStatus) -> Readiness.Check {
        let detail = status.storeFailure?.reason ?? (status.isRunning ? "runs" : "does not run")
        return .init(
            name: "delivery",
            isPassing: status.isRunning && status.storeFailure == nil,
            isRequired: true,
            detail: detail
        )
    }

    /// Old rules that go on are no reason to send events elsewhere, but somebody should look.
    private func rulesCheck() -> Readiness.Check {
        let status = reloader.status
        let before = status.ruleCount.counted("rule from before runs", "rules from before run")
        let detail =
            switch status.outcome {
            case .taken: status.ruleCount.counted("rule runs", "rules run")
            case .waiting: "the files wait for templates since \(status.at.rfc3339); until they are there the \(before)"
            case .refused: "the files have errors since \(status.at.rfc3339); the \(before)"
            }
        return .init(name: "rules", isPassing: status.isSuccess, isRequired: false, detail: detail)
    }

    /// Who is about to stop still serves, and wants no more.
    private func departureCheck() -> [Readiness.Check] {
        guard departure.isDeparting else { return [] }
        let detail = "it stops; send requests elsewhere"
        return [.init(name: "shutdown", isPassing: false, isRequired: true, detail: detail)]
    }

    /// A clock that nobody confirms is no reason to send events elsewhere either.
    private func clockCheck() -> [Readiness.Check] {
        guard let doubt = reckoned.doubt else { return [] }
        let lead = DurationText.write(doubt)
        let detail =
            "it is \(lead) ahead of the store's last time, and the partner's clock does not agree yet: nothing is deleted early"
        return [.init(name: "clock", isPassing: false, isRequired: false, detail: detail)]
    }

    private func check(_ name: String, _ account: DeliveryStatus.Account) -> Readiness.Check {
        let wait = account.wait.flatMap { $0.until > clock.now.advanced(by: Self.shortWait) ? $0 : nil }
        let until = wait.map { "until \($0.until.rfc3339)" }
        let detail =
            if let trouble = Self.trouble(account) {
                "\(trouble); its messages wait" + (until.map { ", \($0) at least" } ?? "")
            } else if let wait, let until {
                "its messages wait \(until): \(Self.words(wait.cause))"
            } else {
                "sends"
            }
        let isPassing = Self.trouble(account) == nil
        return .init(name: "account \(name)", isPassing: isPassing, isRequired: false, detail: detail)
    }

    /// Paces make an account wait for moments all the time; those are not worth a word.
    private static let shortWait: Duration = .seconds(1)

    private static func words(_ cause: DeliveryStatus.Wait.Cause) -> String {
        switch cause {
        case .rate: "its rate is used up"
        case .slowed: "the partner throttles it, and it goes slower"
        case .retryAfter: "the partner asked for peace"
        case .pause: "its credentials are refused"
        case .circuit: "the partner fails"
        }
    }

    private static func trouble(_ account: DeliveryStatus.Account) -> String? {
        if let stop = account.stops.first {
            return "\(stop.subject) stopped at \(stop.since.rfc3339) until a person resumes it: \(stop.reason)"
        }
        if let since = account.pausedSince {
            return "paused since \(since.rfc3339): \(account.pauseReason ?? "its credentials were refused")"
        }
        guard let since = account.failingSince else { return nil }
        return "the partner fails since \(since.rfc3339): \(account.failure ?? "it gave no answer")"
    }
}

extension DeliveryStatus {
    /// How the accounts fare, for `/accounts`.
    fileprivate var accountsJSON: JSON {
        let list = accounts.sorted { $0.key < $1.key }.map { name, account -> JSON in
            let slow = account.slowedTo?.inSeconds
            return [
                "name": .string(name), "in_flight": .number(JSONNumber(account.inFlight)),
                "paused_since": account.pausedSince.map { .string($0.rfc3339) } ?? .null,
                "failing_since": account.failingSince.map { .string($0.rfc3339) } ?? .null,
                "uncertain_held_since": account.uncertainHeldSince.map { .string($0.rfc3339) } ?? .null,
                "stopped": .array(account.stops.map(\.json)), "held": .array(account.held.map(\.json)),
                "seconds_between_messages": slow.flatMap { JSONNumber("\($0)") }.map { .number($0) } ?? .null,
                "waits_until": account.wait.map { .string($0.until.rfc3339) } ?? .null,
            ]
        }
        let budgets = portfolios.sorted { $0.key < $1.key }.map { name, portfolio -> JSON in
            [
                "name": .string(name), "recipients": .number(JSONNumber(portfolio.used)),
                "limit": .number(JSONNumber(portfolio.limit)),
            ]
        }
        return ["accounts": .array(list), "portfolios": .array(budgets)]
    }
}

extension DeliveryStatus.Held {
    fileprivate var json: JSON {
        [
            "what": .string(what), "count": .number(JSONNumber(count)), "until": .string(until.rfc3339),
            "reason": .string(reason),
        ]
    }
}

extension DeliveryStatus.Stop {
    fileprivate var json: JSON {
        ["part": .string(name), "since": .string(since.rfc3339), "reason": .string(reason)]
    }
}
