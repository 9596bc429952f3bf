// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
import PartnerAPI
package import Rules

/// Events of the past against rules: which messages would leave now that did not, which would not, which would say
/// something else, and which would leave at another time.
///
/// Pure: the time is that of the events, what was told and what waits is kept in memory, by the law of every store
/// (``VirtualOutbox``), and nothing leaves. The same events and the same rules give the same report.
package struct Backtest: Sendable {
    /// What is told of; what is left out is rehearsed all the same, because it may hold back what comes later.
    package struct Scope: Sendable {
        /// Not events that came before.
        package var since: Timestamp?
        /// Not events that came then or later.
        package var until: Timestamp?
        /// The source's name.
        package var source: String?
        /// The rule's name.
        package var rule: String?
        /// The events' ids; `nil` for all.
        package var events: Set<EventID>?

        package init(since: Timestamp? = nil, until: Timestamp? = nil, source: String? = nil, rule: String? = nil) {
            self.since = since
            self.until = until
            self.source = source
            self.rule = rule
        }

        func takes(_ event: Event) -> Bool {
            (source == nil || source == event.source) && event.receivedAt >= since ?? event.receivedAt
                && until.map { event.receivedAt < $0 } ?? true && events?.contains(event.id) ?? true
        }

        func takes(rule name: String) -> Bool { rule == nil || rule == name }
    }

    /// An event of the past, as its rules see it.
    package struct PastEvent: Sendable {
        /// The event, with what was looked up for it.
        package let event: Event
        /// What its evaluation depends on beside the rules.
        package let context: EvaluationContext
        /// When its messages were stored: when it came, or when its look-up had succeeded.
        package let acceptedAt: Timestamp
        /// What was made of it.
        package let messages: [ArchivedMessage]

        package init(event: Event, context: EvaluationContext, acceptedAt: Timestamp, messages: [ArchivedMessage]) {
            self.event = event
            self.context = context
            self.acceptedAt = acceptedAt
            self.messages = messages
        }
    }

    private let scope: Scope
    private var now: Rerun
    /// The rules to compare with; `nil` to compare with what is kept.
    private var before: Rerun?
    /// The hashes of the messages that were seen.
    private var told: Set<Int> = []
    /// When the first event came.
    private var start: Timestamp?
    private var ledger: BacktestLedger

    /// A comparison with what is kept, or with other rules.
    ///
    /// - Parameters:
    ///   - rules: The rules as they are now.
    ///   - other: The rules to compare with; `nil` to compare with the messages that the events had.
    ///   - accounts: The accounts of the configuration, the default first.
    ///   - scope: What is told of.
    ///   - limit: The most differences to list; all are counted.
    package init(
        _ rules: RuleSet,
        against other: RuleSet? = nil,
        accounts: [String],
        scope: Scope = Scope(),
        limit: Int = .max
    ) {
        self.scope = scope
        ledger = BacktestLedger(rules, limit: limit)
        now = Rerun(rules: rules, accounts: accounts)
        before = other.map { Rerun(rules: $0, accounts: accounts) }
    }

    /// Rehearses the next event; they have to come in the order in which they were accepted.
    package mutating func take(_ past: PastEvent) {
        if start == nil { start = past.event.receivedAt }
        let old = before?.take(past) ?? past.messages.map(kept)
        let new = now.take(past)
        for message in past.messages { told.insert(message.message.id.hashValue) }
        ledger.noteOldRules(old.lazy.map(\.rule))
        if scope.takes(past.event) {
            ledger.add(past.event, MessagePairing(old, new).pairs.filter { scope.takes(rule: $0.rule) })
        }
        settle()
    }

    /// Compares what has come to its end, and forgets it.
    private mutating func settle() {
        for end in before?.takeEnded() ?? [] { ledger.end(end, on: .old) }
        for end in now.takeEnded() { ledger.end(end, on: .new) }
    }

    private func kept(_ message: ArchivedMessage) -> RehearsedMessage {
        RehearsedMessage(
            rule: message.message.rule,
            account: message.message.account,
            body: message.message.request?.body,
            addressee: message.recipient,
            fate: .known(message.fate),
            isUndecided: isOlder(message) || message.beganUnwanted,
            isKept: true
        )
    }

    /// Whether what kept a message is not kept itself any more, so that nobody knows whether it would be kept now.
    private func isOlder(_ message: ArchivedMessage) -> Bool {
        if let holder = message.holder { return !told.contains(holder.hashValue) }
        guard let since = message.knownSince, let start else { return false }
        return since < start
    }

    /// Lets everything leave that waits, and compares.
    ///
    /// - Returns: What was found.
    package consuming func report() -> BacktestReport {
        now.end()
        before?.end()
        if let before { ledger.noteOldRules(before.rules.names) }
        settle()
        return ledger.report()
    }
}

/// A message of one side of a comparison.
struct RehearsedMessage {
    let rule: String
    let account: String
    /// What is asked of the partner; `nil` for a message that could not be built, and for a digest before its time has
    /// passed.
    let body: [UInt8]?
    /// Who gets it, as facts name them, where the body does not say it.
    var addressee: String?
    let fate: Fate
    /// Whether it was not kept what had held it, or would have.
    var isUndecided = false
    /// Whether it is one of those that were kept, and not rehearsed.
    var isKept = false

    /// What becomes of it.
    enum Fate {
        case known(RuledFate)
        /// The time has to pass first: the message's place in the virtual outbox.
        case open(Int)
    }
}

/// Rules over events of the past in virtual time.
struct Rerun: Sendable {
    let rules: RuleSet
    let accounts: [String]
    private var outbox = VirtualOutbox()
    private var digests = VirtualDigests()

    init(rules: RuleSet, accounts: [String]) {
        self.rules = rules
        self.accounts = accounts
    }

    /// What the rules make of the next event; whatever was due before has left by then.
    mutating func take(_ past: Backtest.PastEvent) -> [RehearsedMessage] {
        pass(until: past.acceptedAt)
        let made = rules.evaluate(past.event, in: past.context).consequences(
            accounts: accounts,
            at: past.event.receivedAt,
            in: past.context
        )
        let caller = CallingEvent(id: past.event.id, type: past.event.type, receivedAt: past.event.receivedAt)
        outbox.carryOut(made.sideEffects, of: caller, at: past.acceptedAt)
        let built = made.messages.map { message in
            outbox.accept(message, at: past.acceptedAt)
            return RehearsedMessage(
                rule: message.rule,
                account: message.account,
                body: message.request.body,
                fate: .open(outbox.messages.count - 1)
            )
        }
        outbox.forgetWhatIsOver(at: past.acceptedAt)
        let (items, bytes) = (made.digests.items.count, past.event.payload.bytes.count)
        let number = items == 0 ? 0 : digests.add(past.event, past.context, uses: items)
        let collected = made.digests.items.compactMap { collect($0, number, bytes, at: past.acceptedAt) }
        let failed = made.failures.map { failure in
            RehearsedMessage(rule: failure.rule, account: "", body: nil, fate: .known(.notBuilt(why: failure.reason)))
        }
        return built + collected + failed
    }

    /// Puts an event into a digest; a message of its own when it opens one.
    private mutating func collect(_ item: DigestItem, _ event: Int, _ bytes: Int, at now: Timestamp)
        -> RehearsedMessage?
    {
        let (place, isNew) = outbox.accept(item, of: event, bytes: bytes, at: now)
        guard isNew else { return nil }
        let name = outbox.messages[place].record.recipient
        return RehearsedMessage(rule: item.rule, account: "", body: nil, addressee: name, fate: .open(place))
    }

    private mutating func pass(until end: Timestamp?) {
        let (digests, rules, accounts) = (digests, rules, accounts)
        outbox.pass(until: end) { digests.build($0, rules, accounts: accounts).content }
    }

    /// Lets time pass until nothing waits any more.
    mutating func end() { pass(until: nil) }

    /// What has come to its end since this was asked last, with what it says; it is forgotten.
    mutating func takeEnded() -> [Ended] {
        let ended = outbox.takeEnded().map { place in
            defer { outbox.forget(place) }
            return Ended(place: place, outbox.messages[place])
        }
        digests.release(outbox.takeReleased())
        return ended
    }

    /// A message that came to its end.
    struct Ended {
        /// Its place in the virtual outbox.
        let place: Int
        let account: String
        /// What is asked of the partner; `nil` for what could not be built.
        let body: [UInt8]?
        let fate: RuledFate

        init(place: Int, _ entry: VirtualOutbox.Entry) {
            let message = entry.record.message
            self.place = place
            (account, body) = (message.account, message.request?.body)
            fate = Self.fate(entry)
        }

        private static let told = "the same is told by another message: its rule tells it once (once_per)"

        private static func fate(_ entry: VirtualOutbox.Entry) -> RuledFate {
            let (begins, message) = (entry.beginning, entry.record.message)
            // The id of the other message is drawn anew each time.
            if begins.obstacle == .repeated { return .held(why: Self.told) }
            if message.state == .failed, message.request == nil { return .notBuilt(why: message.reason) }
            if begins.obstacle != nil || entry.leftAt == nil { return .held(why: message.reason) }
            return .leaves(begins.due > message.createdAt ? .at(begins.due) : .atOnce)
        }
    }
}
