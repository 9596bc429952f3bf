// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import EventIntake
import Events
import Foundation
import Logging
import PartnerAPI
import PartnerClient
import Presentation
import Rules
import ScriptedCatalogues
import TestSupport
import Testing

@testable import CommandLogic
@testable import HooklineApp
@testable import TemplateCatalogues

@Suite("Rules that wait for a template", .timeLimit(.minutes(10)))
struct WaitingRulesTests {
    private static let before = catalogue(("order_paid", "en", "APPROVED"))
    private static let after = catalogue(("order_paid", "en", "APPROVED"), ("order_shipped", "en", "PENDING"))
    private static let rules = """
        version: 1
        source: shop
        rules: [{name: ship, to: "+919845061237", send: {template: order_shipped}}]
        """

    /// A reloader whose folder names a template that the account does not have yet.
    private struct Waiting {
        let harness: CatalogueHarness
        let templates: TemplateCatalogueService
        let engine: RulesEngine
        let reloader: RulesReloader
        /// An element for each time that new rules were taken.
        let taken = EventRecorder<Void>()

        var folder: URL { harness.folder.appending(path: "rules") }

        init(_ harness: CatalogueHarness) throws {
            self.harness = harness
            templates = harness.templates()
            engine = RulesEngine(rules: .empty, accounts: ["main"])
            reloader = RulesReloader(
                path: harness.folder.appending(path: "rules").path,
                sources: ["shop"],
                engine: engine,
                firstReading: [],
                gate: TemplateGate(templates: templates, sources: ["shop"]),
                clock: harness.clock,
                metrics: NOOPMetricsHandler.instance,
                logger: Logger(label: "rules") { [log = harness.log] _ in log },
                onReload: { [templates, taken] in
                    templates.requestRefresh()
                    taken.record(())
                }
            )
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try write(WaitingRulesTests.rules)
        }

        func write(_ text: String) throws {
            try Data(text.utf8).write(to: folder.appending(path: "shop.yaml"))
        }

        /// Has the partner answer so from now on, and asks it a second later.
        func refresh(_ answer: Result<TemplateCatalogue, PartnerClientError>) async {
            harness.partner.answer(answer)
            await harness.clock.advance(by: .seconds(1))
            await templates.refresh()
        }

        var names: [String] { engine.rules.summaries.map(\.name) }
    }

    private func waiting(_ body: (Waiting) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let waiting = try Waiting(
                CatalogueHarness(folder: folder, partner: ScriptedTemplates(.success(Self.before)))
            )
            #expect(await waiting.reloader.reload().outcome == .waiting)
            #expect(waiting.names == [])
            try await body(waiting)
        }
    }

    @Test("run when the next reading of the templates finds it, and the partner is asked once more only")
    func taken() async throws {
        try await waiting { waiting in
            let harness = waiting.harness
            let watcher = RulesWatcher(
                path: waiting.folder.path,
                reloader: waiting.reloader,
                templateChanges: waiting.templates.changes,
                clock: harness.clock
            )
            try await running(waiting.templates) {
                try await running(watcher) {
                    await harness.clock.untilSleeping(to: harness.clock.now.advanced(by: .seconds(900)))
                    #expect(waiting.names == [])
                    harness.partner.answer(.success(Self.after))
                    await harness.clock.advance(by: .seconds(900))
                    await waiting.taken.until { !$0.isEmpty }
                    // At the reload, at the service's start, after 15 minutes, and because rules were taken.
                    await harness.partner.asked.until { $0.count >= 4 }
                }
            }
            #expect(waiting.names == ["ship"])
            #expect(waiting.reloader.status.outcome == .taken)
            #expect(waiting.taken.elements.count == 1)
            #expect(harness.partner.asked.elements.count == 4)
        }
    }

    @Test("go on waiting while the account's last reading failed, until the partner answers again")
    func away() async throws {
        try await waiting { waiting in
            var changes = waiting.templates.changes.makeAsyncIterator()
            await changes.next()
            // The template came, and the next reading failed before anybody looked.
            await waiting.refresh(.success(Self.after))
            await changes.next()
            await waiting.refresh(.failure(CatalogueHarness.away))
            waiting.reloader.templatesChanged()
            #expect(waiting.reloader.status.outcome == .waiting)
            #expect(waiting.names == [])
            await waiting.refresh(.success(Self.after))
            await changes.next()
            waiting.reloader.templatesChanged()
            #expect(waiting.reloader.status.outcome == .taken)
            #expect(waiting.names == ["ship"])
        }
    }

    @Test("say so in the log and in the status, once, whatever other templates come")
    func told() async throws {
        try await waiting { waiting in
            let line =
                "error: the rules wait for templates that their account does not have; "
                + "those read before go on until it has them rules=0"
            await waiting.refresh(.success(catalogue(("order_paid", "en", "APPROVED"), ("welcome", "hi", "APPROVED"))))
            waiting.reloader.templatesChanged()
            #expect(waiting.harness.lines.count { $0 == line } == 1)
            let json = waiting.reloader.status.json(waiting.engine.rules)
            #expect(json["success"] == false && json["waits_for_templates"] == true)
            let state =
                "read \(waiting.reloader.status.at.rfc3339): the files wait for templates that the account does not have, "
                + "and are taken when it has them; until then the rules from before go on"
            #expect(RunningRules(json: json).text.split(separator: "\n").first.map(String.init) == state)
            await waiting.refresh(.success(Self.after))
            waiting.reloader.templatesChanged()
            let end = "notice: the templates that the rules waited for are there; these rules run rules=1"
            #expect(waiting.harness.lines.last == end)
            #expect(waiting.reloader.status.json(waiting.engine.rules)["waits_for_templates"] == false)
        }
    }

    @Test("are forgotten when the files are read anew, with errors or without")
    func replaced() async throws {
        try await waiting { waiting in
            try waiting.write(Self.rules.replacing("order_shipped", with: "order_paid, languge: en"))
            #expect(await waiting.reloader.reload().outcome == .refused)
            await waiting.refresh(.success(Self.after))
            waiting.reloader.templatesChanged()
            #expect(waiting.reloader.status.outcome == .refused)
            #expect(waiting.names == [])
        }
    }
}
