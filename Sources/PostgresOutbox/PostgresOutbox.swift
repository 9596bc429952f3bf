// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import Foundation
package import Messages
import NIOConcurrencyHelpers
package import Outbox
package import PostgresConnection

/// The outbox in PostgreSQL, for any number of nodes: every commit is where the server keeps commits before its caller goes on.
///
/// Five connections with a thread each: one for what comes through the doors (``AcceptQueue``), one for what is sent, one for
/// what people, jobs and housekeeping write, two that read. What a port promises is held by the same suite that the SQLite store passes.
package final class PostgresOutbox: OutboxStore, ClaimStore, ConsentStore, ReadingStore, StoreLife, SubmissionStore {
    private let doors: PostgresLane
    let work: PostgresLane
    let desk: PostgresLane
    private let readers: [PostgresLane]
    let accepts: AcceptQueue
    let options: Options
    let partitions: PostgresPartitions
    /// Tells this node from others, also on the same machine.
    let holder = UUID().uuidString
    let reckoned: ReckonedTime?
    let bells = Bells()
    var wakeUpCalls: WakeUps { bells.wakeUps }
    /// The line to the other nodes, and what this one does for all while it leads; none of a store that a tool opened.
    let link: NodeLink?
    private let upkeep: Upkeep?
    let tokenUses = TokenUses()
    let address: PostgresAddress
    private let state = NIOLockedValueBox(State())

    private struct State {
        var isClosed = false
        var nextReader = 0
        /// The accounts that could have taken more in the last exchange, and whether they took nothing.
        var standing: [String] = []
        var foundNothing = false
        /// Whether it tried an event that waits for a look-up.
        var hasTried = false
        /// The exchanges whose commit nobody answered, until nothing is left of what they may have claimed.
        var lost: [(exchange: PostgresUUID, until: ContinuousClock.Instant)] = []

        /// Remembers for whom an exchange found less than they asked for.
        mutating func note(_ quotas: [ClaimQuota], _ claimed: [String]) {
            guard !quotas.isEmpty else { return }
            standing = quotas.filter { quota in claimed.count { $0 == quota.account } < quota.limit }.map(\.account)
            foundNothing = claimed.isEmpty
        }
    }

    /// Opens the store, and makes its tables in an empty database.
    ///
    /// - Parameters:
    ///   - address: The database.
    ///   - options: What can be chosen.
    ///   - reckoned: What time it is for keys, where the callers' word is not to count.
    /// - Returns: The store; close it in the end.
    /// - Throws: `StoreError` with `newerSchema`, with `cannotOpen` where it has to be migrated first or does not
    ///   wait for its commits, or `failed`.
    package static func open(
        _ address: PostgresAddress,
        options: Options = Options(),
        reckoned: ReckonedTime? = nil
    ) async throws(StoreError) -> PostgresOutbox {
        let setup = PostgresLane(to: address, options.session)
        do {
            let partitions = try await setup.perform { session in
                let deadline = ContinuousClock.now.advanced(by: .seconds(60))
                let partitions = try PostgresSchema.prepare(session, options, by: deadline)
                if options.usesDatabaseClock { try options.clock.ask(session, by: deadline) }
                if options.membership != nil { try requireDurableCommits(session, by: deadline) }
                return partitions
            }
            await setup.close()
            return PostgresOutbox(address, options, partitions, reckoned)
        } catch {
            await setup.close()
            throw StoreError(error)
        }
    }

    /// Pitfall 5: an answer that the event is stored has to outlive the server's process.
    private static func requireDurableCommits(
        _ session: PostgresSession,
        by deadline: ContinuousClock.Instant
    ) throws {
        let setting = PostgresSchema.plain("SHOW synchronous_commit")
        guard try session.rows(setting, by: deadline).first?.text(0) == "off" else { return }
        throw StoreError(
            .cannotOpen,
            "synchronous_commit is off for this database or role: what a sender was told is stored could be lost; "
                + "expected on, or local where no standby is to be waited for"
        )
    }

    private init(
        _ address: PostgresAddress,
        _ options: Options,
        _ partitions: PostgresPartitions,
        _ reckoned: ReckonedTime?
    ) {
        doors = PostgresLane(to: address, options.atTheDoors)
        self.address = address
        self.partitions = partitions
        work = PostgresLane(to: address, options.writing)
        desk = PostgresLane(to: address, options.session)
        readers = (0..<2).map { _ in PostgresLane(to: address, options.session) }
        accepts = AcceptQueue(doors, patience: options.patience, partitions, options.hearing, bells, node: options.node)
        self.options = options
        self.reckoned = reckoned
        upkeep = options.membership.map { _ in
            Upkeep(of: address, options.session, partitions, clock: options.clock)
        }
        link = options.membership.map { [bells, upkeep, reader = readers[0]] membership in
            NodeLink(
                to: membership.listen ?? address,
                options.session,
                NodeLink.Settings(membership, node: options.node),
                clock: options.clock,
                bells: bells,
                lead: { upkeep?.beat() },
                tryCall: { channel, leaves in Self.tryCall(channel, on: reader, leaves) }
            )
        }
        if let link { bells.wakeUps.onRing { link.call() } }
    }

    /// Whether this node leads, as far as it can be sure of it.
    package var leads: Bool { link?.leads ?? false }

    package var nodes: Int { link?.nodes ?? 1 }

    /// The database's, which nodes on other machines go by too.
    package var timekeeper: any WallClock { options.clock }

    package func accept(
        _ submissions: [Submission],
        completion: @escaping @Sendable (Result<[Receipt], StoreError>) -> Void
    ) {
        let keys = keys(at: submissions.first?.event.receivedAt ?? Timestamp(seconds: 0))
        accepts.add(.request(submissions, keys: keys, completion))
    }

    package func recordRejection(_ rejection: Rejection) {
        accepts.add(.rejection(rejection))
    }

    package func check() async throws(StoreError) {
        let result = await withCheckedContinuation { continuation in
            accepts.add(.check { continuation.resume(returning: $0) })
        }
        try result.get()
    }

    package func reportedCodes() -> AsyncStream<[ReportedCode]> {
        bells.reportedCodes.stream()
    }

    package func wakeUps() -> AsyncStream<Void> {
        wakeUpCalls.stream()
    }

    package func close() async {
        state.withLockedValue { $0.isClosed = true }
        await accepts.close()
        if state.withLockedValue(\.hasTried) { await releaseTries() }
        await link?.close()
        await upkeep?.close()
        // Of a tool the nodes hear in the end.
        if link == nil, wakeUpCalls.isOwed {
            let due = wakeUpCalls.takeDue()
            try? await doors.perform { try NodeLink.call($0, saying: due) }
        }
        for lane in [doors, work, desk] + readers { await lane.close() }
        bells.close()
    }

    /// What time it is for keys when a caller says that it is `now`.
    func keys(at now: Timestamp) -> Timestamp { reckoned?.times.keys ?? now }

    // MARK: Work

    /// No room stands here: what is stored waits, and wakes those who send.
    package func exchange(
        _ settlements: [Settlement],
        _ quotas: [ClaimQuota],
        lease: Duration,
        now: Timestamp,
        riding: RidingClaims?
    ) async throws(StoreError) -> Exchange {
        let begin = ContinuousClock.now
        if settlements.isEmpty, let exchange = try await idleExchange(quotas, now: now) { return exchange }
        let floors = floors(quotas.map(\.account), at: begin)
        let lost = state.withLockedValue { state in
            state.lost.removeAll { $0.until <= begin }
            return state.lost.map(\.exchange)
        }
        let time = dueTime(now)
        let exchange = WorkExchange(
            settlements: settlements,
            quotas: quotas,
            lease: lease,
            now: options.usesDatabaseClock ? nil : now,
            keys: keys(at: now),
            floors: floors,
            clock: options.usesDatabaseClock ? options.clock : nil,
            hearing: options.hearing,
            readsTraces: options.readsTraces,
            identity: .random(),
            lost: lost
        )
        let outcome = try await perform(exchange, lease: lease)
        bells.floors.withLockedValue { $0.note(outcome.found, floors, dueBy: time, from: begin, took: outcome.took) }
        state.withLockedValue { $0.note(quotas, outcome.claims.claimed.map(\.account)) }
        bells.ring(outcome.effects)
        if outcome.hasEarlyReports, let now = settlements.last?.at { await catchUp(at: now) }
        return outcome.exchange
    }

    /// Takes in reports that came before the acceptance of their messages was written down, in a transaction of its own: its messages
    /// may be other nodes'.
    private func catchUp(at now: Timestamp) async {
        // What does not come about is found by the next exchange in which something is accepted.
        _ = try? await change { try ReportRows(now: now).catchUp(&$0, &$1) }
    }

    /// Remembers that an event that waits for a look-up may be this node's.
    func noteTry() {
        state.withLockedValue { $0.hasTried = true }
    }

    /// For whom a look suffices before an exchange, with the time from which on to look; `nil` where it has to be made, because the
    /// last one claimed something, something rang since, or what a lost one claimed is to be given back.
    func quiet(
        before quotas: [ClaimQuota],
        at now: ContinuousClock.Instant
    ) -> [(name: String, floor: Timestamp?)]? {
        let hasRung = wakeUpCalls.takeRing()
        let isQuiet = state.withLockedValue { state in
            state.lost.removeAll { $0.until <= now }
            return !hasRung && state.foundNothing && state.lost.isEmpty
        }
        return isQuiet ? look(for: quotas.filter { $0.limit > 0 }.map(\.account), at: now) : nil
    }

    /// By about which time messages are due when a caller says that it is `now`.
    func dueTime(_ now: Timestamp) -> Timestamp { options.usesDatabaseClock ? options.clock.now : now }

    /// Remembers that a look found nothing that is due.
    ///
    /// - Parameters:
    ///   - look: For whom, with the time from which on it looked.
    ///   - time: By which time nothing was due.
    ///   - begin: When it began.
    ///   - took: How long the database looked.
    ///   - quotas: Who would have claimed; `nil` where nobody would.
    func noteQuiet(
        _ look: [(name: String, floor: Timestamp?)],
        dueBy time: Timestamp,
        from begin: ContinuousClock.Instant,
        took: Duration,
        for quotas: [ClaimQuota]? = nil
    ) {
        let floors = Dictionary(look.compactMap { name, floor in floor.map { (name, $0) } }) { first, _ in first }
        let nothing = look.map { ($0.name, ClaimFloors.Found(last: nil, isFull: false)) }
        let found = Dictionary(nothing) { first, _ in first }
        bells.floors.withLockedValue { $0.note(found, floors, dueBy: time, from: begin, took: took) }
        if let quotas { state.withLockedValue { $0.note(quotas, []) } }
    }

    /// Who could take more than was there, with the time from which on to look.
    func standing(at now: ContinuousClock.Instant) -> [(name: String, floor: Timestamp?)] {
        look(for: state.withLockedValue(\.standing), at: now)
    }

    private func look(for accounts: [String], at now: ContinuousClock.Instant) -> [(name: String, floor: Timestamp?)] {
        let floors = floors(accounts, at: now)
        return accounts.map { ($0, floors[$0]) }
    }

    private func floors(_ accounts: [String], at now: ContinuousClock.Instant) -> [String: Timestamp] {
        bells.floors.withLockedValue { $0.floors(accounts, at: now, every: options.looksThroughEvery) }
    }

    private func perform(_ exchange: WorkExchange, lease: Duration) async throws(StoreError) -> WorkExchange.Outcome {
        do {
            return try await run(on: work) { session, deadline in
                do {
                    return try session.transaction(by: deadline) { try exchange.run(&$0) }
                } catch is WorkExchange.LawNeeded {
                    var careful = exchange
                    careful.asksLaw = true
                    return try session.transaction(by: deadline) { try careful.run(&$0) }
                }
            }
        } catch {
            if (error as? PostgresError)?.kind == .doubtful {
                // Its commit may be on its way still: what it claimed has no lease any more once that has run out.
                let until = ContinuousClock.now.advanced(by: lease + options.answersWithin)
                state.withLockedValue { $0.lost.append((exchange.identity, until)) }
            }
            throw StoreError(error)
        }
    }

    package func expiredLeases(at now: Timestamp, limit: Int) async throws(StoreError) -> [ClaimedMessage] {
        let time = options.usesDatabaseClock ? nil : now
        return try await ask { transaction in
            let sql = """
                \(MessageRows.select) WHERE l.lease_ends <= coalesce($1, now()) ORDER BY l.lease_ends, m.place LIMIT $2
                """
            let query = PostgresQuery(sql) {
                $0.add(time)
                $0.add(limit)
            }
            return try transaction.rows(query).map { try MessageRows.read($0).record.claimed }.compactMap(\.self)
        }
    }

    // MARK: Reading

    package func event(_ id: EventID, messages most: Int) async throws(StoreError) -> StoredEvent? {
        try await read { try Reading.event(id, messages: most, &$0) }
    }

    package func bodies(of ids: [EventID], first bytes: Int) async throws(StoreError) -> [EventID: [UInt8]] {
        try await read { try Reading.bodies(of: ids, first: bytes, &$0) }
    }

    package func secretUses(of source: String, newest limit: Int) async throws(StoreError) -> SecretUses {
        try await read { try Reading.secretUses(of: source, newest: limit, &$0) }
    }

    package func events(_ filter: EventFilter) async throws(StoreError) -> Page<EventSummary> {
        try await read {
            try Reading.events(filter).page(&$0, limit: filter.limit, cursor: filter.cursor, Reading.summary)
        }
    }

    package func archive(after cursor: PageCursor?, limit: Int) async throws(StoreError) -> Page<ArchivedEvent> {
        try await readWhole { try Reading.archive(after: cursor, upTo: $0.event, limit: limit, &$1) }
    }

    package func message(_ id: MessageID) async throws(StoreError) -> MessageDetail? {
        try await read { try Reading.message(id, &$0) }
    }

    package func messages(_ filter: MessageFilter) async throws(StoreError) -> Page<Message> {
        try await read {
            try Reading.messages(filter, &$0).page(&$0, limit: filter.limit, cursor: filter.cursor) { row in
                let message = try MessageRows.read(row)
                return (message.place, message.record.message)
            }
        }
    }

    package func leavingNext(limit: Int) async throws(StoreError) -> [Message] {
        try await read { transaction in
            try transaction.rows(Reading.leavingNext(limit: limit)).map { try MessageRows.read($0).record.message }
        }
    }

    package func rejections(_ filter: RejectionFilter) async throws(StoreError) -> Page<Rejection> {
        try await read { try RejectionRows.page(filter, &$0) }
    }

    package func count(_ filter: EventFilter, upTo bound: Int) async throws(StoreError) -> Int {
        try await read { try Reading.events(filter).count(&$0, upTo: bound) }
    }

    package func count(_ filter: MessageFilter, upTo bound: Int) async throws(StoreError) -> Int {
        try await read { try Reading.messages(filter, &$0).count(&$0, upTo: bound) }
    }

    package func countsByState() async throws(StoreError) -> [MessageState: Int] {
        try await ask { try Counts.byState(&$0) }
    }

    package func growth(
        since start: ListEnds?,
        through end: ListEnds?,
        upTo bound: Int
    ) async throws(StoreError) -> Growth {
        try await readWhole { try Counts.growth(since: start, through: end, whole: $0, upTo: bound, &$1) }
    }

    package func countsByState(of rule: String, newest limit: Int) async throws(StoreError) -> [MessageState: Int] {
        try await read { try Counts.byState(of: rule, newest: limit, &$0) }
    }

    /// Reads a snapshot, on the reader whose turn it is.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (inout PostgresTransaction) throws -> Value
    ) async throws(StoreError) -> Value {
        try await perform(on: nextReader()) { session, deadline in
            try session.transaction(.reads, by: deadline, body)
        }
    }

    /// Reads with one statement, which sees one moment by itself.
    ///
    /// - Parameters:
    ///   - lane: Over which connection; `nil` for the reader whose turn it is.
    ///   - body: What is asked; a second statement would be a mistake of ours.
    /// - Returns: What the body returned.
    /// - Throws: `StoreError`.
    func ask<Value: Sendable>(
        on lane: PostgresLane? = nil,
        _ body: @escaping @Sendable (inout PostgresTransaction) throws -> Value
    ) async throws(StoreError) -> Value {
        try await perform(on: lane ?? nextReader()) { session, deadline in
            try session.transaction(.question, by: deadline, body)
        }
    }

    /// Reads a snapshot, told up to which places nothing will ever be missing from it.
    func readWhole<Value: Sendable>(
        _ body: @escaping @Sendable (ListEnds, inout PostgresTransaction) throws -> Value
    ) async throws(StoreError) -> Value {
        try await perform(on: nextReader()) { session, deadline in
            let horizon = try Places.horizon(session, by: deadline)
            return try session.transaction(.reads, by: deadline) { try body(horizon, &$0) }
        }
    }

    private func nextReader() -> PostgresLane {
        state.withLockedValue { state in
            state.nextReader = (state.nextReader + 1) % readers.count
            return readers[state.nextReader]
        }
    }

    func perform<Value: Sendable>(
        on lane: PostgresLane,
        _ body: @escaping @Sendable (PostgresSession, ContinuousClock.Instant) throws -> Value
    ) async throws(StoreError) -> Value {
        do { return try await run(on: lane, body) } catch { throw StoreError(error) }
    }

    /// Runs something that may be run again where another transaction was in its way, or, once, on another connection where the
    /// server refused it because of what this one is.
    func run<Value: Sendable>(
        on lane: PostgresLane,
        within time: Duration? = nil,
        _ body: @escaping @Sendable (PostgresSession, ContinuousClock.Instant) throws -> Value
    ) async throws -> Value {
        guard !state.withLockedValue(\.isClosed) else { throw StoreError(.closed, "the store is closed") }
        let deadline = ContinuousClock.now.advanced(by: time ?? options.answersWithin)
        do {
            return try await run(on: lane, by: deadline, body)
        } catch let error as PostgresError where error.kind == .refused && error.asksForAnotherConnection {
            return try await run(on: lane, by: deadline, body)
        }
    }

    private func run<Value: Sendable>(
        on lane: PostgresLane,
        by deadline: ContinuousClock.Instant,
        _ body: @escaping @Sendable (PostgresSession, ContinuousClock.Instant) throws -> Value
    ) async throws -> Value {
        try await lane.perform { session in
            for _ in 0..<2 {
                do {
                    return try body(session, deadline)
                } catch let error as PostgresError where error.sqlState?.isContention == true && session.isUsable {
                    continue
                }
            }
            return try body(session, deadline)
        }
    }
}
