// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import PartnerAPI

/// Where a message begins, why there, and which fact it takes: the one place where `once_per`, `delay`,
/// `expires_after` and `mode: shadow` are judged.
///
/// A store reads who holds the fact, asks ``of(_:cause:holder:at:keys:)``, and writes what that says, all in the
/// transaction that stores the event. `rules test` and `explain` ask the same over a ``FactBook`` in memory.
package struct Beginning: Hashable, Sendable {
    /// `queued`, `scheduled`, `deferred` or `suppressed`.
    package let state: MessageState
    /// Why, as its timeline begins.
    package let reason: String
    /// From when the age of the message counts: when it may leave.
    package let due: Timestamp
    /// What kept it from leaving; `nil` when nothing did.
    package let obstacle: Obstacle?
    /// Until when the message holds its fact, on the line of keys; `nil` when it takes none.
    package let holdsUntil: Timestamp?

    /// Why a message does not leave.
    package enum Obstacle: Hashable, Sendable {
        /// It would leave too late.
        case expired
        /// Another message tells the same.
        case repeated
        /// Its rule only records; nothing else stands in the way.
        case shadow
    }

    /// Judges a message that is about to be stored.
    ///
    /// - Parameters:
    ///   - terms: What its rule says.
    ///   - cause: Why there is this message.
    ///   - holder: Who holds its fact now; `nil` when nobody does, or it may be told any number of times.
    ///   - now: The time now.
    ///   - keys: The same on the line of keys, which no setting of the clock moves (``FactHolder/until`` is on it).
    /// - Returns: Where it begins.
    package static func of(
        _ terms: SendTerms,
        cause: String,
        holder: FactHolder?,
        at now: Timestamp,
        keys: Timestamp
    ) -> Beginning {
        let start = terms.due(at: now)
        let hold = terms.quiet?.hold(at: start, before: terms.expiresAt)
        let due = hold?.until ?? start
        func suppressed(_ obstacle: Obstacle, _ reason: String, holdsUntil: Timestamp? = nil) -> Beginning {
            let state = MessageState.suppressed
            return Beginning(state: state, reason: reason, due: due, obstacle: obstacle, holdsUntil: holdsUntil)
        }
        if let reason = lateness(terms, due: start, at: now) { return suppressed(.expired, reason) }
        if let hold, hold.fate == .drop { return suppressed(.expired, hold.reason) }
        let isShadow = terms.mode == .shadow
        if let holder, holder.holds(at: keys) {
            let until = now.advanced(by: keys.duration(to: holder.until))
            let reason = "once_per: \(holder.value) holds the same key until \(until.rfc3339)"
            return suppressed(.repeated, isShadow ? "shadow mode: otherwise suppressed too, \(reason)" : reason)
        }
        let holdsUntil = terms.once.map { keys.advanced(by: now.duration(to: due)).advanced(by: $0.window) }
        if isShadow {
            return suppressed(.shadow, "shadow mode: otherwise it would be sent", holdsUntil: holdsUntil)
        }
        let wait = start > now ? "; it waits for \(start.rfc3339)" : ""
        return Beginning(
            state: start > now ? .scheduled : due > now ? .deferred : .queued,
            reason: cause + wait + (hold.map { "; \($0.reason)" } ?? ""),
            due: due,
            obstacle: nil,
            holdsUntil: holdsUntil
        )
    }

    /// Why it would leave too late; `nil` when it would not.
    private static func lateness(_ terms: SendTerms, due: Timestamp, at now: Timestamp) -> String? {
        guard let expiresAt = terms.expiresAt, expiresAt <= due else { return nil }
        guard expiresAt > now else { return "expired at \(expiresAt.rfc3339), before it was stored" }
        return "expires at \(expiresAt.rfc3339), and may not leave before \(due.rfc3339)"
    }
}

/// A business fact that is told to somebody once: the unit of `once_per`.
package struct Fact: Hashable, Sendable {
    /// Whose fact it is.
    package let kind: Kind
    /// The rule that tells it.
    package let rule: String
    /// To whom, such as `phone:919812345670`.
    package let recipient: String
    /// What is told, such as an order's number.
    package let key: String

    /// What a fact is for; the raw value is what the store says.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// `once_per` of messages that leave.
        case once
        /// `once_per` of messages that are only recorded: a rule in shadow mode takes nothing from a live one.
        case shadowOnce = "shadow_once"
        /// A message left, or may have: what `limit` counts.
        case departure
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
}

/// The message that tells a fact, and until when nobody else does.
package typealias FactHolder = Held<MessageID>

/// Facts in memory, for what has no tables: `rules test`, `explain`, a store in memory.
package struct FactBook: Hashable, Sendable {
    private var holders: [Fact: FactHolder] = [:]

    /// A book in which nothing is held.
    package init() {}

    /// Begins a message as every store does, and remembers what it tells.
    ///
    /// - Parameters:
    ///   - id: The message's id.
    ///   - fact: What it tells once; `nil` when it may be told any number of times.
    ///   - terms: What its rule says.
    ///   - cause: Why there is this message.
    ///   - now: The time now.
    ///   - keys: The same on the line of keys.
    /// - Returns: Where it begins.
    package mutating func begin(
        _ id: MessageID,
        telling fact: Fact?,
        _ terms: SendTerms,
        cause: String = NewMessage.ruleMatched,
        at now: Timestamp,
        keys: Timestamp
    ) -> Beginning {
        let holder = fact.flatMap { holders[$0] }
        let beginning = Beginning.of(terms, cause: cause, holder: holder, at: now, keys: keys)
        if let fact, let until = beginning.holdsUntil { holders[fact] = FactHolder(id, until: until) }
        return beginning
    }

    /// Remembers that a message was claimed and may leave.
    package mutating func depart(_ departure: (fact: Fact, holder: FactHolder)?) {
        if let departure { holders[departure.fact] = departure.holder }
    }

    /// Takes a departure back that is known not to have arrived.
    package mutating func takeBack(_ departure: Fact) {
        holders[departure] = nil
    }

    /// The end of the departure that ends as the wanted one from the last; `nil` when there are fewer.
    package func departure(_ question: DepartureQuestion) -> Timestamp? {
        let ends = holders.filter { fact, holder in
            fact.kind == .departure && fact.rule == question.rule && fact.recipient == question.recipient
                && holder.value != question.asking && holder.until > question.now
        }
        let latest = ends.map(\.value.until).sorted(by: >)
        return latest.count < question.count ? nil : latest[question.count - 1]
    }

    /// Forgets facts that may be told again.
    ///
    /// - Parameters:
    ///   - limit: How many at most.
    ///   - isOver: Whether that is so for one that is held until then.
    /// - Returns: How many were forgotten.
    package mutating func forget(atMost limit: Int, where isOver: (Timestamp) -> Bool) -> Int {
        let over = holders.filter { isOver($0.value.until) }.keys.prefix(limit)
        for fact in over { holders[fact] = nil }
        return over.count
    }
}
