// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI

// What the loop hears from others than attempts: a person who resumes, templates that are approved again, what sources report,
// an earlier run.

extension DispatchLoop {
    /// Something that messages of an account wait for, and that has happened.
    struct News {
        let account: String
        /// `nil` for all that they may wait for.
        let condition: String?
        let reason: String
    }

    /// Lets templates go on that are approved again.
    mutating func lookAtTemplates() {
        let (hints, clock) = (dispatcher.templates, dispatcher.clock)
        let approved = throttle.lookAtTemplates(
            { template, account, after in
                hints.approval(template, account).flatMap { known in
                    known.readAt > clock.wallTime(ofSteady: after) ? known.isApproved : nil
                }
            },
            at: steady
        )
        for (account, template) in approved {
            let condition = Holds.condition(ofTemplate: template)
            news.append(News(account: account, condition: condition, reason: "the template is approved again"))
        }
    }

    /// Tells the store something that has happened, some of the messages at each turn.
    ///
    /// What a message that is not in the store yet waits for is told when it is; what was not told wholly is told after all
    /// else.
    mutating func tell() async {
        guard drainEnds == nil, let index = news.firstIndex(where: { !isAwaited($0) }) else { return }
        let piece = news.remove(at: index)
        let (store, time, limit) = (dispatcher.store, now, 500)
        let told = await Self.attempting { () throws(StoreError) in
            try await store.hasten(piece.account, piece.condition, because: piece.reason, at: time, limit: limit)
        }
        heed(told, of: .news)
        guard case .success(let count) = told else { return news.append(piece) }
        if count == limit { news.append(piece) }
        if count > 0 { watch.rang() }
    }

    /// Whether a message waits for it whose hold is not in the store yet.
    private func isAwaited(_ piece: News) -> Bool {
        unsettled.contains { settlement in
            settlement.waitsFor.map { piece.condition == nil || piece.condition == $0 } ?? false
        }
    }

    /// Takes over what an earlier run left behind; until it has, nothing is claimed.
    mutating func remember() async {
        let (store, accounts) = (dispatcher.store, dispatcher.accounts.map(\.name))
        let since = now.advanced(by: .zero - throttle.paces.memory)
        let pairsSince = now.advanced(by: .zero - throttle.paces.memoryOfPairs)
        let read = await Self.attempting { () throws(StoreError) in
            try await store.paceMemory(of: accounts, since: since, pairsSince: pairsSince)
        }
        heed(read, of: .memory)
        guard case .success(let memory) = read else { return }
        if dispatcher.paces != nil { await sharePortfolios(asks: true) }
        let (now, steady) = (now, steady)
        throttle.remember(memory) { steady.advanced(by: now.duration(to: $0)) }
        remembers = true
    }

    /// Frees the places of those that were called off, before others go behind them; once a second and account at most.
    mutating func freePlaces(before messages: [ClaimedMessage]) async {
        let behind = Set(messages.lazy.filter(throttle.paces.standsBehind).map(\.account)).filter { account in
            placesSeen[account].map { $0.advanced(by: .seconds(1)) <= steady } ?? true
        }
        guard !behind.isEmpty else { return }
        for account in behind { placesSeen[account] = steady }
        let store = dispatcher.store
        let read = await Self.attempting { () throws(StoreError) in try await store.places(of: behind.sorted()) }
        heed(read)
        guard case .success(let memory) = read else { return }
        let (wall, line) = (now, steady)
        let others = Set(messages.map(\.id) + unsettled.map(\.message))
        throttle.free(memory, of: behind, but: others) { line.advanced(by: wall.duration(to: $0)) }
    }

    /// Heeds what sources reported of messages that were sent.
    mutating func hearReports() {
        for report in dispatcher.takeReports() {
            let (now, steady) = (now, steady)
            let change = throttle.reported(report, dispatcher.templates, at: steady) { time in
                steady.advanced(by: now.duration(to: time))
            }
            dispatcher.announce(change, of: report.account, because: report.reason)
            dispatcher.announce(report.code, account: report.account, rule: report.rule, because: report.reason)
            dispatcher.observer.observe(.reported(report.account, code: report.code.label))
        }
    }

    /// Lets go on what a person resumed.
    mutating func resume() {
        for account in dispatcher.takeResumptions() {
            let parts = throttle.resume(account, at: steady)
            for part in parts { goesOn(part, of: account) }
            guard dispatcher.paces != nil else { continue }
            // Another node may know more of them, and may be gone.
            for part in MetaCode.Part.allCases where !parts.contains(part) { letGo(part, of: account) }
        }
    }

    /// Tells that a person let a part of an account go on, here or at another node, which does not know what this one
    /// has yet to settle: what waits for it in the store is let go by each of them.
    mutating func goesOn(_ part: MetaCode.Part, of account: String) {
        dispatcher.announce(resumed: part, of: account)
        letGo(part, of: account)
    }

    private mutating func letGo(_ part: MetaCode.Part, of account: String) {
        let reason = "a person let \(part.subject) go on"
        news.append(News(account: account, condition: part.rawValue, reason: reason))
    }
}
