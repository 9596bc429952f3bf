// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

// The law of `digest`: when an event joins, when a window ends, what becomes of the message then. A store reads the
// record, asks, and writes it back with its events.

extension MessageRecord {
    /// A digest that an event opens; or the event's message that stays out of all digests, for what ``Beginning`` says.
    ///
    /// - Parameters:
    ///   - item: What the event adds.
    ///   - event: The event, and its source.
    ///   - beginning: Where it begins.
    ///   - bytes: How much the event says.
    ///   - now: The time now.
    package init(
        _ item: DigestItem,
        of event: (id: EventID, source: String),
        _ beginning: Beginning,
        bytes: Int = 0,
        at now: Timestamp
    ) {
        let message = Message(
            id: item.id,
            event: event.id,
            source: event.source,
            rule: item.rule,
            account: "",
            request: nil,
            state: beginning.state,
            reason: beginning.reason,
            dueAt: beginning.state.isWaiting ? beginning.due : nil,
            expiresAt: item.terms.expiresAt,
            onUncertain: item.terms.onUncertain,
            attempts: 0,
            partnerID: nil,
            createdAt: now,
            updatedAt: now
        )
        self.init(fresh: message, agesFrom: beginning.due)
        recipient = Fact.name(of: item.recipient)
        gates = item.terms.gates
        category = item.category
        digest = beginning.obstacle == nil ? Digest(of: item, bytes: bytes) : nil
    }

    /// Of which at most one digest is open; `nil` for a message that collects nothing.
    package var slot: DigestSlot? {
        digest.map { digest in
            DigestSlot(rule: message.rule, recipient: recipient ?? "", key: digest.key, mode: digest.mode)
        }
    }

    /// Whether it is a digest that has to be built before it can leave.
    package var isToBuild: Bool { digest?.isBuilt == false && message.state.isWaiting }

    /// An event joins the digest, which is open.
    ///
    /// - Parameter bytes: How much it says.
    /// - Returns: Whether it is kept with what it says.
    package mutating func join(bytes: Int = 0) -> Bool { digest?.add(bytes: bytes) ?? false }

    /// An event comes, and the digest is due and not built yet: held by a gate it goes on collecting, else it takes no
    /// more.
    ///
    /// So the events of a window are the same however late the digest is built.
    ///
    /// - Parameters:
    ///   - now: The time now.
    ///   - hold: What holds it (``hold(at:keys:departures:)``); `nil` when nothing does.
    /// - Returns: The new entries of its timeline.
    package mutating func endWindow(at now: Timestamp, held hold: Hold?) -> [TimelineEntry] {
        guard let hold, hold.until != nil, message.expiresAt.map({ $0 > now }) ?? true else {
            digest?.isOpen = false
            return []
        }
        return legally { record throws(MessageStateMachine.IllegalTransition) in try record.wait(for: hold, at: now) }
    }

    /// Takes over what was built for it, so that its gates can be asked about it.
    ///
    /// Of the gates, its first event has fixed those of its rule; which limits of the configuration it is under is only
    /// known for sure with its text.
    package mutating func take(_ content: DigestContent) {
        guard case .built(let new) = content, isToBuild else { return }
        message.account = new.account
        message.request = new.request
        category = new.category
        alternative = new.alternative?.form
        gates = SendGates(quiet: gates?.quiet, limit: gates?.limit, named: new.terms.named)
    }

    /// Some of its events are erased: what waits, or could not be built, goes on without them.
    ///
    /// - Parameters:
    ///   - part: How many of its events.
    ///   - now: The time now.
    /// - Returns: The new entries of its timeline; `nil` where it has left, or may have, and tells them still.
    package mutating func erase(_ part: DigestPart, at now: Timestamp) -> [TimelineEntry]? {
        guard let digest, message.state.isWaiting || message.state == .failed && !digest.isBuilt else { return nil }
        let size = digest.size
        self.digest?.remove(part)
        if digest.isBuilt { unbuild() }
        let reason = "\(part.count) of \(size.counted("event")) erased"
        guard part.count == size, message.state.isWaiting else {
            let step = MessageStateMachine.Step(from: message.state, to: message.state, reason: reason)
            return append([step], at: now)
        }
        return legally { record throws(MessageStateMachine.IllegalTransition) in
            var machine = record.machine()
            try machine.cancel(because: "\(reason): nothing is left to tell")
            return record.follow(machine, at: now)
        }
    }

    /// The digest is due and was built: it is queued, and takes no more; or it waits on and stays open, is suppressed,
    /// or has failed with its events kept.
    ///
    /// - Parameters:
    ///   - content: What was built, which it has taken over.
    ///   - now: The time now.
    ///   - hold: What holds it; `nil` when nothing does.
    /// - Returns: The new entries of its timeline; none when it is not to be built any more.
    package mutating func close(
        _ content: DigestContent,
        at now: Timestamp,
        held hold: Hold?
    ) -> [TimelineEntry] {
        guard isToBuild, let digest else { return [] }
        let entries = legally { record throws(MessageStateMachine.IllegalTransition) in
            try record.end(digest, content, at: now, held: hold)
        }
        if message.state == .queued || message.state == .suppressed && hold == nil {
            self.digest?.isBuilt = true
            self.digest?.isOpen = false
        } else {
            unbuild()
        }
        return entries
    }

    private mutating func end(
        _ digest: Digest,
        _ content: DigestContent,
        at now: Timestamp,
        held hold: Hold?
    ) throws(MessageStateMachine.IllegalTransition) -> [TimelineEntry] {
        var machine = machine()
        if let expiresAt = message.expiresAt, expiresAt <= now {
            try machine.claim(at: now)
        } else if case .failed(let reason) = content {
            try machine.fail(because: "could not be built: \(NumberHiding.hide(in: reason))")
        } else if let hold {
            return try wait(for: hold, at: now)
        } else if digest.mode == .shadow {
            try machine.suppress(because: Beginning.shadowWords)
        } else {
            try machine.enqueue(at: now, because: "\(digest.size.counted("event")) in one message")
        }
        return follow(machine, at: now)
    }

    /// A digest that takes no more waits for long: it takes events again, unless another one does.
    ///
    /// - Parameter isFree: Whether no digest of its slot is open.
    package mutating func reopen(whenFree isFree: Bool) {
        if isFree, isToBuild { digest?.isOpen = true }
    }

    /// An event calls off some of what the digest tells.
    ///
    /// What waits is told without them, and not at all when nothing is left; what has left, or is leaving, has left
    /// whole.
    ///
    /// - Parameters:
    ///   - part: How many of its events.
    ///   - event: Which event calls them off.
    ///   - now: The time now.
    /// - Returns: What that did to each of them, whether they are to be taken out, and the new entries of its timeline.
    package mutating func callOff(
        _ part: DigestPart,
        by event: CallingEvent,
        at now: Timestamp
    ) -> (effect: CallOff?, isTakenOut: Bool, entries: [TimelineEntry]) {
        guard let digest, part.count < digest.size else {
            let (effect, entries) = callOff(by: event, at: now)
            guard effect == .cancelled else { return (effect, false, entries) }
            self.digest?.remove(part)
            return (effect, true, entries)
        }
        guard message.state.isWaiting else {
            return (CallOff(message.state) == nil ? nil : .tooLate, false, [])
        }
        self.digest?.remove(part)
        if digest.isBuilt { unbuild() }
        let left = digest.size - part.count
        let reason = "\(part.count) of \(digest.size) called off by \(event.name)"
        let step = MessageStateMachine.Step(
            from: message.state,
            to: message.state,
            reason: "\(reason); \(left) \(left == 1 ? "is" : "are") left"
        )
        return (.cancelled, true, append([step], at: now))
    }

    /// Its text does not hold any more: it is built anew when it is due.
    mutating func unbuild() {
        digest?.isBuilt = false
        message.account = ""
        message.request = nil
        alternative = nil
    }

    private mutating func legally(
        _ law: (inout Self) throws(MessageStateMachine.IllegalTransition) -> [TimelineEntry]
    ) -> [TimelineEntry] {
        do throws(MessageStateMachine.IllegalTransition) {
            return try law(&self)
        } catch {
            preconditionFailure("a digest that is to be built waits, and that takes every end: \(error)")
        }
    }
}
