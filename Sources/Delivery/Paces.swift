// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI

/// A message that was claimed and must not leave yet: until when, and why.
struct HeldBack: Hashable {
    let until: Timestamp
    let reason: String
    /// Whether that is about the message's template, so that another one may leave in its place.
    var isOfTemplate = false
    /// Whether it leaves at that time; else it waits for a person.
    var waitsForTime = true
    /// What has to happen before it leaves, where that may be before the time; or where it is all that it waits for.
    var condition: String?
    /// The gate that holds it; `nil` for what the partner's answers taught.
    var gate: SendGate?
}

/// Spans that all go by who hold messages until a time.
enum HoldTimes {
    /// What a message may be early, after its time was turned into wall time and back.
    static let slack: Duration = .milliseconds(50)
    /// How long a place is kept beyond its instant: who has not come by then was called off, or is held by something else.
    static let grace: Duration = .seconds(3_600)
}

/// What keeps messages back that could leave by all that is in the store: the pace of each pair of a sending number and a
/// recipient, that of each number, and the budget of each portfolio, in this order.
///
/// Where neither is configured, nothing is remembered and nobody is asked. Pure; time is a parameter, on the steady line.
struct Paces {
    private var pairs: [String: PairPace] = [:]
    /// The paces of each account's numbers, in lines by number.
    private var numbers: [String: PairPace] = [:]
    var budgets: [PortfolioBudget] = []
    private(set) var budgetOf: [String: Int] = [:]

    /// Paces of which nothing is remembered.
    ///
    /// - Parameters:
    ///   - accounts: How they may be used.
    ///   - portfolios: Whose recipients of a day count together.
    ///   - isShared: Whether the store keeps the paces of pairs and numbers for all nodes, and these agree about portfolios.
    init(_ accounts: [AccountLimits], portfolios: [PortfolioLimit], isShared: Bool = false) {
        for account in accounts where !isShared {
            pairs[account.name] = account.pair.map { PairPace($0) }
            numbers[account.name] = account.numberRate.map { PairPace(PairLimit($0)) }
        }
        for (index, portfolio) in portfolios.enumerated() {
            budgets.append(PortfolioBudget(portfolio, isShared: isShared))
            for account in portfolio.accounts { budgetOf[account] = index }
        }
    }

    /// Whether there is nothing to keep.
    var isEmpty: Bool { pairs.isEmpty && numbers.isEmpty && budgets.isEmpty }

    /// How many recipients of each portfolio count, and may.
    var portfolios: [(name: String, used: Int, limit: Int)] {
        budgets.map { ($0.limit.name, $0.used, $0.limit.recipients) }
    }

    /// How many messages of each account wait for their turn behind others to the same recipient.
    var pairsWaiting: [(account: String, count: Int)] { pairs.map { ($0.key, $0.value.waiting) } }

    /// How long before now a departure may matter.
    var memory: Duration { budgets.isEmpty ? memoryOfPairs : PortfolioBudget.window }

    /// The same for who sent it: a portfolio counts recipients, whichever number wrote to them.
    var memoryOfPairs: Duration { pairs.values.map(\.memory).max() ?? .zero }

    /// Whether a message has to wait; if so, it has its turn from now on.
    ///
    /// Of a portfolio that nodes share it is not said here, but when they agree (``decide(_:of:at:)``).
    mutating func hold(_ message: ClaimedMessage, at now: Timestamp) -> HeldBack? {
        if let held = holdNumber(message, at: now) { return held }
        guard let (index, recipient) = place(of: message), budgets[index].shared == nil else { return nil }
        return hold(recipient, index, at: now)
    }

    private mutating func hold(_ recipient: Int, _ index: Int, at now: Timestamp) -> HeldBack? {
        guard let turn = budgets[index].turn(to: recipient, at: now) else { return nil }
        let limit = budgets[index].limit
        let reason = "\(limit.recipients) new recipients in 24 hours are used up in '\(limit.name)'"
        return HeldBack(until: turn, reason: reason, gate: .portfolio)
    }

    /// Which portfolio counts a message, and as whom; `nil` for none.
    private func place(of message: ClaimedMessage) -> (index: Int, recipient: Int)? {
        guard message.category != .service, let index = budgetOf[message.account] else { return nil }
        return message.recipient.map { (index, Self.hash($0, in: budgets[index].limit.name)) }
    }

    /// The messages that each portfolio counts which nodes share.
    func sharedPortfolios(of messages: [ClaimedMessage]) -> [Int: [ClaimedMessage]] {
        let counted = messages.compactMap { message in place(of: message).map { ($0.index, message) } }
        return Dictionary(grouping: counted.filter { budgets[$0.0].shared != nil }) { $0.0 }.mapValues { $0.map(\.1) }
    }

    /// Lets messages leave that a portfolio lets, until the nodes agree or it is taken back.
    ///
    /// - Parameters:
    ///   - messages: Messages that it counts.
    ///   - index: Which portfolio.
    ///   - now: The time now.
    /// - Returns: What holds those that have to wait.
    mutating func decide(_ messages: [ClaimedMessage], of index: Int, at now: Timestamp) -> [MessageID: HeldBack] {
        var holds: [MessageID: HeldBack] = [:]
        budgets[index].begin()
        for message in messages {
            guard let recipient = place(of: message)?.recipient else { continue }
            if let hold = hold(recipient, index, at: now) {
                holds[message.id] = hold
            } else {
                budgets[index].left(message.id, to: recipient, at: now)
            }
        }
        return holds
    }

    /// The portfolio that an operator is to be warned of, and how many percent of it are used; `nil` for none.
    mutating func warning(of index: Int) -> (name: String, percent: Int)? {
        budgets[index].warning().map { (budgets[index].limit.name, $0) }
    }

    /// Whether a message has to wait for others of its number.
    private mutating func holdNumber(_ message: ClaimedMessage, at now: Timestamp) -> HeldBack? {
        guard let (pair, number) = lines(of: message) else { return nil }
        if let pair,
            let turn = pairs[message.account]?.turn(of: message.id, to: pair, at: now)
        {
            return HeldBack(until: turn, reason: SendGate.pair.wordsOfTurn, gate: .pair)
        }
        let turn = numbers[message.account]?.turn(of: message.id, to: number, at: now)
        return turn.map { HeldBack(until: $0, reason: SendGate.number.wordsOfTurn, gate: .number) }
    }

    /// Notes that a message leaves.
    ///
    /// - Returns: The portfolio that an operator is to be warned of, and how many percent of it are used; `nil` for none.
    mutating func left(_ message: ClaimedMessage, at now: Timestamp) -> (name: String, percent: Int)? {
        guard !isEmpty else { return nil }
        if let (pair, number) = lines(of: message) {
            if let pair { pairs[message.account]?.left(message.id, to: pair, at: now) }
            numbers[message.account]?.left(message.id, to: number, at: now)
        }
        guard let (index, recipient) = place(of: message), budgets[index].shared == nil else { return nil }
        budgets[index].left(message.id, to: recipient, at: now)
        return warning(of: index)
    }

    /// Notes how a message's request ended.
    mutating func ended(_ message: ClaimedMessage, _ outcome: Outcome, at now: Timestamp) {
        guard let index = budgetOf[message.account] else { return }
        let mayHaveArrived = outcome.name == .accepted || outcome.name == .uncertain
        budgets[index].ended(message.id, mayHaveArrived: mayHaveArrived, at: now)
    }

    /// Notes that a message did not leave after all that a portfolio let leave.
    mutating func didNotLeave(_ message: ClaimedMessage, at now: Timestamp) {
        guard let index = budgetOf[message.account] else { return }
        budgets[index].ended(message.id, mayHaveArrived: false, at: now)
    }

    /// Forgets whom portfolios count no more, so that what is told of them is true now.
    mutating func forget(at now: Timestamp) {
        for index in budgets.indices { budgets[index].forget(at: now) }
    }

    /// Takes over what an earlier run left behind, and to whom accounts wrote that a portfolio did not count then; of recipients of
    /// whom other nodes told, they know better.
    ///
    /// - Parameters:
    ///   - memory: What the store has of it.
    ///   - steady: A wall time on the steady line.
    mutating func remember(_ memory: PaceMemory, _ steady: (Timestamp) -> Timestamp) {
        var recipients = budgets.map { _ in [Int: Timestamp]() }
        for departure in memory.departures.sorted(by: { $0.at < $1.at }) {
            let at = steady(departure.at)
            if let pair = Self.hash(departure.recipient, from: departure.number) {
                pairs[departure.account]?.remember(nil, to: pair, at: at)
            }
            guard departure.mayHaveArrived, departure.category != .service, let index = budgetOf[departure.account]
            else { continue }
            recipients[index][Self.hash(departure.recipient, in: budgets[index].limit.name)] = at
        }
        for index in budgets.indices { budgets[index].remember(recipients[index]) }
        for place in memory.places.sorted(by: { $0.at < $1.at }) {
            let at = steady(place.at)
            if place.gate == .number {
                numbers[place.account]?.remember(place.message, to: place.number.hashValue, at: at)
            } else if let pair = Self.hash(place.recipient, from: place.number) {
                pairs[place.account]?.remember(place.message, to: pair, at: at)
            }
        }
    }

    /// Whether a message would get a place behind others, who may wait no more.
    func standsBehind(_ message: ClaimedMessage) -> Bool {
        guard let (pair, number) = lines(of: message) else { return false }
        return pair.map { pairs[message.account]?.standsBehind(message.id, to: $0) ?? false } ?? false
            || numbers[message.account]?.standsBehind(message.id, to: number) ?? false
    }

    /// In which lines a message stands, of its pair and of its number; `nil` where its account has none.
    private func lines(of message: ClaimedMessage) -> (pair: Int?, number: Int)? {
        guard pairs[message.account] != nil || numbers[message.account] != nil else { return nil }
        let number = message.request.phoneNumberID
        return (Self.hash(message.recipient, from: number), number.hashValue)
    }

    /// Frees the places of messages that wait no more.
    ///
    /// - Parameters:
    ///   - memory: Who waits by the store.
    ///   - accounts: Of whom that was read; the places of others stay.
    ///   - others: Who is in this process's hands: the store does not have them as waiting, or not yet.
    ///   - steady: A wall time on the steady line.
    mutating func free(
        _ memory: PaceMemory,
        of accounts: Set<String>,
        but others: Set<MessageID>,
        _ steady: (Timestamp) -> Timestamp
    ) {
        let waiting = others.union(memory.places.map(\.message))
        for account in accounts {
            let bound = memory.placesUntil[account].map(steady)
            pairs[account]?.keep(waiting, upTo: bound)
            numbers[account]?.keep(waiting, upTo: bound)
        }
    }

    /// A recipient as it is remembered, or the pair of one and a sending number: nobody's number, and another one in each
    /// run.
    static func hash(_ recipient: String?, from number: String? = nil) -> Int? {
        guard let recipient else { return nil }
        var hasher = Hasher()
        hasher.combine(recipient)
        if let number { hasher.combine(number) }
        return hasher.finalize()
    }

    /// A recipient as a portfolio remembers them: nobody's number, and the same on all nodes.
    private static func hash(_ recipient: String, in portfolio: String) -> Int {
        let bytes = Fingerprint(of: "portfolio\u{0}\(portfolio)\u{0}\(recipient)").bytes
        return Int(truncatingIfNeeded: bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
