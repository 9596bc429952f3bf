// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import Events
import Foundation
import InMemoryLogging
import Logging
import MemoryOutbox
import Messages
import MetricsTestKit
import Outbox
import SQLiteOutbox
import ServiceLifecycle
import TestSupport
import Testing

@testable import Delivery

extension EventRecorder: DeliveryObserver where Element == DeliveryEvent {
    func observe(_ event: DeliveryEvent) { record(event) }
}

/// The delivery services on a store of their own, with a clock that stands still.
struct DeliveryHarness: Sendable {
    let store: any ActionStore & ConsentStore & JobStore & OutboxStore
    let clock = TestClock()
    let events = EventRecorder<DeliveryEvent>()
    let metrics = TestMetrics()
    let log = InMemoryLogHandler()
    let sender: ScriptedSender

    var now: Timestamp { clock.now }

    var logger: Logger { Logger(label: "delivery") { _ in log } }

    /// Lends a harness on a new store.
    static func with(
        sender: ScriptedSender = ScriptedSender(),
        _ body: (DeliveryHarness) async throws -> Void
    ) async throws {
        let store = MemoryOutbox()
        try await closing(store) { try await body(DeliveryHarness(store: store, sender: sender)) }
    }

    /// Lends a harness on the store in a folder, which outlives it.
    static func reopened<Value>(
        in folder: URL,
        _ body: (DeliveryHarness) async throws -> Value
    ) async throws -> Value {
        let store = try await SQLiteOutbox.open(folder.appending(path: "outbox.db").path)
        return try await closing(store) { try await body(DeliveryHarness(store: store, sender: ScriptedSender())) }
    }

    /// Stores messages, each with an event of its own.
    @discardableResult
    func accept(_ messages: NewMessage...) async throws -> [MessageID] {
        for message in messages { _ = try await store.accept(Make.submission(messages: [message], at: now)) }
        return messages.map(\.id)
    }

    func dispatcher(
        over store: (any WorkStore)? = nil,
        accounts: [AccountLimits] = [AccountLimits(name: "main")],
        settings: DeliverySettings = DeliverySettings(),
        templates: TemplateHints = .unknown
    ) -> Dispatcher {
        Dispatcher(
            store: store ?? self.store,
            sender: sender,
            accounts: accounts,
            settings: settings,
            clock: clock,
            metrics: DeliveryMetrics(factory: metrics),
            logger: logger,
            observer: events,
            random: SystemRandomNumberGenerator(),
            templates: templates
        )
    }

    /// Runs a service beside a body, and shuts it down gracefully afterwards.
    func running(_ service: any Service, _ body: () async throws -> Void) async throws {
        try await TestSupport.running(service, body)
    }

    /// Returns when a message has that state in the store.
    func untilSettled(_ id: MessageID, _ state: MessageState) async {
        await events.until { $0.contains(.settled(id, state, .settled)) }
    }

    /// Returns when the dispatcher has nothing to do before that time.
    func untilIdle(to time: Timestamp) async {
        await events.until { $0.last == .idle(until: time) }
        await clock.untilSleeping(to: time)
    }

    func state(of id: MessageID) async throws -> MessageState? {
        try await store.message(id)?.message.state
    }
}
