// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI

/// All accounts with what they have on their way, within the limit for all: pure, time is a parameter.
struct DispatchThrottle {
    private(set) var accounts: [String: AccountThrottle]
    var paces: Paces
    private let maxInFlight: Int
    private let isShared: Bool

    /// All accounts, with nothing on their way.
    ///
    /// - Parameters:
    ///   - accounts: How they may be used.
    ///   - settings: How messages are dispatched.
    ///   - isShared: Whether other nodes send of them too.
    init(_ accounts: [AccountLimits], settings: DeliverySettings, isShared: Bool = false) {
        paces = Paces(accounts, portfolios: settings.portfolios, isShared: isShared)
        self.isShared = isShared
        let throttles = accounts.map {
            ($0.name, AccountThrottle($0, probe: settings.probe, circuit: settings.circuit, isShared: isShared))
        }
        self.accounts = Dictionary(throttles) { first, _ in first }
        maxInFlight = settings.maxInFlight
    }

    /// How many requests are on their way.
    var inFlight: Int { accounts.values.reduce(0) { $0 + $1.inFlight } }

    /// How many messages to claim for which account; those with the least on their way come first.
    func quotas(at now: Timestamp) -> [ClaimQuota] { quotas { $0.quota(at: now) } }

    /// The same with all that this node would ask the others for.
    func possibleQuotas(at now: Timestamp) -> [ClaimQuota] { quotas { $0.possible(at: now) } }

    private func quotas(_ quota: (AccountThrottle) -> Int) -> [ClaimQuota] {
        var room = maxInFlight - inFlight
        let order = accounts.values.sorted { ($0.inFlight, $0.limits.name) < ($1.inFlight, $1.limits.name) }
        return order.compactMap { throttle in
            let limit = min(room, quota(throttle))
            guard limit > 0 else { return nil }
            room -= limit
            guard isShared else { return ClaimQuota(account: throttle.limits.name, limit: limit) }
            let (pair, number) = (throttle.limits.pair, throttle.limits.numberRate.map(PairLimit.init))
            return ClaimQuota(account: throttle.limits.name, limit: limit, pair: pair, number: number)
        }
    }

    /// The accounts that may take a message now, room for all aside.
    func ready(at now: Timestamp) -> [String] {
        guard inFlight < maxInFlight else { return [] }
        return accounts.values.filter { $0.possible(at: now) > 0 }.map(\.limits.name)
    }

    /// When the next of the accounts that may not take a message now may do so.
    func nextChance(after now: Timestamp) -> Timestamp? {
        guard inFlight < maxInFlight else { return nil }
        return accounts.values.filter { $0.possible(at: now) == 0 }.compactMap { $0.nextChance(after: now) }.min()
    }

    mutating func claimed(_ messages: [ClaimedMessage], at now: Timestamp) {
        for (account, count) in Dictionary(messages.map { ($0.account, 1) }, uniquingKeysWith: +) {
            accounts[account]?.claimed(count, at: now)
        }
    }

    mutating func gaveBack(_ message: ClaimedMessage, at now: Timestamp) {
        accounts[message.account]?.gaveBack(at: now)
    }

    /// Looks what the accounts hold for a time, and forgets what is over.
    mutating func lookAtWaits(at now: Timestamp) {
        paces.forget(at: now)
        forEachAccount { $1.lookAtWaits(at: now) }
    }

    /// Changes all accounts, with their names.
    mutating func forEachAccount(_ change: (String, inout AccountThrottle) -> Void) {
        // Not by their names: whoever goes through a copy of those has the first change copy the accounts.
        var index = accounts.startIndex
        while index != accounts.endIndex {
            change(accounts.keys[index], &accounts.values[index])
            accounts.formIndex(after: &index)
        }
    }

    /// Looks at the templates that are paused.
    ///
    /// - Returns: Those that go on, by account.
    mutating func lookAtTemplates(
        _ approval: (_ template: String, _ account: String, _ after: Timestamp) -> Bool?,
        at now: Timestamp
    ) -> [(account: String, template: String)] {
        var found: [(account: String, template: String)] = []
        forEachAccount { name, account in
            let approved = account.lookAtTemplates({ approval($0, name, $1) }, at: now)
            for template in approved { found.append((name, template)) }
        }
        return found
    }

    /// Changes an account, where there is one.
    mutating func change<Value>(_ account: String, _ body: (inout AccountThrottle) -> Value) -> Value? {
        guard let index = accounts.index(forKey: account) else { return nil }
        return body(&accounts.values[index])
    }

    /// Whether an account has stopped.
    func isStopped(_ account: String) -> Bool { accounts[account]?.holds.stops[.account] != nil }

    /// Whether a message that was claimed has to wait all the same; if so, until when, and why.
    mutating func hold(_ message: ClaimedMessage, _ templates: TemplateHints, at now: Timestamp) -> HeldBack? {
        accounts[message.account]?.hold({ Addressee(message, templates) }, at: now)
            ?? (paces.isEmpty ? nil : paces.hold(message, at: now))
    }

    /// Notes that a message leaves; see ``Paces/left(_:at:)``.
    mutating func left(_ message: ClaimedMessage, at now: Timestamp) -> (name: String, percent: Int)? {
        paces.isEmpty ? nil : paces.left(message, at: now)
    }

    /// Frees the places of those that wait no more; see ``Paces/free(_:of:but:_:)``.
    mutating func free(
        _ memory: PaceMemory,
        of accounts: Set<String>,
        but others: Set<MessageID>,
        _ steady: (Timestamp) -> Timestamp
    ) {
        paces.free(memory, of: accounts, but: others, steady)
    }

    /// Takes over what an earlier run left behind; see ``Paces/remember(_:_:)``.
    mutating func remember(_ memory: PaceMemory, _ steady: (Timestamp) -> Timestamp) {
        paces.remember(memory, steady)
    }

    /// Why what is uncertain of an account waits for a person; `nil` while its rules decide.
    func brake(of account: String) -> String? { accounts[account]?.brake.reason }

    /// A person lets an account go on.
    mutating func resume(_ account: String, at now: Timestamp) -> [MetaCode.Part] {
        accounts[account]?.resume(at: now) ?? []
    }

    /// Notes what a source reported; see ``AccountThrottle/reported(_:because:of:taken:happened:at:)``.
    ///
    /// - Parameters:
    ///   - report: What it reported.
    ///   - templates: What is known of templates.
    ///   - now: The time now.
    ///   - steady: A wall time on the steady line.
    /// - Returns: What changed.
    mutating func reported(
        _ report: ReportedCode,
        _ templates: TemplateHints,
        at now: Timestamp,
        _ steady: (Timestamp) -> Timestamp
    ) -> AccountThrottle.Change {
        accounts[report.account]?
            .reported(
                report.code,
                because: report.reason,
                of: { Addressee(report, templates) },
                taken: steady(report.takenAt),
                happened: min(now, steady(report.at)),
                at: now
            ) ?? AccountThrottle.Change()
    }

    /// Notes how an attempt ended, at a time now; see ``AccountThrottle/ended(_:of:began:at:)``.
    mutating func ended(
        _ ended: AttemptInbox.Ended,
        _ templates: TemplateHints,
        at now: Timestamp
    ) -> (outcome: Outcome, change: AccountThrottle.Change) {
        let (outcome, message) = (ended.attempt.outcome, ended.message)
        let began = ended.steady.advanced(by: .zero - ended.attempt.duration)
        if !paces.isEmpty { paces.ended(message, outcome, at: now) }
        return accounts[message.account]?
            .ended(outcome, of: { Addressee(message, templates) }, began: began, at: ended.steady)
            ?? (outcome, AccountThrottle.Change())
    }
}
