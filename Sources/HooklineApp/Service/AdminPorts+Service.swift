// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Enrichment
internal import EventIntake
internal import Events
internal import HTTPValues
internal import Messages
internal import Outbox
internal import PhoneNumbers
internal import Presentation
internal import Rules
internal import Server
internal import ServiceConfiguration
internal import TemplateCatalogues
internal import Webhooks

/// What the inner listener serves: the admin API below its base path, health and metrics elsewhere.
struct InnerEndpoint: HTTPEndpoint {
    let admin: AdminEndpoint
    let api: AdminAPI

    func open(_ line: RequestLine) -> Opening {
        AdminAPI.takes(line) ? api.open(line) : admin.open(line)
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
    ///   - readiness: Asks every part of the service.
    ///   - accounts: Says how the accounts fare, and lets them go on.
    init(
        _ context: ServiceContext,
        _ store: StorePart,
        _ rules: RulesPart,
        _ partner: PartnerPart,
        readiness: ReadinessCheck,
        accounts: AccountControl
    ) {
        let (sources, engine) = (context.settings.sources, rules.engine)
        self.init(
            store: store.store,
            accounts: context.accounts,
            health: { await readiness.run().json },
            rules: { [reloader = rules.reloader] in reloader.status.json(engine.rules) },
            accountStates: accounts.list,
            resume: accounts.resume,
            templates: { [templates = partner.templates] in templates.catalogue(account: $0) },
            sources: { sources.map(\.adminJSON) },
            explain: { event throws(AdminPorts.Refusal) in try Self.explain(event, sources, engine) },
            phone: { text, country throws(AdminPorts.Refusal) in
                do throws(PhoneNumberError) {
                    let number = try PhoneNumber(text, country: country, allowing: Set(NumberKind.allCases))
                    return ConsentEntry.subject("phone:\(number.digits)")
                } catch {
                    throw Refusal("\(error)")
                }
            }
        )
    }

    /// What the rules that run make of an event that is kept, as its source reads it now; what was looked up for it then is
    /// put in again.
    private static func explain(
        _ stored: StoredEvent,
        _ sources: [Source],
        _ engine: RulesEngine
    ) throws(Refusal) -> JSON {
        let record = stored.event
        guard let source = sources.first(where: { $0.name == record.source }) else {
            throw Refusal("the configuration has no source '\(record.source)'")
        }
        let events = source.reread(headers: record.headers, body: record.rawBody, at: record.receivedAt) ?? []
        let same = events.first { event in
            event.type == record.type && event.senderID == record.senderID && event.time == record.time
        }
        // The type may have stood in the address, which is not kept.
        guard let found = same ?? (events.count == 1 ? events.first : nil) else {
            throw Refusal("its source cannot read its body now")
        }
        var event = Event(record, payload: found.payload)
        if let result = stored.lookUp?.result, let enriched = try? JSON(parsing: result) {
            event = (try? event.adding(enriched: enriched)) ?? event
        }
        let explanation = engine.explain(
            event,
            country: source.country,
            conventions: source.preset.conventions,
            allowedNumbers: source.allowedNumbers
        )
        return ExplainReport(explanation: explanation, catalogue: nil).json
    }
}

extension Source {
    /// The sender as the admin API shows it: no secret, but what its secrets are called.
    fileprivate var adminJSON: JSON {
        [
            "name": .string(name), "preset": .string(preset.name), "path": .string(path),
            "secrets": .array(secretLabels.map(JSON.string)), "country": country.map(JSON.string) ?? .null,
            "rate": rate.map { .string("\($0)") } ?? .null,
            "warnings": .array(warnings.map { .string($0.message) }),
        ]
    }
}
