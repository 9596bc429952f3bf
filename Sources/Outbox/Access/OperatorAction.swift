// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages

/// A change that somebody makes by hand, with what the audit log says about it.
package struct OperatorAction: Hashable, Sendable {
    /// What is changed.
    package let change: Change
    /// Who changes it.
    package let who: Operator
    /// Why, in their words.
    package let reason: String?
    /// How many steps the message has behind it for which this was decided; `nil` does not ask.
    package let ifSteps: Int?
    /// On how many messages, or of a replay events, the job is for which this was decided; `nil` does not ask.
    package let ifAbout: Int?
    /// The time now.
    package let at: Timestamp

    package init(
        _ change: Change,
        by who: Operator,
        because reason: String? = nil,
        ifSteps: Int? = nil,
        ifAbout: Int? = nil,
        at time: Timestamp
    ) {
        self.change = change
        self.who = who
        self.reason = reason
        self.ifSteps = ifSteps
        self.ifAbout = ifAbout
        at = time
    }

    /// What can be changed by hand in a store.
    package enum Change: Hashable, Sendable {
        /// What becomes of a message; `notFound` without it, `conflict` where its state does not allow it.
        case decide(Decision, MessageID)
        /// What becomes of many messages at once; the job that its key has begun already where that was for the same,
        /// `conflict` where it was for something else, or where it would be about another number than was looked at
        /// (``OperatorAction/ifAbout``). What comes after that count is not in it.
        case beginJob(JobOrder)
        /// A job is paused, resumed or ended; `notFound` without it, `conflict` where its state does not allow it.
        case changeJob(JobChange, JobID)
        /// An event whose look-up was given up is looked up again, one that waits at once; `conflict` where nothing is to be
        /// looked up for it or its rules were evaluated already.
        case lookUpAgain(EventID)
        /// Lines that say something new are written into the ledger of consent. Messages that wait for a later time and
        /// that their recipient wants no more are suppressed with it; what is `queued` is so when it is claimed.
        case consent([ConsentEntry])
        /// A key of the partner API is made; `conflict` where its id is taken.
        case addKey(APIKey)
        /// A key of the partner API is taken back; one that is revoked already keeps its time.
        case revokeKey(String)
        /// A token of the admin API is made.
        case addToken(AccessToken)
        /// A token of the admin API is taken back.
        case revokeToken(String)
    }

    /// Refuses to decide about a message that is not what the decision was made for.
    ///
    /// - Parameter steps: How many steps the message has behind it.
    /// - Throws: `StoreError` with code `conflict`.
    package func require(_ steps: Int) throws(StoreError) {
        guard let ifSteps, ifSteps != steps else { return }
        throw StoreError(.conflict, "it has changed since it was looked at")
    }

    /// Refuses to begin a job that is about something else than what it was decided for.
    ///
    /// - Parameters:
    ///   - count: How many messages, or events, it is about.
    ///   - order: What it does.
    /// - Throws: `StoreError` with code `conflict`.
    package func require(_ count: Int, for order: JobOrder) throws(StoreError) {
        guard let ifAbout, ifAbout != count else { return }
        let found = count.counted(order.replay == nil ? "message" : "event")
        throw StoreError(.conflict, "it would be about \(found) now, and not about \(ifAbout)")
    }

    /// The line for the audit log.
    ///
    /// - Parameter outcome: What came of it, or why it was refused.
    /// - Returns: The line.
    package func line(_ outcome: Result<Changed, StoreError>) -> AuditLine {
        let (result, detail): (AuditLine.Result, String) =
            switch outcome {
            case .success(.job(let job)): (.done, "\(job.id): \(job.state.rawValue)")
            case .success(let changed): (.done, changed.sentence + change.override)
            case .failure(let error): (.refused, error.reason)
            }
        return AuditLine(
            at: at,
            who: who,
            action: change.action,
            subject: change.subject,
            reason: reason,
            count: count(outcome),
            result: result,
            detail: detail
        )
    }
}

extension OperatorAction.Change {
    /// What is done, for the audit log.
    fileprivate var action: String {
        switch self {
        case .decide(let decision, _): "messages.\(decision.kind.rawValue)"
        case .beginJob(let order): order.replay == nil ? "messages.\(order.action)" : "events.replay"
        case .changeJob(let change, _): "jobs.\(change.rawValue)"
        case .lookUpAgain: "events.retry"
        case .consent(let entries): Self.action(entries.first)
        case .addKey: "keys.create"
        case .revokeKey: "keys.revoke"
        case .addToken: "tokens.create"
        case .revokeToken: "tokens.revoke"
        }
    }

    private static func action(_ entry: ConsentEntry?) -> String {
        if entry?.origin == .import { return "consent.import" }
        return entry?.decision == .optedIn ? "consent.remove" : "consent.add"
    }

    /// What was not heeded, for the audit log; mostly nothing.
    fileprivate var override: String {
        guard case .decide(let decision, _) = self, decision.anyway else { return "" }
        return ", whether its recipient wants such messages or not"
    }

    fileprivate var subject: String {
        switch self {
        case .decide(_, let id): id.rawValue
        case .beginJob(let order): order.words
        case .changeJob(_, let id): id.rawValue
        case .lookUpAgain(let id): id.rawValue
        case .consent: ""
        case .addKey(let key): key.id
        case .revokeKey(let id), .revokeToken(let id): id
        case .addToken(let token): token.id
        }
    }
}

extension OperatorAction {
    /// On how many: for a job, on how many messages when it begins.
    private func count(_ outcome: Result<Changed, StoreError>) -> Int {
        switch (change, outcome) {
        case (.consent(let entries), _): entries.count
        case (.beginJob, .success(.job(let job))): job.total
        case (.beginJob, _): 0
        default: 1
        }
    }
}

/// What came of a change.
package enum Changed: Hashable, Sendable {
    /// The message as it stands.
    case message(Message)
    /// The job as it stands.
    case job(Job)
    /// The event is looked up again.
    case event(EventID)
    /// What became of lines for the ledger.
    case consent(ConsentReceipt)
    /// The key as it is.
    case key(APIKey)
    /// The token as it is.
    case token(AccessToken)

    /// What it came to, in a few words without a phone number.
    package var sentence: String {
        switch self {
        case .message(let message): message.state.rawValue
        case .job(let job): job.state.rawValue
        case .event: Disposition.Name.pending.rawValue
        case .consent(let receipt):
            "\(receipt.added) written, \(receipt.known) known, \(receipt.suppressed) messages suppressed"
        case .key(let key): "the key of \(key.label)"
        case .token(let token): "\(token.name): \(token.scope.rawValue)\(token.seesPersonalData ? " with pii" : "")"
        }
    }
}

/// By what a repeated request for a change is recognised, and what its caller is answered.
package struct OnceRequest: Sendable {
    /// The caller's key.
    package let key: IdempotencyKey
    /// The answer once it is done, without a secret: it is kept, and given to repetitions.
    package let answer: @Sendable (Changed) -> KeptAnswer

    package init(key: IdempotencyKey, answer: @escaping @Sendable (Changed) -> KeptAnswer) {
        self.key = key
        self.answer = answer
    }
}

/// What became of a change.
package enum ActionOutcome: Hashable, Sendable {
    /// It was done now.
    case done(Changed)
    /// Nothing was done: the key was used before.
    case used(IdempotencyUse)
}
