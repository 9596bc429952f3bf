// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// Where a message begins, why there, and which fact it takes: the one place where `once_per`, `delay`,
/// `expires_after`, `when_changed`, a `cancel_when` that came first and `mode: shadow` are judged.
///
/// A store reads what was there before, asks ``of(_:cause:after:at:keys:)``, and writes what that says, all in the
/// transaction that stores the event. `rules test` and `explain` ask the same over a ``FactBook`` in memory.
package struct Beginning: Hashable, Sendable {
    /// `queued`, `scheduled`, `deferred`, `suppressed` or `cancelled`.
    package let state: MessageState
    /// Why, as its timeline begins.
    package let reason: String
    /// From when the age of the message counts: when it may leave.
    package let due: Timestamp
    /// What kept it from leaving; `nil` when nothing did.
    package let obstacle: Obstacle?
    /// Until when the message holds its fact, on the line of keys; `nil` when it takes none.
    package let holdsUntil: Timestamp?

    /// Why a message does not leave; the raw value is its word for programs.
    package enum Obstacle: String, CaseIterable, Hashable, Sendable {
        /// An event called it off before it came.
        case calledOff = "called_off"
        /// The value that its rule looks at is what it was, or older than what is known.
        case unchanged
        /// It would leave too late.
        case expired
        /// Another message tells the same.
        case repeated
        /// Its rule only records; nothing else stands in the way.
        case shadow
        /// Its recipient wants no such message.
        case optedOut = "opted_out"
    }

    /// Judges a message that is about to be stored.
    ///
    /// - Parameters:
    ///   - terms: What its rule says.
    ///   - cause: Why there is this message.
    ///   - precedents: What was there before it.
    ///   - now: The time now.
    ///   - keys: The same on the line of keys, which no setting of the clock moves; what is kept ends on that line.
    /// - Returns: Where it begins.
    package static func of(
        _ terms: SendTerms,
        cause: String,
        after precedents: Precedents = Precedents(),
        at now: Timestamp,
        keys: Timestamp
    ) -> Beginning {
        let (start, isShadow) = (terms.due(at: now), terms.mode == .shadow)
        let hold = terms.quiet?.hold(at: start, before: terms.expiresAt)
        let due = hold?.until ?? start
        var precedents = precedents
        precedents.holder = precedents.holder.flatMap { $0.holds(at: keys) ? $0 : nil }
        let window = precedents.holder == nil ? terms.once?.window : nil
        let holdsUntil = window.map { keys.advanced(by: now.duration(to: due)).advanced(by: $0) }
        if let (obstacle, reason) = obstacle(terms, precedents, hold, due: start, at: now, keys: keys) {
            return Beginning(
                state: obstacle == .calledOff && !isShadow ? .cancelled : .suppressed,
                reason: reason,
                due: due,
                obstacle: obstacle,
                holdsUntil: obstacle == .shadow || obstacle == .calledOff ? holdsUntil : nil
            )
        }
        return Beginning(
            state: start > now ? .scheduled : due > now ? .deferred : .queued,
            reason: reason(terms, cause, precedents.change, due: start, at: now)
                + (hold.map { "; \($0.reason)" } ?? ""),
            due: due,
            obstacle: nil,
            holdsUntil: holdsUntil
        )
    }

    /// What stands before and after the message that tells the same, in the reason of the one that does not leave.
    static let holderWords = (
        before: "the same is told by ", after: ": its rule tells it once (once_per), and not again before "
    )
    /// The same, as versions before 1.0 said it.
    static let olderHolderWords = (before: "once_per: ", after: " holds the same key until ")

    /// What keeps it from leaving, the first of what there is, and why; `nil` when nothing does.
    private static func obstacle(
        _ terms: SendTerms,
        _ precedents: Precedents,
        _ hold: Hold?,
        due: Timestamp,
        at now: Timestamp,
        keys: Timestamp
    ) -> (Obstacle, String)? {
        let isShadow = terms.mode == .shadow
        if let early = precedents.calledOff, early.holds(at: keys) {
            let reason = "called off by \(early.value), which came before it"
            return (.calledOff, isShadow ? "\(shadowMark)\(reason)" : reason)
        }
        if let reason = terms.change.flatMap({ precedents.change?.obstacle(to: $0) }) {
            return (.unchanged, isShadow ? "\(shadowed)\(reason)" : reason)
        }
        if let reason = lateness(terms, due: due, at: now) { return (.expired, reason) }
        if let hold, hold.fate == .drop { return (.expired, hold.reason) }
        if let holder = precedents.holder {
            let until = now.advanced(by: keys.duration(to: holder.until))
            let (before, after) = holderWords
            let reason = "\(before)\(holder.value)\(after)\(until.rfc3339)"
            return (.repeated, isShadow ? "\(shadowed)\(reason)" : reason)
        }
        // A digest is recorded when its window ends.
        return isShadow && terms.digest == nil ? (.shadow, shadowWords) : nil
    }

    /// How the reasons of rules in shadow mode begin.
    package static let shadowMark = "shadow mode: otherwise "
    /// Why a message is only recorded.
    static let shadowWords = "\(shadowMark)it would be sent"

    private static let shadowed = "\(shadowMark)suppressed too, "

    /// Why it begins, with what is to be known of its change and of its time.
    private static func reason(
        _ terms: SendTerms,
        _ cause: String,
        _ verdict: ChangeVerdict?,
        due: Timestamp,
        at now: Timestamp
    ) -> String {
        let change = terms.change.flatMap { verdict?.note(on: $0) }.map { "; \($0)" } ?? ""
        let verb = terms.digest == nil ? "waits for" : "collects until"
        if due > now { return "\(cause)\(change); it \(verb) \(due.rfc3339)" }
        guard let dueAt = terms.dueAt, dueAt < now else { return "\(cause)\(change)" }
        return "\(cause)\(change); its delay ended at \(dueAt.rfc3339), which is past, so it is due now"
    }

    /// A message whose recipient wants none: it takes no fact, so that another may tell it once they do.
    static func optedOut(_ reason: String, _ terms: SendTerms, at now: Timestamp) -> Beginning {
        Beginning(
            state: .suppressed,
            reason: terms.mode == .shadow ? "\(shadowed)\(reason)" : reason,
            due: terms.due(at: now),
            obstacle: .optedOut,
            holdsUntil: nil
        )
    }

    /// Why it would leave too late; `nil` when it would not.
    private static func lateness(_ terms: SendTerms, due: Timestamp, at now: Timestamp) -> String? {
        guard let expiresAt = terms.expiresAt, expiresAt <= due else { return nil }
        guard expiresAt > now else { return "expired at \(expiresAt.rfc3339), before it was stored" }
        return "expires at \(expiresAt.rfc3339), and may not leave before \(due.rfc3339)"
    }
}

/// What was there before a message, as far as it matters to it.
package struct Precedents: Hashable, Sendable {
    /// Who holds its fact; `nil` when nobody does, or it may be told any number of times.
    package var holder: FactHolder?
    /// What called it off before it came.
    package var calledOff: EarlyCancellation?
    /// What its event's value is against the one that was known.
    package var change: ChangeVerdict?

    package init(
        holder: FactHolder? = nil,
        calledOff: EarlyCancellation? = nil,
        change: ChangeVerdict? = nil
    ) {
        self.holder = holder
        self.calledOff = calledOff
        self.change = change
    }
}
