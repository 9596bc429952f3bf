// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import InMemoryLogging
import Logging
import Messages
import MetricsTestKit
import NIOConcurrencyHelpers
import Outbox
import PartnerAPI
import SQLiteOutbox
import TestSupport
import Testing

@testable import Delivery

extension DispatcherTests {
    private static func held(_ code: Int, for span: Duration = .seconds(1)) -> Outcome {
        .held(AttemptDetail(status: 400, code: "meta_\(code)", reason: "words of \(code)"), for: span)
    }

    /// Lets time pass in steps of the dispatcher's poll.
    private func pass(_ seconds: Int, _ harness: DeliveryHarness) async {
        for _ in 0..<(seconds / 5) {
            await harness.clock.untilSleeping()
            await harness.clock.advance(by: .seconds(5))
        }
    }

    private func count(_ harness: DeliveryHarness, _ code: Int) throws -> Int64 {
        let dimensions = [("account", "main"), ("code", "\(code)")]
        return try harness.metrics.expectCounter("hookline_meta_codes_total", dimensions).totalValue
    }

    private func story(_ id: MessageID, _ harness: DeliveryHarness) async throws -> MessageDetail {
        try #require(try await harness.store.message(id))
    }

    @Test("a throttled pair waits, costs no attempt, and holds up nobody else")
    func pairWaits() async throws {
        let sender = ScriptedSender([Self.held(131_056)])
        try await DeliveryHarness.with(sender: sender) { harness in
            let one = AccountLimits(name: "main", maxInFlight: 1)
            let ids = try await harness.accept(
                Make.message(to: "919812345670"),
                Make.message(to: "919812345670"),
                Make.message(to: "919812345671")
            )
            let start = harness.now
            try await harness.running(harness.dispatcher(accounts: [one])) {
                await harness.untilSettled(ids[0], .deferred)
                await harness.untilSettled(ids[1], .deferred)
                await harness.untilSettled(ids[2], .accepted)
                #expect(sender.sent.elements.count == 2, "the second message to the recipient did not leave")
                let dues = try await harness.store.messages(MessageFilter()).elements.compactMap(\.dueAt).sorted()
                #expect(dues == [start.advanced(by: .seconds(1)), start.advanced(by: .seconds(7))])
                await pass(20, harness)
                for id in ids { await harness.untilSettled(id, .accepted) }
            }
            let throttled = try await story(ids[0], harness)
            #expect(throttled.message.attempts == 1 && throttled.attempts.map(\.outcome.name) == [.accepted])
            #expect(throttled.timeline.map(\.to) == [.queued, .sending, .deferred, .sending, .accepted])
            #expect(throttled.timeline[2].why == "words of 131056")
            let behind = try await story(ids[1], harness)
            #expect(behind.message.attempts == 1)
            let turn = "its turn is at \(start.advanced(by: .seconds(7)).rfc3339)"
            #expect(behind.timeline[2].why == "held back: \(MetaCode.row(131_056)?.wordsWithCode ?? ""); \(turn)")
            #expect(try count(harness, 131_056) == 1)
            #expect(harness.log.entries.allSatisfy { !"\($0.message) \($0.metadata)".contains("9198123") })
        }
    }

    @Test("a blocked account stops: nothing more leaves, no probe asks, and a person lets it go on")
    func accountStops() async throws {
        let sender = ScriptedSender([Self.held(368, for: .zero)])
        try await DeliveryHarness.with(sender: sender) { harness in
            let ids = try await harness.accept(Make.message(), Make.message())
            let accounts = [AccountLimits(name: "main", maxInFlight: 1), AccountLimits(name: "other")]
            let dispatcher = harness.dispatcher(accounts: accounts)
            let start = harness.now
            try await harness.running(dispatcher) {
                await harness.untilSettled(ids[0], .queued)
                await harness.untilIdle(to: start.advanced(by: .seconds(5)))
                let stop = DeliveryStatus.Stop(part: .account, since: start, reason: "words of 368")
                #expect(dispatcher.status.accounts["main"]?.stops == [stop])
                let gauge = try harness.metrics.expectMeter(
                    "hookline_account_stopped",
                    [("account", "main"), ("part", "account")]
                )
                #expect(gauge.lastValue == 1)
                await pass(300, harness)
                #expect(sender.sent.elements == ["main"])
                let other = try await harness.accept(Make.message(account: "other"))[0]
                await harness.untilSettled(other, .accepted)
                #expect(dispatcher.resume("nobody") == nil)
                #expect(dispatcher.resume("main") == [stop])
                for id in ids { await harness.untilSettled(id, .accepted) }
                #expect(dispatcher.status.accounts["main"]?.stops == [] && gauge.lastValue == 0)
            }
            #expect(harness.events.elements.count { $0 == .partStopped("main", .account) } == 1)
            #expect(harness.log.entries.count { $0.level == .error } == 1)
            let story = try await story(ids[0], harness)
            #expect(story.message.attempts == 1 && story.timeline.map(\.to).contains(.queued))
        }
    }

    @Test("131048 stops marketing alone: other templates and texts go on")
    func marketingStops() async throws {
        let sender = ScriptedSender([Self.held(131_048)])
        try await DeliveryHarness.with(sender: sender) { harness in
            let hints = TemplateHints(category: { name, _ in name == "sale" ? "MARKETING" : "UTILITY" }, doubt: {})
            func template(_ name: String) throws -> NewMessage {
                let recipient = MessageRequest.Recipient.phone(try PhoneNumberDigits("919812345670"))
                let content = MessageRequest.Content.template(try TemplateMessage(name: name, language: "en"))
                let request = try MessageRequest(recipient: recipient, content: content)
                return try Make.message(request: request, at: harness.now)
            }
            let ids = try await harness.accept(
                template("sale"),
                template("sale"),
                template("order_paid"),
                Make.message()
            )
            let dispatcher = harness.dispatcher(
                accounts: [AccountLimits(name: "main", maxInFlight: 1)],
                templates: hints
            )
            try await harness.running(dispatcher) {
                for id in ids[..<2] { await harness.untilSettled(id, .deferred) }
                for id in ids[2...] { await harness.untilSettled(id, .accepted) }
                #expect(sender.sent.elements.count == 3)
                #expect(dispatcher.status.accounts["main"]?.stops.map(\.part) == [.marketing])
            }
            let held = try await story(ids[1], harness).timeline.last?.why
            #expect(held == "words of 131048; it waits for a person")
        }
    }

    @Test("marketing that stopped is not looked at however long, and leaves at once when a person resumes it (1)")
    func marketingIsLeftAlone() async throws {
        let sender = ScriptedSender([Self.held(131_048, for: .seconds(3_600))])
        try await DeliveryHarness.with(sender: sender) { harness in
            let messages = try (0..<20).map { index in
                let request = try Make.template("sale", to: "9198123456\(10 + index)")
                return try Make.message(request: request, at: harness.now)
            }
            let hints = TemplateHints(category: { _, _ in "MARKETING" }, doubt: {})
            let watched = TroubledStore(harness.store)
            let one = [AccountLimits(name: "main", maxInFlight: 1)]
            let dispatcher = harness.dispatcher(over: watched, accounts: one, templates: hints)
            try await harness.running(dispatcher) {
                _ = try await harness.store.accept(Make.submission(messages: messages, at: harness.now))
                for message in messages { await harness.untilSettled(message.id, .deferred) }
                await harness.clock.untilSleeping()
                let claimed = watched.claims.elements.reduce(0, +)
                await pass(3_000, harness)
                #expect(watched.claims.elements.reduce(0, +) == claimed, "nobody looks")
                let held = try await story(messages[1].id, harness)
                #expect(held.message.dueAt == held.message.createdAt.advanced(by: .seconds(86_400)))
                _ = dispatcher.resume("main")
                for message in messages[1...] { await harness.untilSettled(message.id, .accepted) }
                let released = try await story(messages[1].id, harness)
                #expect(released.timeline.contains { $0.why == "a person let the account's marketing go on" })
                #expect(released.message.attempts == 1)
            }
        }
    }

    @Test("who is held while a person resumes goes on, though the store could not write the hold down before (1)")
    func resumedBeforeItIsStored() async throws {
        let sender = ScriptedSender([Self.held(131_048, for: .seconds(3_600))])
        try await DeliveryHarness.with(sender: sender) { harness in
            func sale(_ phone: String) throws -> NewMessage {
                let request = try Make.template("sale", to: phone)
                return try Make.message(request: request, at: harness.now)
            }
            let hints = TemplateHints(category: { _, _ in "MARKETING" }, doubt: {})
            let troubled = TroubledStore(harness.store)
            let dispatcher = harness.dispatcher(over: troubled, templates: hints)
            try await harness.running(dispatcher) {
                let first = try await harness.accept(sale("919812345670"))[0]
                await harness.untilSettled(first, .deferred)
                troubled.failures.withLockedValue { $0 = .max }
                let second = try await harness.accept(sale("919812345671"))[0]
                await harness.events.until { $0.contains(.storeFailed(.full)) }
                _ = dispatcher.resume("main")
                await harness.events.until { events in
                    events.drop { $0 != .partResumed("main", .marketing) }.contains(.storeFailed(.full))
                }
                troubled.failures.withLockedValue { $0 = 0 }
                await pass(5, harness)
                await harness.untilSettled(second, .accepted)
            }
        }
    }

    @Test("news that the store could not take is told after the others, and each failure stands until its own success")
    func newsRotates() async throws {
        try await DeliveryHarness.with { harness in
            let troubled = TroubledStore(harness.store)
            troubled.newsFailures.withLockedValue { $0 = 1 }
            let accounts = [AccountLimits(name: "main"), AccountLimits(name: "other")]
            let dispatcher = harness.dispatcher(over: troubled, accounts: accounts)
            try await harness.running(dispatcher) {
                await harness.untilIdle(to: harness.now.advanced(by: .seconds(5)))
                #expect(dispatcher.status.storeFailure?.code == .full)
                await harness.clock.advance(by: .seconds(5))
                await harness.untilIdle(to: harness.now.advanced(by: .seconds(5)))
                #expect(dispatcher.status.storeFailure == nil)
            }
            #expect(troubled.told.elements == ["main", "other", "main"])
        }
    }

    @Test("a message whose worker was killed still leaves as its otherwise, as it was made (8)")
    func otherwiseAfterAKill() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "outbox.db").path
            let (clock, alternative) = (TestClock(), try Make.otherwise())
            let message = try Make.message(otherwise: alternative)
            let first = try await SQLiteOutbox.open(path)
            try await closing(first) {
                _ = try await first.accept(Make.submission(messages: [message]))
                #expect(try await first.claim(at: clock.now).count == 1, "and its worker dies")
            }
            let gone = AttemptDetail(status: 400, code: "meta_132016", reason: "disabled")
            let store = try await SQLiteOutbox.open(path)
            try await closing(store) {
                let harness = DeliveryHarness(store: store, sender: ScriptedSender([.refused(gone)]))
                let lost = try #require(
                    try await store.expiredLeases(at: clock.now.advanced(by: .seconds(60)), limit: 1).first
                )
                var machine = lost.machine()
                var random = SeededGenerator(seed: 1)
                try machine.leaseExpired(at: clock.now, policy: RetryPolicy(), using: &random)
                _ = try await store.settle([Settlement(of: lost, machine, attempt: nil, at: clock.now)])
                try await harness.running(harness.dispatcher()) {
                    await pass(10, harness)
                    await harness.untilSettled(message.id, .accepted)
                }
                let story = try await story(message.id, harness)
                #expect(story.message.request == alternative.request && story.message.attempts == 3)
                #expect(story.timeline.map(\.to).suffix(4) == [.sending, .queued, .sending, .accepted])
            }
        }
    }

    @Test("a throttled number goes at half its pace, without spending attempts")
    func slows() async throws {
        let sender = ScriptedSender([Self.held(130_429), Self.held(130_429)])
        try await DeliveryHarness.with(sender: sender) { harness in
            let ids = try await harness.accept(Make.message(), Make.message(), Make.message(), Make.message())
            let dispatcher = harness.dispatcher(accounts: [AccountLimits(name: "main", maxInFlight: 1)])
            let start = harness.now
            try await harness.running(dispatcher) {
                await harness.untilSettled(ids[0], .deferred)
                await harness.events.until { $0.contains { if case .idle = $0 { true } else { false } } }
                #expect(dispatcher.status.accounts["main"]?.slowedTo == .seconds(2))
                let wait = DeliveryStatus.Wait(until: start.advanced(by: .seconds(2)), cause: .slowed)
                #expect(dispatcher.status.accounts["main"]?.wait == wait)
                await pass(120, harness)
                for id in ids { await harness.untilSettled(id, .accepted) }
            }
            let stories = try await harness.store.messages(MessageFilter()).elements
            #expect(stories.map(\.attempts) == [1, 1, 1, 1])
            #expect(harness.log.entries.contains { "\($0.message)".contains("throttles the account") })
            #expect(try count(harness, 130_429) == 2)
        }
    }

    @Test("maintenance rests the whole account for a minute")
    func rests() async throws {
        let sender = ScriptedSender([Self.held(131_057, for: .seconds(60))])
        try await DeliveryHarness.with(sender: sender) { harness in
            let ids = try await harness.accept(Make.message(), Make.message(to: "919812345671"))
            let dispatcher = harness.dispatcher(accounts: [AccountLimits(name: "main", maxInFlight: 1)])
            try await harness.running(dispatcher) {
                await harness.untilSettled(ids[0], .deferred)
                await pass(55, harness)
                #expect(sender.sent.elements.count == 1)
                await pass(10, harness)
                for id in ids { await harness.untilSettled(id, .accepted) }
            }
        }
    }

    @Test("a refusal by code fails its message alone, tells who writes the rule once, and asks for the templates")
    func refuses() async throws {
        let detail = AttemptDetail(status: 400, code: "meta_132000", reason: "words")
        let country = AttemptDetail(status: 403, code: "meta_130497", reason: "barred")
        let answers: [Outcome] = [.refused(detail), .refused(detail), .refused(country), .refused(country)]
        try await DeliveryHarness.with(sender: ScriptedSender(answers)) { harness in
            let asked = EventRecorder<Void>()
            let hints = TemplateHints(category: { _, _ in nil }, doubt: { asked.record(()) })
            let ids = try await harness.accept(
                Make.message(),
                Make.message(),
                Make.message(),
                Make.message(),
                Make.message()
            )
            let one = [AccountLimits(name: "main", maxInFlight: 1)]
            try await harness.running(harness.dispatcher(accounts: one, templates: hints)) {
                for id in ids[..<4] { await harness.untilSettled(id, .failed) }
                await harness.untilSettled(ids[4], .accepted)
            }
            #expect(asked.elements.count == 2)
            let errors = harness.log.entries.filter { $0.level == .error }
            #expect(errors.map { $0.metadata["reason"] } == ["words", "barred"])
            #expect(errors.first?.metadata["rule"] == "order-paid")
            #expect(!harness.events.elements.contains(.accountPaused("main")))
        }
    }

    @Test("a code with so many tries is retried, counts its attempts, and fails at the last one")
    func fewTries() async throws {
        let detail = AttemptDetail(status: 400, code: "meta_131052", reason: "media")
        let answer = Outcome.retryable(detail, retryAfter: .seconds(60))
        try await DeliveryHarness.with(sender: ScriptedSender([answer, answer])) { harness in
            let id = try await harness.accept(Make.message())[0]
            try await harness.running(harness.dispatcher()) {
                await harness.untilSettled(id, .retrying)
                await pass(65, harness)
                await harness.untilSettled(id, .failed)
            }
            let story = try await story(id, harness)
            #expect(story.message.attempts == 2 && story.message.reason == "media; it was tried 2 times")
            #expect(story.attempts.map(\.outcome.name) == [.retryable, .refused])
        }
    }

    @Test("when the clock is set back, a throttled message leaves when it would have")
    func clockSetBack() async throws {
        let sender = ScriptedSender([Self.held(131_056)])
        try await DeliveryHarness.with(sender: sender) { harness in
            let id = try await harness.accept(Make.message())[0]
            try await harness.running(harness.dispatcher()) {
                await harness.untilSettled(id, .deferred)
                harness.clock.step(by: .seconds(-7_200))
                await pass(10, harness)
                await harness.untilSettled(id, .accepted)
            }
        }
    }

    @Test("a code that comes in a report stops what it stops, for a person to resume, and paces the pair (50)")
    func reportedCodes() async throws {
        let sender = ScriptedSender([.accepted(partnerID: "wamid.1"), .accepted(partnerID: "wamid.2")])
        try await DeliveryHarness.with(sender: sender) { harness in
            func report(_ code: Int, of id: String) async throws {
                let report = DeliveryReport(.failed, of: id, code: code, at: harness.now, source: "wa")
                _ = try await harness.store.accept(
                    Make.submission(source: "wa", sideEffects: SideEffects(reports: [report]), at: harness.now)
                )
            }
            let dispatcher = harness.dispatcher()
            try await harness.running(dispatcher) {
                let first = try await harness.accept(Make.message(to: "919812345670"))[0]
                await harness.untilSettled(first, .accepted)
                try await report(131_056, of: "wamid.1")
                await harness.events.until { $0.contains(.reported("main", code: "131056")) }
                let behind = try await harness.accept(Make.message(to: "919812345670"))[0]
                await harness.untilSettled(behind, .deferred)
                let other = try await harness.accept(Make.message(to: "919812345671"))[0]
                await harness.untilSettled(other, .accepted)
                try await report(131_031, of: "wamid.2")
                await harness.events.until { $0.contains(.partStopped("main", .account)) }
                #expect(dispatcher.resume("main")?.map(\.part) == [.account])
                await harness.events.until { $0.contains(.partResumed("main", .account)) }
                await pass(5, harness)
                await harness.events.until { events in
                    events.count { $0 == .settled(other, .accepted, .settled) } == 2
                }
            }
            let lines = harness.log.entries.filter { $0.level == .error }
            #expect(lines.count == 1 && lines.allSatisfy { !"\($0.message) \($0.metadata)".contains("91981") })
        }
    }
}
