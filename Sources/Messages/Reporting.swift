// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import PartnerAPI

extension MessageRecord {
    /// A source says what became of the message, whose partner's id it named.
    ///
    /// | | accepted | uncertain | waits, failed, cancelled | sending |
    /// |---|---|---|---|---|
    /// | sent | noted | accepted | noted | noted |
    /// | delivered, read | noted | accepted | accepted: it is not sent again | noted |
    /// | failed | failed, or tried again by its code | the same | noted | noted |
    ///
    /// The partner took the message: that stays true, so it stays `accepted` until the phone's side gave it up. Nothing
    /// comes after delivered but read.
    ///
    /// - Parameters:
    ///   - report: What the source says.
    ///   - event: The event that says so.
    ///   - now: The time now.
    ///   - policy: How long a message is tried.
    /// - Returns: Whether it says anything new, and the new entries of the timeline.
    package mutating func take(
        _ report: DeliveryReport,
        from event: EventID,
        at now: Timestamp,
        policy: RetryPolicy = RetryPolicy()
    ) -> (result: DeliveryReport.Result, entries: [TimelineEntry]) {
        var arrival = arrival ?? Arrival()
        guard arrival.note(report) else { return (.repeated, []) }
        self.arrival = arrival
        let words = "\(report.sentence(state: message.state)); reported by \(report.source) (\(event))"
        let entries: [TimelineEntry]
        if report.status == .failed {
            entries = notDelivered(report, words, at: now, policy)
        } else if message.state == .uncertain || arrival.isThere && isCorrected {
            entries = settled(words, at: now)
        } else {
            entries = note(words, at: now)
        }
        return (.linked, entries)
    }

    /// Whether a message that stands like this and is on a phone all the same is not to be sent again.
    private var isCorrected: Bool {
        message.state.isWaiting || message.state == .failed || message.state == .cancelled
    }

    private mutating func settled(_ words: String, at now: Timestamp) -> [TimelineEntry] {
        var machine = machine()
        guard (try? machine.reportedTaken(because: words)) != nil else { return note(words, at: now) }
        return follow(machine, at: now)
    }

    private mutating func notDelivered(
        _ report: DeliveryReport,
        _ words: String,
        at now: Timestamp,
        _ policy: RetryPolicy
    ) -> [TimelineEntry] {
        let row = report.code.flatMap(MetaCode.row)
        var span = row?.wait(afterTries: message.attempts)
        // What was called off is not sent again.
        if calledOffBy != nil || message.request == nil { span = nil }
        var machine = machine()
        let step: Void? = try? machine.reportedUndelivered(because: words, again: span, at: now, policy: policy)
        guard step != nil else { return note(words, at: now) }
        let entries = follow(machine, at: now)
        // It is another journey, of which nothing is known.
        if message.state.isWaiting { arrival = Arrival() }
        return entries
    }

    /// Adds an entry to the timeline; the message stands where it stood, and for the same reason.
    mutating func note(
        _ words: String,
        by who: String = TimelineEntry.service,
        at now: Timestamp
    ) -> [TimelineEntry] {
        timelineLength += 1
        let step = MessageStateMachine.Step(from: message.state, to: message.state, reason: words)
        return [TimelineEntry(step, by: who, at: now)]
    }
}

extension DeliveryReport {
    /// What it says, for the timeline of a message that stands somewhere.
    fileprivate func sentence(state: MessageState) -> String {
        let time = at.rfc3339
        switch status {
        case .sent: return "WhatsApp has it since \(time), the phone not yet"
        case .delivered: return "delivered to the phone at \(time)"
        case .read: return "read at \(time)"
        case .failed:
            let row = code.flatMap(MetaCode.row)
            let number = code.map { " (Meta's code \($0)\(words.map { ": \($0)" } ?? ""))" }
            let why = row.map { ": \($0.words)" } ?? (code == nil ? words.map { ": \($0)" } : nil) ?? ""
            return "not delivered, since \(time)\(why)\(number ?? "")"
        }
    }
}

extension MetaCode {
    /// How long a message waits before it is tried again that got this code after it had been taken; `nil` where another
    /// try is of no use, or a person has to do something first.
    ///
    /// - Parameter tries: How often it was tried so far.
    /// - Returns: The wait.
    package func wait(afterTries tries: Int) -> Duration? {
        if let most = self.tries, tries >= most { return nil }
        let growing = Duration.seconds(min(60 << min(2 * max(tries - 1, 0), 8), 15 * 60))
        return switch treatment {
        case .fail, .pauseAccount, .stop: nil
        case .retry, .slowAccount, .pacePair: growing
        case .tryAgain(_, let after): after ?? growing
        case .restAccount(let span), .hold(let span), .holdRecipient(let span, _): span
        case .holdTemplate: MetaCode.templatePauses[min(max(tries, 1), MetaCode.templatePauses.count) - 1]
        }
    }
}
