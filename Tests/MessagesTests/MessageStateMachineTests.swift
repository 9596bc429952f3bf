// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import TestSupport
import Testing

@Suite("The law of a message's states")
struct MessageStateMachineTests {
    @Test("every state takes every happening as the table says", arguments: TransitionTable.rows)
    func table(row: TransitionTable.Row) {
        var machine = TransitionTable.machine(in: row.from)
        do {
            try row.trigger.apply(to: &machine)
            let outcome = TransitionTable.Result.becomes(machine.state, due: machine.dueAt)
            #expect(row.expected == outcome)
            #expect(machine.steps.first?.from == row.from)
            #expect(machine.steps.last?.to == machine.state)
            #expect((machine.dueAt != nil) == machine.state.isWaiting)
        } catch {
            let state = machine.state
            let steps = machine.steps
            #expect(row.expected == .illegal)
            #expect(state == row.from && steps.isEmpty, "an illegal happening changes nothing")
        }
    }

    @Test("the table has a row for every state and happening")
    func isComplete() {
        let pairs = Set(TransitionTable.rows.map { "\($0.from) \($0.trigger)" })
        #expect(pairs.count == MessageState.allCases.count * TransitionTable.Trigger.allCases.count)
    }

    @Test("an uncertain attempt goes through 'uncertain' on its way back to the queue")
    func uncertainLeavesATrace() throws {
        var machine = TransitionTable.machine(in: .sending)
        try TransitionTable.Trigger.uncertain.apply(to: &machine)
        let path = machine.steps.map(\.to)
        #expect(path == [.uncertain, .queued])
    }

    @Test("with on_uncertain: hold, an uncertain attempt and a lost lease wait for a person")
    func holds() throws {
        for trigger in [TransitionTable.Trigger.uncertain, .leaseExpired] {
            var machine = TransitionTable.machine(in: .sending, onUncertain: .hold)
            try trigger.apply(to: &machine)
            let (path, due) = (machine.steps.map(\.to), machine.dueAt)
            #expect(path == [.uncertain], "\(trigger)")
            #expect(due == nil)
        }
    }

    @Test("refused credentials do not count as an attempt; everything else does")
    func counting() throws {
        for trigger in [TransitionTable.Trigger.accepted, .refused, .retryable, .uncertain, .leaseExpired] {
            var machine = TransitionTable.machine(in: .sending)
            try trigger.apply(to: &machine)
            let attempts = machine.attempts
            #expect(attempts == 2, "\(trigger)")
        }
        var machine = TransitionTable.machine(in: .sending)
        try TransitionTable.Trigger.unauthorized.apply(to: &machine)
        let attempts = machine.attempts
        #expect(attempts == 1)
    }

    @Test("with its attempts used up, a message that failed is buried and an uncertain one is held")
    func usedUp() throws {
        var retried = TransitionTable.machine(in: .sending, attempts: 11)
        try TransitionTable.Trigger.retryable.apply(to: &retried)
        let buried = retried.steps
        let reason = "the partner answered 503; all 12 attempts are used up"
        #expect(buried == [.init(from: .sending, to: .failed, reason: reason)])
        var uncertain = TransitionTable.machine(in: .sending, attempts: 11)
        try TransitionTable.Trigger.uncertain.apply(to: &uncertain)
        let held = uncertain.steps
        let why = "the partner answered 0; all 12 attempts are used up"
        #expect(held == [.init(from: .sending, to: .uncertain, reason: why)])
    }

    @Test("an expired message is suppressed when it never left, and failed when it may have")
    func expiry() throws {
        for (attempts, expected) in [(0, MessageState.suppressed), (1, .failed)] {
            let now = TransitionTable.now
            var machine = TransitionTable.machine(in: .queued, attempts: attempts, expiresAt: now)
            try machine.claim(at: now)
            let state = machine.state
            #expect(state == expected)
        }
    }

    @Test("a person's retry gives the message fresh attempts and takes its expiry away")
    func retryStartsAnew() throws {
        var machine = TransitionTable.machine(in: .failed, attempts: 12, expiresAt: TransitionTable.now)
        try machine.retry(at: TransitionTable.now, because: "asha wants it sent")
        let attempts = machine.attempts
        let expiresAt = machine.expiresAt
        #expect(attempts == 0)
        #expect(expiresAt == nil)
    }
}
