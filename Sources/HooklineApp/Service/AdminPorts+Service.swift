// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Console
internal import EventIntake
internal import Events
internal import FairThreads
internal import HTTPValues
internal import Messages
internal import Outbox
internal import PhoneNumbers
internal import Presentation
internal import Replays
internal import Rules
internal import Server
internal import ServiceConfiguration
internal import TemplateCatalogues
internal import Webhooks

/// What the inner listener serves: the admin API and the console below their paths, health and metrics elsewhere.
struct InnerEndpoint: HTTPEndpoint {
    let admin: AdminEndpoint
    let api: AdminAPI
    let console: Console

    func open(_ line: RequestLine) -> Opening {
        if AdminAPI.takes(line) { return api.open(line) }
        return console.takes(line) ? console.open(line) : admin.open(line)
    }
}

extension InnerEndpoint {
    /// The three of them, where the console asks the API.
    init(
        _ admin: AdminEndpoint,
        _ api: AdminAPI,
        _ context: ServiceContext,
        _ partner: PartnerPart,
        _ rules: RulesPart
    ) {
        let playground = Playground(settings: context.settings, engine: rules.engine, clock: context.clock)
        self.admin = admin
        self.api = api
        console = Console(
            api,
            ports: ConsolePorts(
                templates: { [templates = partner.templates] in templates.catalogue(account: $0) },
                localTime: Self.localTime,
                rehearse: { [playground] trial throws(ConsolePorts.Refusal) in
                    try await EvaluationThreads.shared.runInTurn(of: "playground") { () throws(ConsolePorts.Refusal) in
                        try playground.rehearse(trial)
                    }
                }
            ),
            prefix: context.settings.adminBasePath,
            clock: context.clock,
            logger: context.logger
        )
    }

    /// What the clocks of a number's country show, where all of them show the same.
    @Sendable private static func localTime(_ digits: String, _ instant: Timestamp) -> ConsolePorts.LocalTime? {
        LocalTimes(ofNumber: digits).clock(at: instant).map { clock in
            let shown = clock.shown.rfc3339
            return .init(words: "\(shown.dropFirst(11).prefix(5)) on \(shown.prefix(10))", zone: clock.zone)
        }
    }
}

extension AdminPorts {
    /// What the admin API asks of the running service.
    ///
    /// - Parameters:
    ///   - context: The configuration.
    ///   - store: Where everything is kept.
    ///   - rules: The rules that run.
    ///   - partner: The templates.
    ///   - replayer: Takes events of the past through the rules.
    ///   - readiness: Asks every part of the service.
    ///   - accounts: Says how the accounts fare, and lets them go on.
    init(
        _ context: ServiceContext,
        _ store: StorePart,
        _ rules: RulesPart,
        _ partner: PartnerPart,
        _ replayer: Replayer,
        readiness: ReadinessCheck,
        accounts: AccountControl
    ) {
        let (settings, engine) = (context.settings, rules.engine)
        let inquiries = AdminInquiries(
            settings: settings,
            engine: engine,
            store: store.store,
            templates: partner.templates,
            clock: context.clock
        )
        self.init(
            store: store.store,
            accounts: context.accounts,
            health: { await readiness.run().json },
            rules: { [reloader = rules.reloader] in reloader.status.json(engine.rules) },
            rule: { [reloader = rules.reloader] in reloader.status.json(ofRule: $0, in: engine.rules, $1) },
            enabledRules: { engine.rules.enabledNames },
            accountStates: accounts.list,
            resume: accounts.resume,
            templates: { [templates = partner.templates] in templates.catalogue(account: $0) },
            sources: { settings.sources.map { $0.adminJSON(settings.secretsWritten[$0.name] ?? [:]) } },
            explain: { event throws(AdminPorts.Refusal) in try await inquiries.explain(event) },
            explainPayload: { try await inquiries.explain($0) },
            draft: { event, wish in try await inquiries.draft(event, wish) },
            backtest: { wish in try await inquiries.backtest(wish) },
            phone: { text, country throws(AdminPorts.Refusal) in try Self.subject(text, country) },
            replayPlan: { [clock = context.clock] scope, masking throws(StoreError) in
                let names = engine.rules.names
                let plan = try await replayer.plan(scope, rules: names, at: clock.now)
                return Shown(json: plan.json(masking.request, reason: masking.reason), text: plan.text)
            }
        )
    }

    /// The ledger's name for a number.
    private static func subject(_ text: String, _ country: String?) throws(Refusal) -> String {
        do throws(PhoneNumberError) {
            return try ConsentSubject.phone(text, country: country)
        } catch {
            throw Refusal("\(error)")
        }
    }
}

extension Source {
    /// The sender as the admin API shows it: no secret, but what its secrets are called, and when their files were written.
    fileprivate func adminJSON(_ written: [String: Timestamp]) -> JSON {
        [
            "name": .string(name), "preset": .string(preset.name), "path": .string(path),
            "secrets": .array(secretLabels.map(JSON.string)),
            "secrets_written_at": .array(secretLabels.map { written[$0].map { .string($0.rfc3339) } ?? .null }),
            "country": country.map(JSON.string) ?? .null,
            "rate": rate.map { .string("\($0)") } ?? .null,
            "warnings": .array(warnings.map { .string($0.message) }), "steps": .array(preset.steps.map(JSON.string)),
        ]
    }
}
