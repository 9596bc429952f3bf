// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import TestSupport
import Testing

/// Number 42, and what a report of a source does to the message that it is about.
@Suite("What a source reports of a message")
struct ReportingTests {
    private let now = TestClock().now
    private let event = EventID(rawValue: "evt_9")

    private func later(_ seconds: Int) -> Timestamp { now.advanced(by: .seconds(seconds)) }

    private func report(_ status: DeliveryReport.Status, _ code: Int? = nil, at seconds: Int = 1) -> DeliveryReport {
        DeliveryReport(status, of: "wamid.1", code: code, words: "to +91 98123 45670", at: later(seconds), source: "wa")
    }

    /// A message that stands somewhere, tried so often.
    private func record(_ state: MessageState, attempts: Int = 1, expiresAt: Timestamp? = nil) throws -> MessageRecord {
        let new = try Make.message(expiresAt: expiresAt)
        let beginning = Beginning.of(new.terms, cause: new.cause, at: now, keys: now)
        var record = MessageRecord(new, of: (EventID(rawValue: "evt_1"), "shop"), beginning, at: now)
        record.message.state = state
        record.message.dueAt = state.isWaiting ? now : nil
        record.message.attempts = attempts
        record.message.reason = "as it was"
        record.message.partnerID = "wamid.1"
        record.leaseEnds = state == .sending ? later(60) : nil
        record.arrival = Arrival()
        return record
    }

    @Test("what is accepted stays accepted: delivered and read stand beside that, with the hook's times")
    func notes() throws {
        var record = try record(.accepted)
        let words = try [report(.sent), report(.delivered, at: 2), report(.read, at: 3)].map { report in
            let (result, entries) = record.take(report, from: event, at: later(9))
            #expect(result == .linked)
            #expect(entries.map(\.to) == [.accepted])
            #expect(entries.map(\.at) == [later(9)])
            return try #require(entries.first?.why)
        }
        #expect(
            words == [
                "WhatsApp has it since 2026-01-15T04:30:01.000Z, the phone not yet; reported by wa (evt_9)",
                "delivered to the phone at 2026-01-15T04:30:02.000Z; reported by wa (evt_9)",
                "read at 2026-01-15T04:30:03.000Z; reported by wa (evt_9)",
            ]
        )
        #expect(record.message.state == .accepted && record.message.reason == "as it was")
        #expect(record.message.updatedAt == now, "its state has not changed")
        #expect(record.arrival?.status == .read && record.arrival?.at == later(3))
        #expect(record.arrival?.deliveredAt == later(2))
    }

    @Test("in any order and any number of times the same comes of it, and nothing goes back")
    func orders() throws {
        let reports = [report(.sent), report(.delivered, at: 2), report(.read, at: 3), report(.failed, 131_026, at: 4)]
        var random = SeededGenerator(seed: 42)
        for _ in 0..<2_000 {
            var record = try record(.accepted)
            var told: [DeliveryReport.Status] = []
            for _ in 0..<8 {
                let report = try #require(reports.randomElement(using: &random))
                let before = record
                let (result, entries) = record.take(report, from: event, at: now)
                if told.contains(report.status) { #expect(result == .repeated && record == before && entries.isEmpty) }
                told.append(report.status)
                if let first = before.arrival?.status, first == .read { #expect(record.arrival?.status == .read) }
                let isThere = told.contains(.read) || told.contains(.delivered)
                #expect(record.message.state == (isThere || !told.contains(.failed) ? .accepted : .failed), "\(told)")
            }
        }
    }

    @Test(
        "what was in doubt is settled, and what would be sent again is not",
        arguments: MessageState.allCases
    )
    func settles(state: MessageState) throws {
        for status in [DeliveryReport.Status.sent, .delivered, .read] {
            var record = try record(state)
            let (result, entries) = record.take(report(status), from: event, at: now)
            #expect(result == .linked && entries.count == 1)
            let isSettled: Bool =
                switch state {
                case .uncertain: true
                case .scheduled, .queued, .retrying, .deferred, .failed, .cancelled: status != .sent
                case .sending, .accepted, .suppressed: false
                }
            #expect(record.message.state == (isSettled ? .accepted : state), "\(status)")
            #expect((record.message.dueAt != nil) == record.message.state.isWaiting)
        }
    }

    @Test("what was not delivered fails in words, or is tried again where its code says that a wait helps")
    func failures() throws {
        func fate(_ code: Int?, attempts: Int = 1, expiresIn: Int? = nil) throws -> String {
            var record = try record(.accepted, attempts: attempts, expiresAt: expiresIn.map { later($0) })
            _ = record.take(report(.failed, code), from: event, at: now)
            let due = record.message.dueAt.map { " +\(now.duration(to: $0).components.seconds)" } ?? ""
            #expect(record.arrival?.status == (record.message.state.isWaiting ? nil : .failed))
            return record.message.state.rawValue + due
        }
        #expect(try fate(131_026) == "failed")
        #expect(try fate(131_050) == "failed")
        #expect(try fate(131_047) == "failed")
        #expect(try fate(131_048) == "deferred +3600", "it waits for a person")
        #expect(try fate(131_047) == "failed", "it has no 'otherwise'")
        #expect(try fate(190) == "failed")
        #expect(try fate(nil) == "failed")
        #expect(try fate(7) == "failed", "no code of the table")
        #expect(try fate(131_049) == "deferred +86400")
        #expect(try fate(131_049, attempts: 2) == "failed", "at most two tries")
        #expect(try fate(131_056) == "deferred +60")
        #expect(try fate(130_429, attempts: 2) == "deferred +240")
        #expect(try fate(131_049, expiresIn: 3_600) == "failed", "it would expire before")
    }

    @Test("the failure's words have the code and what the source says, and no number")
    func words() throws {
        var record = try record(.accepted)
        let entries = record.take(report(.failed, 131_026), from: event, at: now).entries
        let why = try #require(entries.first?.why)
        #expect(why.hasPrefix("not delivered, since 2026-01-15T04:30:01.000Z: "))
        #expect(why.contains("(Meta's code 131026: to ") && !why.contains("98123"))
        #expect(entries.map(\.from) == [.accepted] && entries.map(\.to) == [.failed])
    }

    @Test("what was called off while it was leaving is not sent again, whatever its code")
    func calledOff() throws {
        var record = try record(.accepted)
        record.calledOffBy = "evt_7"
        _ = record.take(report(.failed, 131_049), from: event, at: now)
        #expect(record.message.state == .failed)
    }

    @Test("an arrival is read back as it was kept")
    func kept() throws {
        var record = try record(.accepted)
        #expect(record.arrival?.json == [])
        for (status, code) in [(DeliveryReport.Status.sent, nil as Int?), (.failed, 131_026)] {
            _ = record.take(report(status, code), from: event, at: now)
            let arrival = try #require(record.arrival)
            #expect(Arrival(arrival.json) == arrival)
        }
        #expect(Arrival(["sent"]) == nil)
    }

    @Test(
        "what its code says leaves as the rule's otherwise does so at once, once, and not after it was called off (52)"
    )
    func leavesOtherwise() throws {
        let alternative = try Make.otherwise(account: "other")
        for code in [131_047, 132_001, 132_015, 132_016] {
            var record = try record(.accepted)
            record.alternative = .template
            #expect(record.asksOtherwise(report(.failed, code)) && !record.asksOtherwise(report(.failed, 131_026)))
            let entries = record.take(report(.failed, code), from: event, otherwise: alternative, at: later(9)).entries
            #expect(entries.map(\.to) == [.queued], "\(code)")
            #expect(entries.first?.why.hasSuffix("(evt_9); it leaves as its rule's 'otherwise' instead") == true)
            #expect(record.message.dueAt == later(9) && record.message.account == "other")
            #expect(record.message.request == alternative.request && record.category == .utility)
            #expect(record.alternative == nil && record.arrival == Arrival())
            record.message.state = .accepted
            _ = record.take(report(.failed, 131_047), from: event, otherwise: alternative, at: later(10))
            #expect(record.message.state == .failed)
        }
        var called = try record(.accepted)
        (called.alternative, called.calledOffBy) = (.template, "evt_7")
        #expect(!called.asksOtherwise(report(.failed, 131_047)))
        _ = called.take(report(.failed, 131_047), from: event, otherwise: alternative, at: now)
        #expect(called.message.state == .failed)
        var free = try record(.uncertain)
        free.alternative = .free
        #expect(!free.asksOtherwise(report(.failed, 131_047)), "only a template arrives")
        #expect(free.asksOtherwise(report(.failed, 132_001)))
        _ = free.take(report(.failed, 132_001), from: event, otherwise: alternative, at: now)
        #expect(free.message.state == .queued)
    }
}
