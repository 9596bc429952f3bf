// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import PartnerAPI

extension MessageRecord {
    /// A source says what became of the message, whose partner's id it named.
    ///
    /// | | accepted | uncertain | waits, failed, cancelled | sending |
    /// |---|---|---|---|---|
    /// | sent | noted | accepted | noted | noted |
    /// | delivered, read | noted | accepted | accepted: it is not sent again | noted |
    /// | failed | failed, tried again, or what its rule says `otherwise`, by its code | the same | noted | noted |
    ///
    /// The partner took the message: that stays true, so it stays `accepted` until the phone's side gave it up. Nothing
    /// comes after delivered but read.
    ///
    /// - Parameters:
    ///   - report: What the source says.
    ///   - event: The event that says so.
    ///   - alternative: What was kept for the message to leave as; asked for only where ``asksOtherwise(_:)`` says so.
    ///   - now: The time now.
    ///   - policy: How long a message is tried.
    /// - Returns: Whether it says anything new, and the new entries of the timeline.
    package mutating func take(
        _ report: DeliveryReport,
        from event: EventID,
        otherwise alternative: Alternative? = nil,
        at now: Timestamp,
        policy: RetryPolicy = RetryPolicy()
    ) -> (result: DeliveryReport.Result, entries: [TimelineEntry]) {
        var arrival = arrival ?? Arrival()
        guard arrival.note(report) else { return (.repeated, []) }
        self.arrival = arrival
        let words = "\(report.sentence(state: message.state)); reported by \(report.source) (\(event))"
        let entries: [TimelineEntry]
        if report.status == .failed {
            entries = notDelivered(report, words, otherwise: alternative, at: now, policy)
        } else if message.state == .uncertain || arrival.isThere && isCorrected {
            entries = settled(words, at: now)
        } else {
            entries = note(words, at: now)
        }
        return (.linked, entries)
    }

    /// Whether a report may have the message leave as its alternative.
    package func asksOtherwise(_ report: DeliveryReport) -> Bool {
        report.status == .failed && report.code.flatMap(MetaCode.row)?.otherwise.takes(alternative) == true
            && calledOffBy == nil
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
        otherwise alternative: Alternative?,
        at now: Timestamp,
        _ policy: RetryPolicy
    ) -> [TimelineEntry] {
        let fate = asksOtherwise(report) && alternative != nil ? .otherwise : fate(report)
        var machine = machine()
        let step: Void? = try? machine.reportedUndelivered(because: words, fate, at: now, policy: policy)
        guard step != nil else { return note(words, at: now) }
        let entries = follow(machine, at: now)
        if fate == .otherwise { become(alternative) }
        // It is another journey, of which nothing is known.
        if message.state.isWaiting { arrival = Arrival() }
        return entries
    }

    private func fate(_ report: DeliveryReport) -> MessageStateMachine.Undelivered {
        let span = report.code.flatMap(MetaCode.row)?.wait(afterTries: message.attempts)
        // What was called off is not sent again.
        guard let span, calledOffBy == nil, message.request != nil else { return .failed }
        return .again(after: span)
    }

    /// What a report's code says of more than the message that it is about, as the message stands before the report.
    ///
    /// - Parameter report: What the source says.
    /// - Returns: What is to be told to whoever sends; `nil` when there is nothing to tell.
    package func reportedCode(_ report: DeliveryReport) -> ReportedCode? {
        // What waits for another try has told it already.
        guard report.status == .failed, message.state == .accepted || message.state == .uncertain,
            let row = report.code.flatMap(MetaCode.row)
        else { return nil }
        return ReportedCode(
            row,
            account: message.account,
            rule: message.rule,
            recipient: recipient,
            request: message.request,
            category: category,
            takenAt: message.updatedAt,
            at: report.at,
            source: report.source
        )
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

/// One of Meta's codes that a source reported of a message which the partner had taken: it may say something of the
/// recipient, the template or the account, as the same code in an answer would.
package struct ReportedCode: Hashable, Sendable {
    /// So many commits with such codes at most wait for whoever sends; of more, the oldest are forgotten.
    package static let mostKept = 1_000

    /// The code.
    package let code: MetaCode
    /// The account that the message left through.
    package let account: String
    /// The rule that built it.
    package let rule: String
    /// Who should have got it; `nil` where that was not kept.
    package let recipient: String?
    /// What was sent; `nil` where that is not kept any more.
    package let request: RenderedRequest?
    /// What it was for; `nil` where nobody knows.
    package let category: MessageCategory?
    /// When the partner took it.
    package let takenAt: Timestamp
    /// When WhatsApp gave it up, as the source says.
    package let at: Timestamp
    /// The source's name.
    package let source: String

    /// What its message waits for, where that is a person: the part of the account that stops.
    package var condition: String? {
        if case .stop(let part) = code.treatment { part.rawValue } else { nil }
    }

    /// What it says, for whom it stops or slows.
    package var reason: String { "\(code.wordsWithCode), as \(source) reported" }

    package init(
        _ code: MetaCode,
        account: String,
        rule: String,
        recipient: String?,
        request: RenderedRequest?,
        category: MessageCategory?,
        takenAt: Timestamp,
        at: Timestamp,
        source: String
    ) {
        self.code = code
        self.account = account
        self.rule = rule
        self.recipient = recipient
        self.request = request
        self.category = category
        self.takenAt = takenAt
        self.at = at
        self.source = source
    }
}

extension MetaCode {
    /// How long a message waits for a person, before it is looked at again.
    package static let patience: Duration = .seconds(3_600)

    /// How long a message waits before it is tried again that got this code after it had been taken; `nil` where another
    /// try is of no use.
    ///
    /// - Parameter tries: How often it was tried so far.
    /// - Returns: The wait.
    package func wait(afterTries tries: Int) -> Duration? {
        if let most = self.tries, tries >= most { return nil }
        let growing = Duration.seconds(min(60 << min(2 * max(tries - 1, 0), 8), 15 * 60))
        return switch treatment {
        case .fail, .pauseAccount: nil
        case .stop: MetaCode.patience
        case .retry, .slowAccount, .pacePair: growing
        case .tryAgain(_, let after): after ?? growing
        case .restAccount(let span), .hold(let span), .holdRecipient(let span, _): span
        case .holdTemplate: MetaCode.templatePauses[min(max(tries, 1), MetaCode.templatePauses.count) - 1]
        }
    }
}
