// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import PartnerAPI
import TestSupport
import Testing

/// `digest` in virtual time, and over any order of happenings; the numbers are those of the decisions.
@Suite("Events that share a message", .timeLimit(.minutes(10)))
struct DigestTests {
    private let now = DigestLaw.start

    @Test("what leaves in virtual time is as the law says", arguments: DigestLaw.rows)
    func virtualTime(law: DigestLaw) throws {
        var outbox = VirtualOutbox()
        for (number, step) in law.steps.enumerated() {
            let at = now.advanced(by: .seconds(step.at))
            outbox.pass(until: at) { build($0, law) }
            let caller = CallingEvent(id: EventID(rawValue: "evt_\(number)"), type: "", receivedAt: at)
            outbox.carryOut(law.sideEffects(step), of: caller, at: at)
            if let item = try law.item(step) { outbox.accept(item, of: number, at: at) }
        }
        outbox.pass(until: nil) { build($0, law) }
        let told = outbox.messages.compactMap { entry -> DigestLaw.Told? in
            guard let left = entry.leftAt, let text = entry.record.message.request?.message?.text else { return nil }
            return DigestLaw.Told(Int(now.duration(to: left).microseconds / 1_000_000), text)
        }
        #expect(told.sorted { $0.at < $1.at } == law.leaves)
    }

    private func build(_ digest: VirtualDigest, _ law: DigestLaw) -> DigestContent {
        guard let recipient = digest.record.recipient.flatMap(Fact.recipient),
            let content = try? Make.digest(
                "alerts",
                recipient,
                digest.events.map(String.init),
                size: digest.size,
                limits: law.limits
            )
        else { return .failed("no text") }
        return content
    }

    // MARK: Any order

    /// A hundred thousand lives of digests of one slot, whose events are told at most once, and called off for good.
    private struct Life {
        var digests: [MessageRecord] = []
        /// What is in each, by place: the event's number and its subject.
        var items: [[(event: Int, subject: String)]] = []
        /// What was in the text of those that left.
        var told: [Int] = []
        /// What each text was built of.
        var texts: [Int: [Int]] = [:]
        var calledOff: Set<Int> = []
        var events = 0
        var now: Timestamp
        /// What is built of all of them: what matters is of which events.
        let content: DigestContent

        var open: Int? { digests.indices.first { digests[$0].digest?.isOpen == true } }

        mutating func step(_ random: inout SeededGenerator, _ items: [DigestItem]) throws {
            switch Int.random(in: 0..<9, using: &random) {
            case 0, 1, 2: add(items[Int.random(in: 0..<items.count, using: &random)], &random)
            case 3: now = now.advanced(by: .seconds(600))
            case 4, 5: build(&random)
            case 6, 7: try send(&random)
            default: callOff(items[Int.random(in: 0..<items.count, using: &random)])
            }
        }

        private mutating func add(_ item: DigestItem, _ random: inout SeededGenerator) {
            let subject = item.terms.key ?? ""
            if let open, let due = digests[open].message.dueAt, due <= now {
                let hold = Bool.random(using: &random) ? hold(open) : nil
                _ = digests[open].endWindow(at: now, held: hold)
            }
            events += 1
            if let open {
                _ = digests[open].join()
                items[open].append((events, subject))
                return
            }
            let terms = item.terms(joining: nil, at: now)
            let beginning = Beginning.of(terms, cause: "", at: now, keys: now)
            digests.append(MessageRecord(item, of: (EventID(rawValue: "evt"), "shop"), beginning, at: now))
            items.append([(events, subject)])
        }

        /// A hold as quiet hours would make it.
        private func hold(_ place: Int) -> Hold? {
            let minute = Int(now.seconds / 60 % 1_440)
            let quiet = QuietHours(from: minute, to: (minute + 30) % 1_440, zones: ["Etc/UTC"], spread: .zero, place: 0)
            return quiet.hold(at: now, before: digests[place].message.expiresAt)
        }

        private mutating func build(_ random: inout SeededGenerator) {
            let due = digests.indices.filter { digests[$0].isToBuild && (digests[$0].message.dueAt ?? now) <= now }
            guard let place = due.randomElement(using: &random) else { return }
            let events = items[place].map(\.event)
            digests[place].take(content)
            let held = Int.random(in: 0..<4, using: &random) == 0 ? hold(place) : nil
            _ = digests[place].close(content, at: now, held: held)
            digests[place].reopen(whenFree: open == nil)
            if digests[place].digest?.isBuilt == true { texts[place] = events }
        }

        private mutating func send(_ random: inout SeededGenerator) throws {
            let due = digests.indices.filter { place in
                digests[place].message.state.isWaiting && !digests[place].isToBuild
                    && (digests[place].message.dueAt ?? now) <= now
            }
            guard let place = due.randomElement(using: &random) else { return }
            let held = Int.random(in: 0..<4, using: &random) == 0 ? hold(place) : nil
            _ = try digests[place].claim(until: now, at: now, held: held)
            digests[place].reopen(whenFree: open == nil)
            guard let claimed = digests[place].claimed, digests[place].message.state == .sending else { return }
            let outcomes: [Outcome] = [
                .accepted(partnerID: "wamid.1"), .retryable(Make.detail(503), retryAfter: .zero),
            ]
            let outcome = outcomes[Int.random(in: 0..<2, using: &random)]
            var machine = claimed.machine()
            try machine.attemptEnded(outcome, at: now, policy: RetryPolicy(), using: &random)
            _ = digests[place].settle(Settlement(of: claimed, machine, attempt: nil, at: now))
            if digests[place].message.state == .accepted { told += texts[place] ?? [] }
        }

        private mutating func callOff(_ item: DigestItem) {
            let event = CallingEvent(id: EventID(rawValue: "evt_x"), type: "", receivedAt: now)
            for place in digests.indices {
                let meant = items[place].filter { $0.subject == item.terms.key }
                guard !meant.isEmpty else { continue }
                let part = DigestPart(count: meant.count, kept: meant.count)
                let (effect, isTakenOut, _) = digests[place].callOff(part, by: event, at: now)
                guard isTakenOut, effect == .cancelled else { continue }
                calledOff.formUnion(meant.map(\.event))
                items[place].removeAll { $0.subject == item.terms.key }
            }
        }
    }

    @Test("10, 19, 22, 24: of a hundred thousand lives, no event is told twice, or after it was called off")
    func lives() throws {
        var random = SeededGenerator(seed: 19)
        let items = try ["x", "y", "z"].map { try Make.item(subject: $0, at: now) }
        let content = try Make.digest("alerts", items[0].recipient, ["1"], size: 1)
        var (told, calledOff, digests) = (0, 0, 0)
        for number in 0..<100_000 {
            var life = Life(now: now, content: content)
            for _ in 0..<Int.random(in: 1...24, using: &random) {
                try life.step(&random, items)
                guard possible(life) else {
                    Issue.record("life \(number): told \(life.told), called off \(life.calledOff): \(life.digests)")
                    return
                }
            }
            told += life.told.count
            calledOff += life.calledOff.count
            digests += life.digests.count
        }
        #expect(min(told, calledOff, digests) > 5_000)
    }

    private func possible(_ life: Life) -> Bool {
        let open = life.digests.filter { $0.digest?.isOpen == true }
        let sizes = zip(life.digests, life.items).allSatisfy {
            $0.digest?.size == $1.count && $0.digest?.kept == $1.count
        }
        let texts = life.digests.allSatisfy { record in
            (record.message.dueAt != nil) == record.message.state.isWaiting
                && (!record.isToBuild || record.message.account.isEmpty && record.message.request == nil)
        }
        return open.count <= 1 && open.allSatisfy(\.isToBuild) && sizes && texts
            && Set(life.told).count == life.told.count && life.calledOff.isDisjoint(with: life.told)
            && life.items.allSatisfy { $0.map(\.event) == $0.map(\.event).sorted() }
            && Set(life.items.flatMap(\.self).map(\.event)).count == life.items.reduce(0) { $0 + $1.count }
    }
}
