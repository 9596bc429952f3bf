// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
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

    @Test("the diagram of the page has the changes that the law allows, and no others")
    func diagram() throws {
        let page = try String(
            contentsOf: URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/message-states.md"),
            encoding: .utf8
        )
        let drawn = page.split(separator: "\n").compactMap { line -> String? in
            let words = line.split(separator: " ")
            guard words.count > 3, words[1] == "-->", words[0] != "[*]" else { return nil }
            return "\(words[0]) \(words[2])"
        }
        var allowed = try calledOffWhileLeaving()
        for row in TransitionTable.rows {
            let tries = row.from == .retrying ? 1 : 0
            for (attempts, onUncertain) in [(tries, OnUncertain.retry), (1, .hold), (11, .retry)] {
                for expiresAt in [nil, TransitionTable.now, TransitionTable.now.advanced(by: .seconds(1))] {
                    var machine = TransitionTable.machine(
                        in: row.from,
                        attempts: attempts,
                        expiresAt: expiresAt,
                        onUncertain: onUncertain
                    )
                    try? row.trigger.apply(to: &machine)
                    allowed.formUnion(machine.steps.filter { $0.from != $0.to }.map { "\($0.from) \($0.to)" })
                }
            }
        }
        #expect(Set(drawn).subtracting(allowed).sorted() == [])
        #expect(allowed.subtracting(drawn).sorted() == [])
    }

    /// The change of a message that was called off while it was sent, and would be tried again.
    private func calledOffWhileLeaving() throws -> Set<String> {
        let (new, now) = (try Make.message(key: "1"), TransitionTable.now)
        let beginning = Beginning.of(new.terms, cause: new.cause, at: now, keys: now)
        var record = MessageRecord(new, of: (EventID(rawValue: "evt_0"), "shop"), beginning, at: now)
        _ = try record.claim(until: now, at: now)
        let claimed = try #require(record.claimed)
        _ = record.callOff(by: CallingEvent(id: EventID(rawValue: "evt_1"), type: "", receivedAt: now), at: now)
        var machine = claimed.machine()
        try TransitionTable.Trigger.retryable.apply(to: &machine)
        let (_, entries) = record.settle(Settlement(of: claimed, machine, attempt: nil, at: now))
        return Set(entries.compactMap { entry in entry.from.map { "\($0) \(entry.to)" } })
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

    @Test("refused credentials, throttles and stops do not count as an attempt; everything else does")
    func counting() throws {
        for trigger in [TransitionTable.Trigger.accepted, .refused, .retryable, .uncertain, .leaseExpired] {
            var machine = TransitionTable.machine(in: .sending)
            try trigger.apply(to: &machine)
            let attempts = machine.attempts
            #expect(attempts == 2, "\(trigger)")
        }
        for trigger in [TransitionTable.Trigger.unauthorized, .held, .stopped, .holdBack] {
            var machine = TransitionTable.machine(in: .sending)
            try trigger.apply(to: &machine)
            let attempts = machine.attempts
            #expect(attempts == 1, "\(trigger)")
        }
    }

    /// How a message ends that is `age` old and is to wait for so long.
    private func waited(
        _ span: Int64,
        age: Int64 = 0,
        expiresIn: Int64? = nil,
        attempts: Int = 0,
        heldBack: Bool
    ) throws -> MessageStateMachine.Step? {
        let now = TransitionTable.now.advanced(by: .seconds(age))
        let expiry = expiresIn.map { now.advanced(by: .seconds($0)) }
        var machine = TransitionTable.machine(in: .sending, attempts: attempts, expiresAt: expiry)
        var top = TopGenerator()
        if heldBack {
            let until = now.advanced(by: .seconds(span))
            try machine.holdBack(until: until, at: now, policy: TransitionTable.policy, because: "held")
        } else {
            let detail = AttemptDetail(code: "meta_131056", reason: "held")
            let outcome = Outcome.held(detail, for: .seconds(span))
            try machine.attemptEnded(outcome, at: now, policy: TransitionTable.policy, using: &top)
        }
        return machine.steps.last
    }

    @Test("a wait that costs nothing is bounded by the message's age and its expiry", arguments: [false, true])
    func waitsAreBounded(heldBack: Bool) throws {
        func step(_ to: MessageState, _ reason: String) -> MessageStateMachine.Step {
            .init(from: .sending, to: to, reason: reason)
        }
        let day: Int64 = 86_400
        #expect(try waited(day, heldBack: heldBack) == step(.deferred, "held"), "longer than its age allows tries")
        #expect(try waited(day, age: day - 1, heldBack: heldBack) == step(.deferred, "held"))
        let end: MessageState = heldBack ? .suppressed : .failed
        #expect(try waited(1, age: day, heldBack: heldBack) == step(end, "held; it has waited for long enough"))
        #expect(try waited(9, expiresIn: 10, heldBack: heldBack) == step(.deferred, "held"))
        #expect(try waited(10, expiresIn: 10, heldBack: heldBack) == step(end, "held; it would expire before"))
        let tried = try waited(10, expiresIn: 10, attempts: 1, heldBack: heldBack)
        #expect(tried == step(.failed, "held; it would expire before"))
    }

    @Test("a throttle every time never counts an attempt, and ends after a day")
    func throttledForEver() throws {
        var (now, claims) = (TransitionTable.now, 0)
        var machine = TransitionTable.machine(in: .queued, attempts: 0)
        var top = TopGenerator()
        while machine.state.isWaiting, claims < 10_000 {
            try machine.claim(at: now)
            claims += 1
            let detail = AttemptDetail(code: "meta_130429", reason: "held")
            try machine.attemptEnded(
                .held(detail, for: .seconds(60)),
                at: now,
                policy: TransitionTable.policy,
                using: &top
            )
            now = now.advanced(by: .seconds(60))
        }
        let (state, attempts) = (machine.state, machine.attempts)
        #expect(state == .failed && attempts == 0 && claims == 1_441)
    }

    @Test("an accepted message that Meta holds back says so")
    func heldByMeta() throws {
        var machine = TransitionTable.machine(in: .sending)
        var top = TopGenerator()
        let accepted = Outcome.accepted(partnerID: "wamid.1", isHeldByMeta: true)
        try machine.attemptEnded(accepted, at: TransitionTable.now, policy: TransitionTable.policy, using: &top)
        let (state, reason) = (machine.state, machine.steps.last?.reason)
        #expect(state == .accepted && reason?.hasSuffix("(held_for_quality_assessment)") == true)
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
