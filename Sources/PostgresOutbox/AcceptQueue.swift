// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import NIOConcurrencyHelpers
import Outbox
import PostgresConnection

/// Lets what comes through the doors share commits: while one is on its way, further requests gather.
///
/// One group is on its way at a time, in the order in which the requests came. When one of a group cannot be stored, each is
/// run by itself; when nobody knows what became of a group, it is run once more, and finds what it stored.
final class AcceptQueue: Sendable {
    /// A request with its caller, a record of one that was refused, or a caller who asks whether anything can be written.
    enum Job: Sendable {
        case request([Submission], keys: Timestamp, @Sendable (Result<[Receipt], StoreError>) -> Void)
        case keyed(Keyed)
        case rejection(Rejection)
        case check(@Sendable (Result<Void, StoreError>) -> Void)

        func fail(_ error: StoreError) {
            switch self {
            case .request(_, _, let completion): completion(.failure(error))
            case .keyed(let request): request.completion(.failure(error))
            case .rejection: break
            case .check(let completion): completion(.failure(error))
            }
        }

        /// The same job, whose caller hears one answer only.
        fileprivate func answering(_ caller: AcceptCaller) -> Job {
            func first<Value>(
                _ completion: @escaping @Sendable (Result<Value, StoreError>) -> Void
            ) -> @Sendable (Result<Value, StoreError>) -> Void {
                { if caller.answer() { completion($0) } }
            }
            return switch self {
            case .request(let submissions, let keys, let completion):
                .request(submissions, keys: keys, first(completion))
            case .keyed(let request): .keyed(request.with(first(request.completion)))
            case .rejection: self
            case .check(let completion): .check(first(completion))
            }
        }
    }

    /// A job in line, with who waits for it.
    private struct Waiting {
        let job: Job
        /// `nil` for what nobody waits for.
        var caller: AcceptCaller?

        /// Who was told that it is too late comes again; nothing of it is to be stored before.
        var isGivenUp: Bool { caller?.isAnswered == true }
    }

    /// A request that must not count twice, with its caller.
    struct Keyed: Sendable {
        let submission: Submission
        let key: IdempotencyKey
        let answer: KeptAnswer
        /// What time it is for keys.
        let keys: Timestamp
        let completion: @Sendable (Result<IdempotentReceipt, StoreError>) -> Void

        fileprivate func with(
            _ completion: @escaping @Sendable (Result<IdempotentReceipt, StoreError>) -> Void
        ) -> Keyed {
            Keyed(submission: submission, key: key, answer: answer, keys: keys, completion: completion)
        }

        fileprivate var wish: IdempotencyRows.Wish {
            IdempotencyRows.Wish(key: key, answer: answer, event: submission.event.id, keys: keys)
        }
    }

    private struct Backlog {
        var jobs: [Waiting] = []
        var rejections = 0
        var isDraining = false
        var isClosed = false
        /// Who waits until nothing is left.
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let lane: PostgresLane
    private let patience: Duration
    /// So that nobody waits for more than a write and its repetition.
    private let callers: AcceptPatience
    private let partitions: PostgresPartitions
    private let hearing: Effects.Hearing
    private let bells: Bells
    private let node: String
    private let backlog = NIOLockedValueBox(Backlog())
    private static let largestGroup = 500
    private static let mostRejections = 1_000

    /// A queue before a connection.
    ///
    /// - Parameters:
    ///   - lane: The connection.
    ///   - patience: How long a write may take.
    ///   - partitions: In which pieces the tables are.
    ///   - hearing: What sources tell.
    ///   - bells: Rung after the commit.
    ///   - node: Whose row is written where somebody asks whether the store takes writes.
    init(
        _ lane: PostgresLane,
        patience: Duration,
        _ partitions: PostgresPartitions,
        _ hearing: Effects.Hearing,
        _ bells: Bells,
        node: String
    ) {
        (self.lane, self.patience, self.partitions, self.hearing, self.bells) = (
            lane, patience, partitions, hearing, bells
        )
        self.node = node
        callers = AcceptPatience(patience * 2)
    }

    /// Takes a job, unless the store is closed, or it is a record and too many wait.
    func add(_ job: Job) {
        let waiting = watched(job)
        let (isTaken, starts) = backlog.withLockedValue { backlog -> (Bool, Bool) in
            guard !backlog.isClosed else { return (false, false) }
            if case .rejection = job {
                guard backlog.rejections < Self.mostRejections else { return (true, false) }
                backlog.rejections += 1
            }
            backlog.jobs.append(waiting)
            defer { backlog.isDraining = true }
            return (true, !backlog.isDraining)
        }
        guard isTaken else { return waiting.job.fail(StoreError(.closed, "the store is closed")) }
        if starts { drain() }
    }

    private func watched(_ job: Job) -> Waiting {
        if case .rejection = job { return Waiting(job: job) }
        let caller = AcceptCaller()
        let answered = job.answering(caller)
        callers.watch(caller) { answered.fail($0) }
        return Waiting(job: answered, caller: caller)
    }

    /// Refuses what comes from now on, and returns when what waits is done.
    func close() async {
        await withCheckedContinuation { waiter in
            let isOver = backlog.withLockedValue { backlog in
                let isOver = backlog.isClosed || !backlog.isDraining
                backlog.isClosed = true
                if !isOver { backlog.waiter = waiter }
                return isOver
            }
            if isOver { waiter.resume() }
        }
        callers.close()
    }

    private func drain() {
        let isTaken = lane.submit { [self] session in
            let group = backlog.withLockedValue { backlog in
                let group = backlog.jobs.prefix(Self.largestGroup)
                backlog.jobs.removeFirst(group.count)
                for case .rejection in group.map(\.job) { backlog.rejections -= 1 }
                return group
            }
            run(group.filter { !$0.isGivenUp }, session, mayBeThere: false)
        }
        guard !isTaken else { return }
        let left = backlog.withLockedValue { backlog in
            defer { backlog.jobs = [] }
            return backlog.jobs.map(\.job)
        }
        for job in left { job.fail(StoreError(.closed, "the store is closed")) }
    }

    /// The next group comes when this one has ended.
    private func goOn() {
        let (hasMore, waiter) = backlog.withLockedValue { backlog in
            backlog.isDraining = !backlog.jobs.isEmpty
            let waiter = backlog.isDraining ? nil : backlog.waiter
            if waiter != nil { backlog.waiter = nil }
            return (backlog.isDraining, waiter)
        }
        waiter?.resume()
        if hasMore { drain() }
    }

    private func run(_ group: [Waiting], _ session: Result<PostgresSession, PostgresError>, mayBeThere: Bool) {
        do {
            try store(group.map(\.job), try session.get(), mayBeThere)
        } catch let error as PostgresError where error.asksForAnotherConnection && !mayBeThere {
            // This one is given up.
            if lane.submit({ [self] in run(group, $0, mayBeThere: true) }) { return }
            for waiting in group { waiting.job.fail(StoreError(error)) }
        } catch {
            fail(group, StoreError(error), session, mayBeThere)
        }
        goOn()
    }

    /// Runs each by itself, where that may help the others, and somebody still waits for it.
    private func fail(
        _ group: [Waiting],
        _ error: StoreError,
        _ session: Result<PostgresSession, PostgresError>,
        _ mayBeThere: Bool
    ) {
        guard case .success(let session) = session, session.isUsable, group.count > 1 || !mayBeThere else {
            for waiting in group { waiting.job.fail(error) }
            return
        }
        for waiting in group where !waiting.isGivenUp {
            do {
                try store([waiting.job], session, true)
            } catch {
                waiting.job.fail(StoreError(error))
            }
        }
    }

    private func store(_ group: [Job], _ session: PostgresSession, _ mayBeThere: Bool) throws {
        let acceptance = try acceptance(of: requests(group), mayBeThere)
        var tries = 0
        while true {
            let deadline = ContinuousClock.now.advanced(by: patience)
            do {
                let stored = try session.transaction(by: deadline) { transaction in
                    write(group, &transaction)
                    let used = try Self.takeKeys(group, &transaction)
                    let rest = used.isEmpty ? acceptance : try self.acceptance(of: requests(group, used), mayBeThere)
                    let stored = try rest.run(&transaction)
                    Self.count(group, used, &transaction)
                    return (stored.receipts, used, stored.effects)
                }
                return tell(group, stored.0, stored.1, stored.2)
            } catch let error as PostgresError where error.kind == .refused && tries < 3 {
                tries += 1
                // An earlier run of the same group was still at its commit, and is found now.
                if mayBeThere, error.sqlState == .uniqueViolation { continue }
                try prepare(acceptance.ids, session, after: error, by: deadline)
            }
        }
    }

    private func acceptance(
        of requests: [(submissions: [Submission], keys: Timestamp)],
        _ mayBeThere: Bool
    ) throws -> Acceptance {
        try Acceptance(requests, mayBeThere: mayBeThere, hearing)
    }

    /// Takes the keys of the requests that have one.
    ///
    /// - Returns: How the keys were used before that are not a request's own, by its event.
    private static func takeKeys(
        _ group: [Job],
        _ transaction: inout PostgresTransaction
    ) throws -> [EventID: IdempotencyRows.Use] {
        let keyed = group.compactMap { if case .keyed(let request) = $0 { request } else { nil } }
        let uses = try IdempotencyRows.take(keyed.map(\.wish), &transaction)
        let used = zip(keyed, uses).compactMap { request, use in use.map { (request.submission.event.id, $0) } }
        return Dictionary(used) { first, _ in first }
    }

    /// Counts repetitions on the events that came first, which may have come with the same group.
    private static func count(
        _ group: [Job],
        _ used: [EventID: IdempotencyRows.Use],
        _ transaction: inout PostgresTransaction
    ) {
        var repeated: [EventID: [Timestamp]] = [:]
        for case .keyed(let request) in group {
            guard let first = used[request.submission.event.id]?.repeats else { continue }
            repeated[first, default: []].append(request.submission.event.receivedAt)
        }
        if !repeated.isEmpty { transaction.write(AcceptedRows.counting(repeated)) }
    }

    /// What is to be stored, in the order in which it came, but for requests whose key was used before.
    private func requests(
        _ group: [Job],
        _ used: [EventID: IdempotencyRows.Use] = [:]
    ) -> [(submissions: [Submission], keys: Timestamp)] {
        group.compactMap { job in
            switch job {
            case .request(let submissions, let keys, _): (submissions, keys)
            case .keyed(let request) where used[request.submission.event.id] == nil:
                ([request.submission], request.keys)
            case .keyed, .rejection, .check: nil
            }
        }
    }

    private func tell(
        _ group: [Job],
        _ receipts: [[Receipt]],
        _ used: [EventID: IdempotencyRows.Use],
        _ effects: Effects
    ) {
        // First: whoever has its answer may claim, and has to find what it stored.
        bells.ring(effects)
        var rest = receipts[...]
        for job in group {
            switch job {
            case .request(_, _, let completion): completion(.success(rest.removeFirst()))
            case .keyed(let request):
                let use = used[request.submission.event.id]?.use
                request.completion(.success(use.map { .used($0) } ?? .stored(rest.removeFirst()[0])))
            case .rejection: break
            case .check(let completion): completion(.success(()))
            }
        }
    }

    /// Makes the next try worth it: where another transaction was in the way, or a piece of a table is missing.
    ///
    /// - Throws: The error, where nothing helps.
    private func prepare(
        _ ids: [PostgresUUID],
        _ session: PostgresSession,
        after error: PostgresError,
        by deadline: ContinuousClock.Instant
    ) throws {
        if error.isMissingPiece {
            try partitions.make(partitions.beginnings(of: ids), session, by: deadline)
        } else if error.sqlState?.isContention != true || error.sqlState == .lockNotAvailable {
            // Of a group with one that has to wait for another transaction the others go on alone.
            throw error
        }
    }

    /// What is written beside the requests.
    private func write(_ group: [Job], _ transaction: inout PostgresTransaction) {
        var (rejections, checks): ([Rejection], Bool) = ([], false)
        for job in group {
            switch job {
            case .rejection(let rejection): rejections.append(rejection)
            case .check: checks = true
            case .request, .keyed: break
            }
        }
        if checks { transaction.write(NodeRows.check(of: node)) }
        guard !rejections.isEmpty else { return }
        for query in RejectionRows.insertions(rejections) { transaction.write(query) }
    }
}

/// The table of requests that were refused, of which the newest are kept.
enum RejectionRows {
    static func insertions(_ rejections: [Rejection]) -> [PostgresQuery] {
        let sql = """
            INSERT INTO hookline.rejections (at, source, status, code, reason, count)
            SELECT * FROM unnest($1::timestamptz[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::bigint[])
            """
        let insertion = PostgresQuery(sql) {
            $0.add(rejections.map(\.at))
            $0.add(rejections.map(\.source))
            $0.add(rejections.map { Int64($0.status) })
            $0.add(rejections.map(\.code))
            $0.add(rejections.map(\.reason))
            $0.add(rejections.map { Int64($0.count) })
        }
        let bound = """
            DELETE FROM hookline.rejections WHERE place <=
                (SELECT place FROM hookline.rejections ORDER BY place DESC OFFSET $1 LIMIT 1)
            """
        return [insertion, PostgresQuery(bound) { $0.add(Rejection.capacity) }]
    }
}
