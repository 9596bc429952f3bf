// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages

// What the service asks of a store, by role: who needs one part of it sees no other.
//
// Times are parameters, so that a test can move them. Writes that run at the same time share one commit; each has
// its own result, and one that fails leaves the others alone. A call that returned a result of a write returned it
// after the commit; cancelling the caller's task does not take back a write.

/// Where events and messages live until they are settled, and for as long afterwards as they are kept.
package protocol OutboxStore: SubmissionStore, WorkStore, ReadingStore, Housekeeping {}

/// Takes what the doors accept and turn away.
package protocol SubmissionStore: Sendable {
    /// Stores events with their messages, or recognises them as duplicates, all in one transaction.
    ///
    /// The events of one request are stored together or not at all, so that its sender can repeat it as a whole. Each
    /// has a dedupe key of its own; two of one request with the same key are an event and its duplicate.
    /// A message whose `once_per` key was used within its window is stored as `suppressed`, as is one in shadow mode
    /// and one that has expired. A duplicate is counted on the event that came first and changes nothing else.
    ///
    /// The caller goes on at once, so that a thread that serves many connections can call it.
    ///
    /// - Parameters:
    ///   - submissions: The events, in their order in the request.
    ///   - completion: Called once, on any thread, and it must not wait: others hear after it. It gets for each event, in
    ///     order, its id and its messages, and everything is on disk by then; or why nothing is stored, and the caller
    ///     must not answer 2xx.
    func accept(
        _ submissions: [Submission],
        completion: @escaping @Sendable (Result<[Receipt], StoreError>) -> Void
    )

    /// Keeps a record of a request that was turned away; never waits, and drops the record when too many wait.
    func recordRejection(_ rejection: Rejection)
}

/// Hands out messages to send, and takes back how that ended.
package protocol ClaimStore: Sendable {
    /// Writes down how claimed messages fared, then claims messages that are due, all in one transaction.
    ///
    /// A settlement holds only while its claim is the message's last one and the message is still `sending`.
    /// A later one is ignored, but for the news that the partner took the message: that still makes it `accepted`,
    /// unless somebody claimed it anew.
    ///
    /// What is claimed is `sending` on disk before it is returned, so two workers never hold the same message. A due
    /// message that has expired, or whose stored request no longer reads, is settled on the way and not returned; so is one
    /// that its quiet hours or its limit hold. A limit counts in the same transaction.
    ///
    /// What a quota leaves over while nothing more is due may stand until the next exchange or clock step: a message that
    /// is stored then, and may leave at once, is claimed in the transaction that stores it, and handed over after the
    /// commit. A store that does without lets it wait and wakes those who send. Whoever calls has taken over all that
    /// was handed over before; what came since is taken from the quotas.
    ///
    /// - Parameters:
    ///   - settlements: How earlier claims ended.
    ///   - quotas: How many to claim for which account; an account that is not named gets none.
    ///   - lease: How long the claims hold.
    ///   - now: The time now.
    ///   - riding: Where claims go that ride along; `nil` when no room is to stand from now on.
    /// - Returns: What each settlement did, for each account at most its quota of messages, and when there are more.
    /// - Throws: `StoreError`; nothing is settled or claimed then, and the room stands as it did.
    func exchange(
        _ settlements: [Settlement],
        _ quotas: [ClaimQuota],
        lease: Duration,
        now: Timestamp,
        riding: RidingClaims?
    ) async throws(StoreError) -> Exchange

    /// The claims whose lease has run out, those first that ran out first; they stay as they are until settled.
    func expiredLeases(at now: Timestamp, limit: Int) async throws(StoreError) -> [ClaimedMessage]

    /// A stream that gets an element after each commit that gave a message a due time.
    ///
    /// At most one element waits; each call makes a stream of its own. It ends when the store is closed.
    func wakeUps() -> AsyncStream<Void>
}

/// What else those who send ask of a store.
package protocol WorkStore: ClaimStore {
    /// Moves what was reckoned in spans by as much as somebody set the wall clock, so that the spans stay as they were.
    ///
    /// Set back: what is `queued`, `retrying` or `deferred`, and a look-up, is not held until the clock shows that time again.
    /// Set ahead: the age of what waits or is on its way, and its expiry, do not count the jump. What a rule timed with
    /// `delay` keeps its time. No room stands afterwards.
    ///
    /// - Parameters:
    ///   - step: How far the clock was set ahead; negative when it was set back.
    ///   - now: What it shows now.
    /// - Returns: How many messages were moved.
    /// - Throws: ``StoreError``; nothing was moved then.
    func follow(_ step: Duration, at now: Timestamp) async throws(StoreError) -> Int

    /// Makes messages due that wait for something that has happened (``Settlement/waitsFor``).
    ///
    /// - Parameters:
    ///   - account: Whose messages.
    ///   - condition: What happened; `nil` for whatever they wait for.
    ///   - reason: The same in words, for their timelines.
    ///   - now: The time now.
    ///   - limit: So many at most.
    /// - Returns: How many were found; call again while it is as many as the limit.
    /// - Throws: ``StoreError``; none is changed then.
    func hasten(
        _ account: String,
        _ condition: String?,
        because reason: String,
        at now: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int

    /// What the paces of a new run have to know of the one before.
    ///
    /// - Parameters:
    ///   - accounts: Whose places matter.
    ///   - since: Departures before that do not.
    ///   - pairsSince: Nor does which number sent those before that.
    /// - Returns: Departures among the newest messages, and who waits for a turn; both bounded (``PaceMemory``).
    /// - Throws: ``StoreError``.
    func paceMemory(
        of accounts: [String],
        since: Timestamp,
        pairsSince: Timestamp
    ) async throws(StoreError) -> PaceMemory

    /// Who waits for a turn now, as ``paceMemory(of:since:pairsSince:)`` tells it, without departures.
    ///
    /// - Parameter accounts: Whose places matter.
    /// - Returns: The places, and how far they were looked for.
    /// - Throws: ``StoreError``.
    func places(of accounts: [String]) async throws(StoreError) -> PaceMemory

    /// A stream of what sources reported of messages that were sent, as far as it has one of Meta's codes and is news;
    /// after its commit.
    ///
    /// Each call makes a stream of its own, in which so much waits as ``ReportedCode/mostKept`` says. It ends when the
    /// store is closed.
    func reportedCodes() -> AsyncStream<[ReportedCode]>

    /// What the nodes of the store share of their accounts; `nil` where one process has it for itself.
    var sharedPaces: (any SharedPaces)? { get }
}

extension WorkStore {
    /// One process has the store for itself.
    package var sharedPaces: (any SharedPaces)? { nil }
}

/// Answers questions; changes nothing.
package protocol ReadingStore: Sendable {
    /// An event with all that is kept of it, and with the first of its messages.
    ///
    /// - Parameters:
    ///   - id: Which one.
    ///   - most: The most messages to read; a digest or a long list of recipients makes thousands.
    /// - Returns: `nil` when there is none.
    /// - Throws: ``StoreError``.
    func event(_ id: EventID, messages most: Int) async throws(StoreError) -> StoredEvent?

    /// When which secret had signed an event of a source, among its newest events.
    ///
    /// - Parameters:
    ///   - source: The source's name.
    ///   - limit: The most events to look at.
    /// - Returns: The uses, by the labels of the secrets.
    /// - Throws: ``StoreError``.
    func secretUses(of source: String, newest limit: Int) async throws(StoreError) -> SecretUses

    /// The beginnings of what events' senders posted.
    ///
    /// - Parameters:
    ///   - ids: Of which events.
    ///   - bytes: The most bytes of each.
    /// - Returns: By event; one that is unknown, or whose contents are erased, is left out.
    /// - Throws: ``StoreError``.
    func bodies(of ids: [EventID], first bytes: Int) async throws(StoreError) -> [EventID: [UInt8]]

    /// Events without their bodies and headers, the newest first.
    func events(_ filter: EventFilter) async throws(StoreError) -> Page<EventSummary>

    /// Events with all that is kept of them and of their messages, the one first that was accepted first.
    ///
    /// - Parameters:
    ///   - cursor: Where to go on; `nil` begins with the oldest event.
    ///   - limit: The most to return.
    /// - Returns: A page; each is a snapshot of its own, and what comes meanwhile comes last.
    /// - Throws: ``StoreError``.
    func archive(after cursor: PageCursor?, limit: Int) async throws(StoreError) -> Page<ArchivedEvent>

    /// A message with its attempts and its timeline.
    func message(_ id: MessageID) async throws(StoreError) -> MessageDetail?

    /// Messages, the newest first.
    func messages(_ filter: MessageFilter) async throws(StoreError) -> Page<Message>

    /// Messages that wait, the one first that may leave first.
    ///
    /// - Parameter limit: The most to return.
    /// - Returns: The messages; those that are due already stand at the front.
    /// - Throws: ``StoreError``.
    func leavingNext(limit: Int) async throws(StoreError) -> [Message]

    /// Requests that were turned away, the newest first.
    func rejections(_ filter: RejectionFilter) async throws(StoreError) -> Page<Rejection>

    /// How many events a filter means, up to a bound; its limit and cursor do not count.
    func count(_ filter: EventFilter, upTo bound: Int) async throws(StoreError) -> Int

    /// How many messages a filter means, up to a bound; its limit and cursor do not count.
    func count(_ filter: MessageFilter, upTo bound: Int) async throws(StoreError) -> Int

    /// How many messages stand in which state; a state without messages is left out.
    func countsByState() async throws(StoreError) -> [MessageState: Int]

    /// How many events and messages have come.
    ///
    /// - Parameters:
    ///   - start: Behind which they are counted; `nil` counts none.
    ///   - end: Up to which, with it; `nil` for now.
    ///   - bound: The most to count of each.
    /// - Returns: The counts, without what is no longer kept, and where the lists end now.
    /// - Throws: ``StoreError``.
    func growth(since start: ListEnds?, through end: ListEnds?, upTo bound: Int) async throws(StoreError) -> Growth

    /// How many of a rule's newest messages stand in which state; a state without messages is left out.
    ///
    /// - Parameters:
    ///   - rule: The rule's name.
    ///   - limit: The most to look at.
    /// - Returns: The counts.
    /// - Throws: `StoreError` when the store cannot be read.
    func countsByState(of rule: String, newest limit: Int) async throws(StoreError) -> [MessageState: Int]
}

extension ReadingStore {
    /// An event with all that is kept of it and of its messages.
    ///
    /// - Parameter id: Which one.
    /// - Returns: `nil` when there is none.
    /// - Throws: ``StoreError``.
    package func event(_ id: EventID) async throws(StoreError) -> StoredEvent? {
        try await event(id, messages: .max)
    }

    /// For a store that has no shorter way: each event with all that is kept of it.
    package func bodies(of ids: [EventID], first bytes: Int) async throws(StoreError) -> [EventID: [UInt8]] {
        var bodies: [EventID: [UInt8]] = [:]
        for id in ids {
            guard let found = try await event(id, messages: 0), found.hasBody else { continue }
            bodies[id] = Array(found.event.rawBody.prefix(bytes))
        }
        return bodies
    }

    /// For a store that has no shorter way: the events of lists, a page at a time.
    package func secretUses(of source: String, newest limit: Int) async throws(StoreError) -> SecretUses {
        var uses = SecretUses()
        var filter = EventFilter(source: source, limit: 1_000)
        while uses.looked < limit {
            filter.limit = min(1_000, limit - uses.looked)
            let page = try await events(filter)
            for event in page.elements { uses.add(event.secretLabel, at: event.receivedAt) }
            filter.cursor = page.next
            guard page.next != nil else {
                uses.isWhole = true
                break
            }
        }
        return uses
    }
}

/// Whether a store takes writes, what time it is for it, and its end.
package protocol StoreLife: Sendable {
    /// The clock by which all who use the store say what time it is.
    var timekeeper: any WallClock { get }

    /// Commits an empty write, to find out whether the store takes any.
    func check() async throws(StoreError)

    /// Ends all connections after the writes that wait; further calls throw `closed`.
    func close() async
}

extension StoreLife {
    /// Of a store that is this machine's own, its clock.
    package var timekeeper: any WallClock { SystemClock() }
}

/// Keeps the store small, sound and on time.
package protocol Housekeeping: StoreLife {
    /// Deletes what is older than it has to be kept, in small transactions' worth.
    ///
    /// An event goes together with its messages, and only when all of them are settled; an uncertain message keeps it.
    ///
    /// - Returns: What was deleted; call again while `isComplete` is false.
    func prune(_ retention: Retention, now: Timestamp, limit: Int) async throws(StoreError) -> Pruned

    /// Keeps what time it is, for the next start.
    func remember(_ mark: Reckoning.Mark) async throws(StoreError)

    /// The time that a service kept last; of a store that kept none, when its last event came.
    func lastTime() async throws(StoreError) -> Timestamp?

    /// Reads the whole store to find damage.
    ///
    /// - Parameter limit: How long that may take.
    /// - Returns: What was found; `unfinished` when the time was up.
    /// - Throws: ``StoreError`` when it cannot be read.
    func examine(within limit: Duration) async throws(StoreError) -> StoreExamination

    /// How the store stands: what its commits survive, and who shares it.
    ///
    /// - Returns: What there is to see with the rights that the store has.
    /// - Throws: ``StoreError`` when it cannot be asked.
    func standing() async throws(StoreError) -> StoreStanding
}

/// What an exchange brought.
package struct Exchange: Hashable, Sendable {
    /// For each settlement, in order, what it did.
    package let results: [SettlementResult]
    /// By account, due time, then in the order in which they were stored.
    package let claimed: [ClaimedMessage]
    /// When the next message is due of the accounts whose quota was not used up; a past time when one may be due already,
    /// `nil` when none waits.
    package let nextDue: Timestamp?
    /// What gates held that nobody had held before; a message that the same gate holds on is not among it.
    package let holds: [Hold]
    /// How accounts stand that were claimed for and do not send as they would; of a store that several nodes share.
    package let standings: [String: AccountStanding]

    package init(
        results: [SettlementResult],
        claimed: [ClaimedMessage],
        nextDue: Timestamp?,
        holds: [Hold] = [],
        standings: [String: AccountStanding] = [:]
    ) {
        self.results = results
        self.claimed = claimed
        self.nextDue = nextDue
        self.holds = holds
        self.standings = standings
    }
}

extension SubmissionStore {
    /// Stores events with their messages, or recognises them as duplicates, and waits for the commit.
    ///
    /// - Parameter submissions: The events, in their order in the request.
    /// - Returns: For each event, in order, its id and its messages; everything is on disk by then.
    /// - Throws: `StoreError`; nothing is stored then, and the caller must not answer 2xx.
    package func accept(_ submissions: [Submission]) async throws(StoreError) -> [Receipt] {
        let result = await withCheckedContinuation { continuation in
            accept(submissions) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Stores one event with its messages, or recognises it as a duplicate.
    ///
    /// - Parameter submission: The event.
    /// - Returns: The event's id and its messages; everything is on disk by then.
    /// - Throws: `StoreError`; nothing is stored then, and the caller must not answer 2xx.
    package func accept(_ submission: Submission) async throws(StoreError) -> Receipt {
        guard let receipt = try await accept([submission]).first else {
            preconditionFailure("a store answers every submission with a receipt")
        }
        return receipt
    }
}

extension ClaimStore {
    /// Claims messages alone.
    ///
    /// - Parameters:
    ///   - quotas: How many to claim for which account.
    ///   - lease: How long the claims hold.
    ///   - now: The time now.
    /// - Returns: What was claimed.
    /// - Throws: `StoreError`; nothing is claimed then.
    package func claim(
        _ quotas: [ClaimQuota],
        lease: Duration,
        now: Timestamp
    ) async throws(StoreError) -> [ClaimedMessage] {
        try await exchange([], quotas, lease: lease, now: now, riding: nil).claimed
    }

    /// Settles claims alone.
    ///
    /// - Parameter settlements: How they ended.
    /// - Returns: For each, in order, what it did.
    /// - Throws: `StoreError`; nothing is settled then.
    package func settle(_ settlements: [Settlement]) async throws(StoreError) -> [SettlementResult] {
        guard let last = settlements.last else { return [] }
        return try await exchange(settlements, [], lease: .zero, now: last.at, riding: nil).results
    }
}
