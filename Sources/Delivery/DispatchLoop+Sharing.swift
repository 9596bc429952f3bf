// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox

// What the loop shares with other nodes of its store: paces of accounts, pauses, circuits, stops.

extension DispatchLoop {
    /// Before an exchange: tells the other nodes what this one learnt of accounts, hears of them, and asks for what is needed
    /// to claim.
    mutating func share(mayClaim: Bool, hasRung: Bool) async {
        let possible = throttle.possibleQuotas(at: steady).filter { mayAgree($0.account) }
        let wishes = mayClaim && watch.asks(for: possible, now: now, steady: steady)
        let polls = standingsSeen.map { $0.advanced(by: dispatcher.settings.poll) <= steady } ?? true
        if polls { standingsSeen = steady }
        let (time, nodes) = (steady, dispatcher.paces?.nodes ?? 1)
        throttle.forEachAccount { _, account in
            account.share { shared in
                shared.nodes = nodes
                shared.forget(at: time)
            }
        }
        // Somebody rings for each message: what is heard before a message leaves is not worth a question then.
        await sharePortfolios(asks: polls)
        if drainEnds != nil { await giveBackPlaces(of: Set(throttle.accounts.keys), ends: true) }
        guard let context = shareContext(wishes: wishes) else { return }
        var turns: [String: AccountStanding.Turn] = [:]
        for (name, account) in throttle.accounts {
            turns[name] = account.turn(context, looks: hasRung || polls, polls: polls)
        }
        await share(turns, context)
    }

    /// Before attempts are concluded of which some are counted (failures, and uncertain ones), or may let uncertain messages go
    /// on: hears what others counted meanwhile.
    mutating func hear(before ended: [AttemptInbox.Ended]) async {
        let worth = ended.filter {
            $0.attempt.outcome.isCounted || throttle.brake(of: $0.message.account) != nil
        }
        let accounts = Set(worth.map(\.message.account))
        guard !accounts.isEmpty, let context = shareContext(wishes: false) else { return }
        var turns: [String: AccountStanding.Turn] = [:]
        for account in accounts { turns[account] = throttle.accounts[account]?.hearing(context) }
        await share(turns, context)
    }

    /// For which accounts an exchange claims; for none where nothing may be due, if other nodes share the store: room does not
    /// stand there.
    func quotasWorthAsking() -> [ClaimQuota] {
        let quotas = throttle.quotas(at: steady).filter { mayAgree($0.account) }
        return dispatcher.paces == nil || watch.asks(for: quotas, now: now, steady: steady) ? quotas : []
    }

    /// After an exchange: notes what was due, and gives back what is not needed for it.
    mutating func noteClaims(_ claimed: [ClaimedMessage], of quotas: [ClaimQuota]) async {
        let counts = Dictionary(claimed.map { ($0.account, 1) }, uniquingKeysWith: +)
        for quota in quotas {
            let count = counts[quota.account] ?? 0
            _ = throttle.change(quota.account) { $0.share { $0.claimed(count, of: quota.limit) } }
        }
        let idle = quotas.filter { counts[$0.account] ?? 0 < $0.limit }.map(\.account)
        await giveBackPlaces(of: Set(idle), ends: false)
    }

    /// Gives back what this node took ahead and does not use.
    ///
    /// - Parameters:
    ///   - accounts: Of which accounts.
    ///   - ends: Whether it takes no more; else what others would hardly miss is kept.
    private mutating func giveBackPlaces(of accounts: Set<String>, ends: Bool) async {
        guard let context = shareContext(wishes: false) else { return }
        var turns: [String: AccountStanding.Turn] = [:]
        for account in accounts {
            turns[account] = throttle.change(account) { $0.returning(context, ends: ends) } ?? nil
        }
        await share(turns, context)
    }

    /// Takes over how accounts stand that an exchange claimed for.
    mutating func heed(_ standings: [String: AccountStanding]) {
        guard !standings.isEmpty, let context = shareContext(wishes: false) else { return }
        for (account, standing) in standings { hear(standing, nil, isTold: false, of: account, context) }
    }

    /// Whether something is on its way to the other nodes that has to get there before this one ends.
    var owesNews: Bool {
        throttle.accounts.values.contains { $0.owesNews } || throttle.paces.budgets.contains { $0.hasNews }
    }

    private func shareContext(wishes: Bool) -> ShareContext? {
        guard let paces = dispatcher.paces else { return nil }
        let (now, steady) = (now, steady)
        return ShareContext(
            node: paces.node,
            nodes: paces.nodes,
            lease: dispatcher.settings.lease,
            lead: now.duration(to: steady),
            steady: steady,
            wishes: wishes
        )
    }

    private mutating func share(_ turns: [String: AccountStanding.Turn], _ context: ShareContext) async {
        guard let paces = dispatcher.paces, !turns.isEmpty else { return }
        let time = context.steady.advanced(by: .zero - context.lead)
        let shared = await Self.attempting { () throws(StoreError) in try await paces.share(turns, at: time) }
        // What is not asked again keeps nobody from being ready.
        let isAskedAgain = turns.values.contains { $0.learnt != nil || $0.wish != nil }
        if isAskedAgain { heed(shared, of: .paces) } else { heed(shared) }
        guard case .success(let answers) = shared else { return }
        for (account, turn) in turns {
            guard let answer = answers[account] else {
                _ = throttle.change(account) { $0.share { $0.wasNotHeard(at: context.steady) } }
                continue
            }
            let grant = turn.wish == nil ? nil : answer.grant
            hear(answer.standing, grant, isTold: turn.learnt != nil, of: account, context)
        }
    }

    private mutating func hear(
        _ standing: AccountStanding,
        _ grant: AccountStanding.Grant?,
        isTold: Bool,
        of account: String,
        _ context: ShareContext
    ) {
        guard let heard = throttle.change(account, { $0.heard(standing, grant, isTold: isTold, context) }) else {
            return
        }
        let condition = standing.condition
        let reason = condition.refusal?.reason ?? condition.failure?.reason
        dispatcher.announce(heard.change, of: account, because: reason)
        for (part, reason) in heard.stopped { dispatcher.announce(stopped: part, of: account, because: reason) }
        for part in heard.resumed { goesOn(part, of: account) }
        for template in heard.templates {
            let condition = Holds.condition(ofTemplate: template)
            let reason = "another node heard that the template goes on"
            news.append(News(account: account, condition: condition, reason: reason))
        }
    }
}
