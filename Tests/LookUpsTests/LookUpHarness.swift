// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import CurlTransport
import Enrichment
import EventIntake
import Events
import Foundation
import Messages
import NIOConcurrencyHelpers
import Outbox
import Rules
import SQLiteOutbox
import ServiceLifecycle
import TestSupport
import Testing

@testable import LookUps

/// A service of look-ups over a store of its own, with a shop's API that answers what a test says.
struct LookUpHarness: Sendable {
    let store: any ServiceStore
    let api: ScriptedAPI
    let clock: TestClock
    let service: LookUpService
    fileprivate let ended: EventRecorder<Ended>
    fileprivate let group: ServiceGroup

    fileprivate struct Ended: Sendable {
        let event: EventID
        let result: LookUpMetrics.Result
    }

    /// Stores an event that waits, as the intake does.
    func accept(_ payload: String) async throws -> EventID {
        let event = Make.event(at: clock.now, body: payload, disposition: .pending(reason: "it waits"))
        let submission = Submission(event: event, pendingPayload: Array(payload.utf8))
        let id = try await store.accept(submission).event
        service.eventsArrived(of: "shop")
        return id
    }

    /// Returns when the tries of an event have ended so, one after the other.
    func untilEnded(_ id: EventID, _ results: LookUpMetrics.Result...) async {
        await ended.until { $0.filter { $0.event == id }.map(\.result) == results }
    }

    /// Returns when so many tries have ended so.
    func untilEnded(_ count: Int, _ result: LookUpMetrics.Result) async {
        await ended.untilCount(count) { $0.result == result }
    }

    /// Shuts the service down; returns when it has ended.
    func stop() async {
        await group.triggerGracefulShutdown()
        await stopped.until { !$0.isEmpty }
    }

    fileprivate let stopped = EventRecorder<Void>()
}

private let rules = """
    version: 1
    source: shop
    rules:
      - name: greet
        to: {phone: "{{ enriched.phone }}"}
        send: {text: "Hello {{ enriched.name }}"}
    """

/// Lends a running service, and ends it.
func withLookUps(
    period: Duration = .seconds(86_400),
    enriches: Bool = true,
    _ body: (LookUpHarness) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        let store = try await SQLiteOutbox.open(folder.appending(path: "outbox.db").path)
        let (clock, api, ended) = (TestClock(), ScriptedAPI(), EventRecorder<LookUpHarness.Ended>())
        let set = try #require(RuleFolder.load(texts: [("shop.yaml", rules)]).rules)
        let metrics = NOOPMetricsHandler.instance
        var parts = LookUpQueue.Context(
            enricher: Enricher(transport: api, clock: clock) { _ in "" },
            rules: RulesEngine(rules: set, accounts: ["main"]),
            store: store,
            clock: clock,
            metrics: LookUpMetrics(factory: metrics),
            messages: IntakeMetrics(factory: metrics),
            logger: quietLogger
        )
        parts.onEnd = { ended.record(.init(event: $0, result: $1)) }
        let step = EnrichmentStepSettings(url: "https://api.example.com/orders/{{ id }}")
        let enrichment = enriches ? try Enrichment([step]) : nil
        let source = LookUpQueue.Source(
            name: "shop",
            enrichment: enrichment,
            period: period,
            country: "IN",
            conventions: .standard
        )
        let service = LookUpService([source], parts)
        let group = ServiceGroup(services: [service], logger: quietLogger)
        let harness = LookUpHarness(
            store: store,
            api: api,
            clock: clock,
            service: service,
            ended: ended,
            group: group
        )
        try await closing(store) {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    try? await group.run()
                    harness.stopped.record(())
                }
                do {
                    try await body(harness)
                } catch {
                    await harness.stop()
                    throw error
                }
                await harness.stop()
            }
        }
    }
}

/// An API that answers in order, hangs where it was told to, and remembers what it was asked.
final class ScriptedAPI: HTTPTransport {
    private let state = NIOLockedValueBox(State())
    private let asked = EventRecorder<String>()

    private struct State {
        var answers: [TransferResponse] = []
        var hangs = false
        var waiting: [Int: CheckedContinuation<TransferResponse?, Never>] = [:]
        var nextID = 0
        var cancelled: Set<Int> = []
        var atOnce = 0
        var mostAtOnce = 0
    }

    /// The addresses that were asked, in order.
    var urls: [String] { asked.elements }
    /// The most requests that ran at the same time.
    var mostAtOnce: Int { state.withLockedValue { $0.mostAtOnce } }

    /// Adds an answer for the next request.
    func answer(_ status: Int, _ body: String, headers: [String: String] = [:]) {
        let fields = headers.map { HeaderField($0.key, $0.value) } + [HeaderField("content-type", "application/json")]
        let answer = TransferResponse(status: status, headers: fields, body: Array(body.utf8))
        state.withLockedValue { $0.answers.append(answer) }
    }

    /// Lets requests hang from now on.
    func hang() {
        state.withLockedValue { $0.hangs = true }
    }

    /// Answers all that hang, and all that come, with the same.
    func release(_ status: Int, _ body: String) {
        let answer = TransferResponse(status: status, body: Array(body.utf8))
        let waiting = state.withLockedValue { state in
            state.hangs = false
            state.answers = Array(repeating: answer, count: 100)
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume(returning: answer) }
    }

    /// Returns when so many requests have come.
    func untilAsked(_ count: Int) async {
        await asked.until { $0.count >= count }
    }

    func perform(_ request: TransferRequest) async throws(TransportError) -> TransferResponse {
        let (id, answer) = state.withLockedValue { state in
            state.atOnce += 1
            state.mostAtOnce = max(state.mostAtOnce, state.atOnce)
            state.nextID += 1
            let answer = state.hangs || state.answers.isEmpty ? nil : state.answers.removeFirst()
            return (state.nextID, answer)
        }
        defer { state.withLockedValue { $0.atOnce -= 1 } }
        asked.record(request.url)
        if let answer { return answer }
        guard let late = await hanging(id) else { throw TransportError(.cancelled, .sent, "cancelled") }
        return late
    }

    private func hanging(_ id: Int) async -> TransferResponse? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCancelled = state.withLockedValue { state in
                    if state.cancelled.contains(id) { return true }
                    state.waiting[id] = continuation
                    return false
                }
                if isCancelled { continuation.resume(returning: nil) }
            }
        } onCancel: {
            let waiting = state.withLockedValue { state in
                state.cancelled.insert(id)
                return state.waiting.removeValue(forKey: id)
            }
            waiting?.resume(returning: nil)
        }
    }
}
