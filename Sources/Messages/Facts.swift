// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import PartnerAPI

/// What a store remembers of what rules have told and seen, under one key: what `once_per`, `cancel_when` and
/// `when_changed` go by.
package struct Fact: Hashable, Sendable {
    /// Whose fact it is.
    package let kind: Kind
    /// The rule that it is about.
    package let rule: String
    /// To whom it is told, such as `phone:919812345670`; empty where it is about all recipients.
    package let recipient: String
    /// What it is about, such as an order's number.
    package let key: String

    /// What a fact is for; the raw value is what the store says.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// `once_per` of messages that leave.
        case once
        /// `once_per` of messages that are only recorded: a rule in shadow mode takes nothing from a live one.
        case shadowOnce = "shadow_once"
        /// An event that called off what comes after it: ``EarlyCancellation``.
        case calledOff = "called_off"
        /// The value that `when_changed` saw last: ``KnownValue``. A rule in shadow mode sees the same as a live one.
        case value
        /// A message left, or may have: what `limit` counts.
        case departure
        /// When a message's turn comes that a `limit` lets wait: what others go behind.
        case turn
    }

    package init(kind: Kind, rule: String, recipient: MessageRequest.Recipient, key: String) {
        self.init(kind: kind, rule: rule, recipient: Self.name(of: recipient), key: key)
    }

    init(kind: Kind, rule: String, recipient: String, key: String) {
        self.kind = kind
        self.rule = rule
        self.recipient = recipient
        self.key = key
    }

    /// A recipient as facts and messages name it: `phone:` with the digits of E.164, or `contact:` with the id.
    package static func name(of recipient: MessageRequest.Recipient) -> String {
        switch recipient {
        case .phone(let number): "phone:\(number.digits)"
        case .contact(let id): "contact:\(id)"
        }
    }

    /// The recipient that ``name(of:)`` gave a name; `nil` for any other text.
    package static func recipient(_ name: String) -> MessageRequest.Recipient? {
        if name.hasPrefix("contact:") { return .contact(String(name.dropFirst("contact:".count))) }
        guard name.hasPrefix("phone:") else { return nil }
        return (try? PhoneNumberDigits(String(name.dropFirst("phone:".count)))).map { .phone($0) }
    }

    /// What is said of whom, whatever it is; departures and turns stand in one line.
    fileprivate var withoutKey: Fact {
        Fact(kind: kind == .turn ? .departure : kind, rule: rule, recipient: recipient, key: "")
    }

    /// Whether it is a turn in an account's line, and nobody knows of which account: a digest that waits has none.
    package var isTurnOfAnyAccount: Bool { kind == .turn && recipient == Self.account }

    /// How an account is called that counts in the place of a recipient.
    ///
    /// - Parameter name: The account's name.
    /// - Returns: A name that no recipient has.
    static func account(_ name: String) -> String { account + name }

    private static let account = "account:"

    /// Whether it is the same turn in an account's line.
    fileprivate func isTurn(_ other: Fact) -> Bool {
        kind == .turn && rule == other.rule && key == other.key && recipient.hasPrefix(Self.account)
    }

    /// A fact about all recipients.
    package init(kind: Kind, rule: String, key: String) {
        self.init(kind: kind, rule: rule, recipient: "", key: key)
    }
}

/// The message that tells a fact, and until when nobody else does.
package typealias FactHolder = Held<MessageID>

extension [Fact: FactHolder] {
    /// Those that still hold, until when by another clock.
    ///
    /// - Parameters:
    ///   - now: The time now by that clock.
    ///   - keys: The same on the line of keys.
    /// - Returns: The holders.
    package func held(at now: Timestamp, keys: Timestamp) -> [Fact: FactHolder] {
        filter { $0.value.holds(at: keys) }
            .mapValues { FactHolder($0.value, until: now.advanced(by: keys.duration(to: $0.until))) }
    }
}

/// Facts in memory, for what has no tables: `rules test`, `explain`, a store in memory.
package struct FactBook: Hashable, Sendable {
    private var holders: [Fact: FactHolder] = [:]
    /// What has left, by rule and recipient, each in the order in which it ends: a limit asks for one of the last.
    private var departures: [Fact: [Departure]] = [:]

    private struct Departure: Hashable, Sendable {
        let fact: Fact
        let holder: FactHolder
    }
    private var cancellations: [Fact: EarlyCancellation] = [:]
    private var values: [Fact: Held<KnownValue>] = [:]
    /// What the event that is at work says against what was known.
    private var verdicts: [Change: ChangeVerdict] = [:]

    /// A book in which nothing is held.
    package init() {}

    /// Forgets what recipients were told, and what left to them.
    ///
    /// - Parameter recipients: Their names (``Fact/name(of:)``).
    /// - Returns: How many facts that were.
    package mutating func forget(_ recipients: [String]) -> Int {
        let told = holders.keys.count { recipients.contains($0.recipient) }
        let left = departures.filter { recipients.contains($0.key.recipient) }.reduce(0) { $0 + $1.value.count }
        holders = holders.filter { !recipients.contains($0.key.recipient) }
        departures = departures.filter { !recipients.contains($0.key.recipient) }
        return told + left
    }

    /// Remembers what an event does beside its messages; to be called before these begin.
    ///
    /// - Parameters:
    ///   - sideEffects: What it does.
    ///   - event: Which event.
    ///   - now: The time now.
    ///   - keys: The same on the line of keys.
    package mutating func note(
        _ sideEffects: SideEffects,
        of event: CallingEvent,
        at now: Timestamp,
        keys: Timestamp
    ) {
        for cancellation in sideEffects.cancellations {
            let fact = cancellation.fact
            cancellations[fact] = cancellation.early(by: event, at: now, keys: keys, over: cancellations[fact])
        }
        verdicts = [:]
        for change in sideEffects.changes {
            let (verdict, value) = change.judge(values[change.fact], at: event.receivedAt, keys: keys)
            verdicts[change] = verdict
            values[change.fact] = value
        }
    }

    /// Begins a message as every store does, and remembers what it tells.
    ///
    /// - Parameters:
    ///   - id: The message's id.
    ///   - rule: The rule that built it.
    ///   - fact: What it tells once; `nil` when it may be told any number of times.
    ///   - terms: What its rule says.
    ///   - cause: Why there is this message.
    ///   - now: The time now.
    ///   - keys: The same on the line of keys.
    /// - Returns: Where it begins.
    package mutating func begin(
        _ id: MessageID,
        of rule: String,
        telling fact: Fact?,
        _ terms: SendTerms,
        cause: String = NewMessage.ruleMatched,
        at now: Timestamp,
        keys: Timestamp
    ) -> Beginning {
        let precedents = Precedents(
            holder: fact.flatMap { holders[$0] },
            calledOff: terms.calledOffFact(rule: rule).flatMap { cancellations[$0] },
            change: terms.change.flatMap { verdicts[$0] }
        )
        let beginning = Beginning.of(terms, cause: cause, after: precedents, at: now, keys: keys)
        if let fact, let until = beginning.holdsUntil { holders[fact] = FactHolder(id, until: until) }
        return beginning
    }

    /// Begins a message as every store does, and remembers what it tells.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - now: The time now.
    ///   - keys: The same on the line of keys.
    /// - Returns: Where it begins.
    package mutating func begin(_ message: NewMessage, at now: Timestamp, keys: Timestamp) -> Beginning {
        begin(
            message.id,
            of: message.rule,
            telling: message.fact,
            message.terms,
            cause: message.cause,
            at: now,
            keys: keys
        )
    }

    /// Compares values once more that an event of the past said; to be called before its messages begin.
    package mutating func noteAgain(_ changes: [Change], of event: CallingEvent, keys: Timestamp) {
        verdicts = [:]
        for change in changes {
            let (verdict, value) = change.judgeAgain(values[change.fact], at: event.receivedAt, keys: keys)
            verdicts[change] = verdict
            if let value { values[change.fact] = value }
        }
    }

    /// Begins a message of an event that is replayed, and remembers what it tells.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - early: The event that came after its own and called it off; `nil` for none.
    ///   - giving: The messages that give what they tell once to it.
    ///   - now: The time now.
    ///   - keys: The same on the line of keys.
    /// - Returns: Where it begins.
    package mutating func beginAgain(
        _ message: NewMessage,
        calledOffBy early: EventID?,
        from giving: Set<MessageID>,
        at now: Timestamp,
        keys: Timestamp
    ) -> Beginning {
        let given = message.fact.flatMap { take($0, from: giving) }
        // What the message does not take stays with who had it.
        defer { if let given { learn([given.fact: given.holder]) } }
        if let early, let fact = message.calledOffFact {
            let known = cancellations[fact]
            cancellations[fact] = .replayed(early, at: keys)
            defer { cancellations[fact] = known }
            return begin(message, at: now, keys: keys)
        }
        return begin(message, at: now, keys: keys)
    }

    /// Takes a fact from its holder, if that is one of some messages.
    private mutating func take(_ fact: Fact, from giving: Set<MessageID>) -> (fact: Fact, holder: FactHolder)? {
        guard let holder = holders[fact], giving.contains(holder.value) else { return nil }
        holders[fact] = nil
        return (fact, holder)
    }

    /// Learns who tells what elsewhere; of a fact that somebody tells here, nothing.
    package mutating func learn(_ others: [Fact: FactHolder]) {
        holders.merge(others) { known, _ in known }
    }

    /// Who tells a fact now, and still will.
    ///
    /// - Parameters:
    ///   - fact: What is told once.
    ///   - keys: The time on the line of keys.
    /// - Returns: Its message, and until when; `nil` when it may be told.
    package func holder(of fact: Fact, at keys: Timestamp) -> FactHolder? {
        holders[fact].flatMap { $0.holds(at: keys) ? $0 : nil }
    }

    /// Gives a fact to a message, whoever holds it.
    package mutating func give(_ fact: Fact, to holder: FactHolder) {
        holders[fact] = holder
    }

    /// Remembers when a message's turn comes.
    package mutating func wait(for turn: Hold.Turn?) {
        guard let turn else { return }
        depart(turn.fact, turn.holder)
    }

    /// Remembers that a message was claimed and may leave.
    package mutating func depart(_ departures: [(fact: Fact, holder: FactHolder)]) {
        for (fact, holder) in departures { depart(fact, holder) }
    }

    private mutating func depart(_ fact: Fact, _ holder: FactHolder) {
        takeBack([fact])
        holders[fact] = holder
        let line = departures[fact.withoutKey, default: []]
        let place = line.lastIndex { $0.holder.until <= holder.until }.map { $0 + 1 } ?? 0
        departures[fact.withoutKey, default: []].insert(Departure(fact: fact, holder: holder), at: place)
    }

    /// Takes departures back that are known not to have arrived.
    package mutating func takeBack(_ departures: [Fact]) {
        for departure in departures { takeBack(departure) }
    }

    private mutating func takeBack(_ departure: Fact) {
        if departure.isTurnOfAnyAccount {
            for turn in holders.keys.filter(departure.isTurn) { takeBack(known: turn) }
        } else {
            takeBack(known: departure)
        }
    }

    private mutating func takeBack(known departure: Fact) {
        guard holders.removeValue(forKey: departure) != nil else { return }
        guard let place = departures[departure.withoutKey]?.lastIndex(where: { $0.fact == departure }) else { return }
        departures[departure.withoutKey]?.remove(at: place)
    }

    /// The end of the departure that ends as the wanted one from the last; `nil` when there are fewer.
    package func departure(_ question: DepartureQuestion) -> Timestamp? {
        let subject = Fact(kind: .departure, rule: question.rule, recipient: question.recipient, key: "")
        var rest = question.count
        for departure in departures[subject, default: []].reversed() where departure.holder.value != question.asking {
            guard departure.holder.until > question.now else { return nil }
            guard question.countsTurns || departure.fact.kind == .departure else { continue }
            rest -= 1
            if rest == 0 { return departure.holder.until }
        }
        return nil
    }

    /// How much is remembered.
    package var size: Int { holders.count + cancellations.count + values.count }

    /// Forgets what need not be remembered any more.
    ///
    /// - Parameters:
    ///   - limit: How many of a kind at most.
    ///   - isOver: Whether that is so for what is held until then.
    /// - Returns: How many were forgotten.
    package mutating func forget(atMost limit: Int, where isOver: (Timestamp) -> Bool) -> Int {
        var forgotten = Self.forget(&holders, limit, isOver) + Self.forget(&cancellations, limit, isOver)
        forgotten += Self.forget(&values, limit, isOver)
        for (subject, line) in departures {
            let left = line.filter { holders[$0.fact] != nil }
            departures[subject] = left.isEmpty ? nil : left
        }
        return forgotten
    }

    private static func forget<Value>(
        _ facts: inout [Fact: Held<Value>],
        _ limit: Int,
        _ isOver: (Timestamp) -> Bool
    ) -> Int {
        let over = facts.filter { isOver($0.value.until) }.keys.prefix(limit)
        for fact in over { facts[fact] = nil }
        return over.count
    }
}
