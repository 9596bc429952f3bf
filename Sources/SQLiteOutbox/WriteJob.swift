// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import Messages
import NIOConcurrencyHelpers
import Outbox

/// A write with the caller that waits for it, as the queue sees it.
///
/// Its caller is told exactly once how it went. One that has to begin by some time is given up when that has come and
/// its transaction has not begun; afterwards it is never run.
protocol WriteJob: AnyObject, Sendable {
    /// Whether nobody waits for it.
    var isUnattended: Bool { get }

    /// Runs the write inside a transaction that has begun, unless it was given up.
    func run(_ database: Database, _ effects: inout WriteQueue.Effects) throws

    /// The transaction was rolled back, and the write is to be run again.
    func rolledBack()

    /// The transaction was committed.
    func succeed()

    func fail(_ error: StoreError)

    /// Gives the write up when its time has come and it does not run.
    func expire(at now: ContinuousClock.Instant)
}

/// A write, its caller, and what the write returned: one object and one lock for each.
final class ResultJob<Value: Sendable>: WriteJob {
    private enum Stage {
        case waiting, running
        case ran(Value)
        case over
    }

    let isUnattended: Bool
    private let deadline: ContinuousClock.Instant?
    private let stage = NIOLockedValueBox(Stage.waiting)
    private let work: WriteQueue.Work<Value>
    private let completion: @Sendable (Result<Value, StoreError>) -> Void

    init(
        within patience: Duration?,
        _ work: @escaping WriteQueue.Work<Value>,
        completion: @escaping @Sendable (Result<Value, StoreError>) -> Void
    ) {
        isUnattended = false
        deadline = patience.map { ContinuousClock.now.advanced(by: $0) }
        self.work = work
        self.completion = completion
    }

    init(unattended work: @escaping WriteQueue.Work<Value>) {
        isUnattended = true
        deadline = nil
        self.work = work
        completion = { _ in }
    }

    func run(_ database: Database, _ effects: inout WriteQueue.Effects) throws {
        let isWanted = stage.withLockedValue { stage in
            guard case .waiting = stage else { return false }
            stage = .running
            return true
        }
        guard isWanted else { return }
        let value = try work(database, &effects)
        stage.withLockedValue { $0 = .ran(value) }
    }

    func rolledBack() {
        stage.withLockedValue { stage in
            if case .over = stage { return }
            stage = .waiting
        }
    }

    func succeed() {
        let value: Value? = stage.withLockedValue { stage in
            guard case .ran(let value) = stage else { return nil }
            stage = .over
            return value
        }
        if let value { completion(.success(value)) }
    }

    func fail(_ error: StoreError) {
        let isNews = stage.withLockedValue { stage in
            if case .over = stage { return false }
            stage = .over
            return true
        }
        if isNews { completion(.failure(error)) }
    }

    func expire(at now: ContinuousClock.Instant) {
        guard let deadline, deadline <= now else { return }
        let isNews = stage.withLockedValue { stage in
            guard case .waiting = stage else { return false }
            stage = .over
            return true
        }
        if isNews { completion(.failure(StoreError(.busy, "another process holds the database"))) }
    }
}
