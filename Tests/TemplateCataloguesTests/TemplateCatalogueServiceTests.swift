// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import Logging
import PartnerAPI
import PartnerClient
import Rules
import ScriptedCatalogues
import ServiceLifecycle
import TestSupport
import Testing

@testable import TemplateCatalogues

@Suite("The service of templates", .timeLimit(.minutes(10)))
struct TemplateCatalogueServiceTests {
    private static let first = catalogue(("order_paid", "en", "APPROVED"), ("refund", "en", "PENDING"))

    private func with(
        _ answer: Result<TemplateCatalogue, PartnerClientError> = .success(first),
        _ body: (CatalogueHarness) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            try await body(CatalogueHarness(folder: folder, partner: ScriptedTemplates(answer)))
        }
    }

    private func context(_ templates: TemplateCatalogueService) -> EvaluationContext {
        var context = EvaluationContext(now: TestClock().now)
        templates.fill(&context)
        return context
    }

    @Test("knows nothing before the first reading, and has templates taken on trust")
    func trust() async throws {
        try await with { harness in
            let context = context(harness.templates())
            #expect(context.catalogues.isEmpty)
            #expect(context.defaultCatalogue == nil)
            #expect(context.accountsOnTrust == ["main"])
        }
    }

    @Test("reads the templates of every account")
    func reads() async throws {
        try await with { harness in
            let templates = harness.templates(accounts: ["main", "other"])
            await templates.refresh()
            #expect(harness.partner.asked.elements.sorted() == ["main", "other"])
            let context = context(templates)
            #expect(context.catalogues == ["main": Self.first, "other": Self.first])
            #expect(context.defaultCatalogue == Self.first)
            #expect(context.accountsOnTrust.isEmpty)
        }
    }

    @Test("reads at the start, every 15 minutes, and soon when somebody asks")
    func rhythm() async throws {
        try await with { harness in
            let templates = harness.templates()
            try await running(templates) {
                await harness.partner.asked.until { $0.count >= 1 }
                let next = harness.clock.now.advanced(by: .seconds(900))
                await harness.clock.untilSleeping(to: next)
                await harness.clock.advance(by: .seconds(899))
                #expect(harness.partner.asked.elements.count == 1)
                await harness.clock.advance(by: .seconds(1))
                await harness.partner.asked.until { $0.count >= 2 }
                await harness.clock.untilSleeping(to: next.advanced(by: .seconds(900)))
                templates.requestRefresh()
                await harness.partner.asked.until { $0.count >= 3 }
            }
        }
    }

    @Test("asks again after a minute when the partner was away")
    func retries() async throws {
        try await with(.failure(CatalogueHarness.away)) { harness in
            let templates = harness.templates()
            try await running(templates) {
                await harness.clock.untilSleeping(to: harness.clock.now.advanced(by: .seconds(60)))
                harness.partner.answer(.success(Self.first))
                await harness.clock.advance(by: .seconds(60))
                await harness.clock.untilSleeping(to: harness.clock.now.advanced(by: .seconds(900)))
                #expect(templates.catalogue(account: "main") == Self.first)
            }
        }
    }

    @Test("asks for messages that do not fit, at most once a minute")
    func messagesThatDoNotFit() async throws {
        try await with { harness in
            let templates = harness.templates()
            try await running(templates) {
                await harness.clock.untilSleeping()
                templates.messageDidNotFit()
                await harness.clock.advance(by: .seconds(60))
                #expect(harness.partner.asked.elements.count == 1)
                templates.messageDidNotFit()
                await harness.partner.asked.until { $0.count >= 2 }
            }
        }
    }

    @Test("keeps the last good copy while the partner is away, and says since when")
    func keepsCopy() async throws {
        try await with { harness in
            let templates = harness.templates()
            await templates.refresh()
            let readAt = harness.clock.now
            harness.partner.answer(.failure(CatalogueHarness.away))
            await harness.clock.advance(by: .seconds(900))
            let since = harness.clock.now
            await templates.refresh()
            await harness.clock.advance(by: .seconds(60))
            await templates.refresh()
            let knowledge = try #require(templates.knownTemplates["main"])
            #expect(knowledge.copy == TemplateCopy(catalogue: Self.first, readAt: readAt))
            #expect(knowledge.failure == .init(since: since, reason: "connection refused"))
            #expect(harness.lines.count { $0.hasPrefix("warning") } == 1, "the same failure is logged once")
        }
    }

    @Test("knows after a restart what it knew before, with its age")
    func restart() async throws {
        try await with { harness in
            await harness.templates().refresh()
            let readAt = harness.clock.now
            harness.partner.answer(.failure(CatalogueHarness.away))
            await harness.clock.advance(by: .seconds(3_600))
            let restarted = harness.templates()
            await restarted.refresh()
            #expect(restarted.knownTemplates["main"]?.copy == TemplateCopy(catalogue: Self.first, readAt: readAt))
            #expect(restarted.knownTemplates["main"]?.failure != nil)
        }
    }

    @Test("takes no copy from another address for its own")
    func otherAddress() async throws {
        try await with { harness in
            await harness.templates().refresh()
            #expect(harness.templates(baseURL: "https://elsewhere.example/api").catalogue(account: "main") == nil)
        }
    }

    @Test("logs what was added, what is gone and whose status changed, and nothing of what stayed")
    func logsChanges() async throws {
        try await with { harness in
            let templates = harness.templates()
            await templates.refresh()
            harness.partner.answer(
                .success(catalogue(("order_paid", "en", "PAUSED"), ("new", "hi", "APPROVED")))
            )
            await harness.clock.advance(by: .seconds(1))
            await templates.refresh()
            await harness.clock.advance(by: .seconds(1))
            await templates.refresh()
            #expect(
                harness.lines == [
                    "notice: an account's templates were read account=main count=2",
                    "notice: a template was added account=main language=hi new=APPROVED old=- template=new",
                    "warning: a template's status changed account=main language=en new=PAUSED old=APPROVED "
                        + "template=order_paid",
                    "notice: a template is gone account=main language=en new=- old=PENDING template=refund",
                ]
            )
        }
    }
}
