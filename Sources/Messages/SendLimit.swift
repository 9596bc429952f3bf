// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// How many messages may leave in a rolling window.
///
/// Counted is what may have reached the customer: what is `sending`, `accepted` or `uncertain`. Each claim of such a
/// message writes a *departure* in its own transaction, a fact that holds for the window; an attempt that is known not to
/// have arrived takes it back. So two dispatchers never count past one another.
package struct SendLimit: Hashable, Sendable {
    /// For each what is counted; the raw value is its word in rule files.
    package enum Scope: String, Hashable, Sendable {
        case recipient
        case rule
        case account
    }

    /// What happens to one more; the raw value is its word in rule files.
    package enum Excess: String, Hashable, Sendable {
        case drop
        case `defer`
    }

    /// How many.
    package let count: Int
    /// How long the window is.
    package let every: Duration
    /// For each what.
    package let scope: Scope
    /// What happens to one more.
    package let excess: Excess

    package init(count: Int, every: Duration, scope: Scope = .recipient, excess: Excess = .drop) {
        self.count = count
        self.every = every
        self.scope = scope
        self.excess = excess
    }

    /// What holds one more message.
    ///
    /// - Parameters:
    ///   - end: When so many leave the window that one more may leave; on the line of keys.
    ///   - now: The time now.
    ///   - keys: The same on the line of keys, which no setting of the clock moves.
    ///   - expiresAt: When the message expires, which its reason says where it does not leave before that.
    ///   - name: The limit's name; `nil` for one of a rule.
    /// - Returns: The hold.
    func hold(
        until end: Timestamp,
        at now: Timestamp,
        keys: Timestamp,
        before expiresAt: Timestamp?,
        named name: String? = nil
    ) -> Hold {
        let next = now.advanced(by: keys.duration(to: end))
        let since = next.advanced(by: .zero - every)
        let words = name.map { "'\($0)', " } ?? ""
        let others = since > now ? ", and others wait before it" : " since \(since.rfc3339)"
        let reason = "\(words)\(count) of \(count)\(others), next at \(next.rfc3339)"
        if excess == .drop { return Hold(.limit, .drop, reason) }
        let expiry = expiresAt.flatMap { $0 <= next ? "; it expires before that, at \($0.rfc3339)" : nil } ?? ""
        return Hold(.limit, .wait(until: next), reason + expiry)
    }
}

/// What a limit asks of those who keep departures.
package struct DepartureQuestion: Hashable, Sendable {
    /// The rule whose messages count, or `limit:` with the name of a limit of the configuration.
    package let rule: String
    /// Whose they are: as in ``Fact/recipient``, `account:` with the account's name, or empty for the rule as a whole.
    package let recipient: String
    /// The message that asks: its own earlier departures do not hold it.
    package let asking: MessageID
    /// How many may leave.
    package let count: Int
    /// Only departures that hold beyond this count; on the line of keys.
    package let now: Timestamp
    /// Whether the turns of those who wait count as well, as if they had left at them.
    package var countsTurns = false
}

extension MessageRecord {
    /// What stands between a claim of this message and its send.
    ///
    /// - Parameters:
    ///   - now: The time now.
    ///   - keys: The same on the line of keys.
    ///   - departures: Of the departures that the question is about, the end of the one that ends as the `count`th from
    ///     the last; `nil` when there are fewer.
    /// - Returns: `nil` when nothing does, and for what has expired.
    /// - Throws: What `departures` throws.
    package func hold<Failure: Error>(
        at now: Timestamp,
        keys: Timestamp,
        departures: (DepartureQuestion) throws(Failure) -> Timestamp?
    ) throws(Failure) -> Hold? {
        guard let gates, message.expiresAt.map({ $0 > now }) ?? true else { return nil }
        if let hold = gates.quiet?.hold(at: now, before: message.expiresAt) { return hold }
        for counted in counted {
            let limit = counted.limit
            guard counted.holds else { continue }
            let question = DepartureQuestion(
                rule: counted.subject,
                recipient: whose(limit.scope),
                asking: message.id,
                count: limit.count,
                now: keys
            )
            guard var end = try departures(question) else { continue }
            // Who waits already keeps about the place that it has; who is new goes behind all who wait.
            if limit.excess == .defer, !isHeld(by: .limit) {
                var behind = question
                behind.countsTurns = true
                end = try departures(behind) ?? end
            }
            var hold = limit.hold(until: end, at: now, keys: keys, before: message.expiresAt, named: counted.name)
            if limit.excess == .defer {
                let holder = FactHolder(message.id, until: end.advanced(by: limit.every))
                hold.turn = Hold.Turn(fact: turn(of: limit, under: counted.subject), holder: holder)
            }
            return hold
        }
        return nil
    }

    /// The turns that it may have had in limits that let it wait: to be forgotten when it waits no more.
    package var turns: [Fact] {
        guard gates?.counts == true else { return [] }
        return counted.filter { $0.limit.excess == .defer }.map { turn(of: $0.limit, under: $0.subject) }
    }

    private func turn(of limit: SendLimit, under subject: String) -> Fact {
        Fact(kind: .turn, rule: subject, recipient: whose(limit.scope), key: message.id.rawValue)
    }

    /// The limits that count it, with under what: its rule's own, then those of the configuration.
    private var counted: [(limit: SendLimit, subject: String, name: String?, holds: Bool)] {
        guard let gates else { return [] }
        return (gates.limit.map { [($0, message.rule, nil, true)] } ?? [])
            + gates.named.map { ($0.limit, $0.subject, $0.name, $0.holds) }
    }

    /// The departures of its last claim, by which limits count it; none for a message without limit.
    var departures: [Fact] {
        guard gates?.counts == true else { return [] }
        return counted.map { counted in
            let recipient = whose(counted.limit.scope)
            return Fact(kind: .departure, rule: counted.subject, recipient: recipient, key: "\(message.id)/\(claims)")
        }
    }

    /// What to write down with the claim that made it `sending`.
    ///
    /// - Parameter keys: The time now, on the line of keys.
    /// - Returns: The departures and until when they count; none for a message without limit, or that was held.
    package func departing(at keys: Timestamp) -> [(fact: Fact, holder: FactHolder)] {
        guard message.state == .sending, gates?.counts == true else { return [] }
        return zip(departures, counted).map { fact, counted in
            (fact, FactHolder(message.id, until: keys.advanced(by: counted.limit.every)))
        }
    }

    private func whose(_ scope: SendLimit.Scope) -> String {
        switch scope {
        case .recipient: recipient ?? ""
        case .rule: ""
        case .account: Fact.account(message.account)
        }
    }
}
