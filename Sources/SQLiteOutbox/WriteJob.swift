// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import Messages
import NIOConcurrencyHelpers
import Outbox

/// A write with the caller that waits for it.
///
/// Its caller is told exactly once how it went. One that has to begin by some time is given up when that has come and
/// its transaction has not begun; afterwards it is never run.
struct WriteJob: Sendable {
    private enum Stage {
        case waiting, running, over
    }

    let isUnattended: Bool
    private let deadline: ContinuousClock.Instant?
    private let stage = NIOLockedValueBox(Stage.waiting)
    private let work: @Sendable (Database, inout WriteQueue.Effects) throws -> Void
    /// Hands the result of the last run to the caller.
    private let onCommit: @Sendable () -> Void
    private let onFailure: @Sendable (StoreError) -> Void

    init<Value: Sendable>(
        within patience: Duration?,
        _ work: @escaping WriteQueue.Work<Value>,
        completion: @escaping @Sendable (Result<Value, StoreError>) -> Void
    ) {
        let value = NIOLockedValueBox<Value?>(nil)
        isUnattended = false
        deadline = patience.map { ContinuousClock.now.advanced(by: $0) }
        self.work = { database, effects in
            let new = try work(database, &effects)
            value.withLockedValue { $0 = new }
        }
        onCommit = {
            guard let value = value.withLockedValue({ $0 }) else {
                preconditionFailure("a write was committed that never ran")
            }
            completion(.success(value))
        }
        onFailure = { completion(.failure($0)) }
    }

    init(unattended work: @escaping WriteQueue.Work<Void>) {
        isUnattended = true
        deadline = nil
        self.work = work
        onCommit = {}
        onFailure = { _ in }
    }

    /// Runs the write inside a transaction that has begun, unless it was given up.
    func run(_ database: Database, _ effects: inout WriteQueue.Effects) throws {
        let isWanted = stage.withLockedValue { stage in
            if stage == .waiting { stage = .running }
            return stage == .running
        }
        if isWanted { try work(database, &effects) }
    }

    /// The transaction was rolled back, and the write is to be run again.
    func rolledBack() {
        stage.withLockedValue { if $0 == .running { $0 = .waiting } }
    }

    /// The transaction was committed.
    func succeed() {
        if end(from: [.running]) { onCommit() }
    }

    func fail(_ error: StoreError) {
        if end(from: [.running, .waiting]) { onFailure(error) }
    }

    /// Gives the write up when its time has come and it does not run.
    func expire(at now: ContinuousClock.Instant) {
        guard let deadline, deadline <= now, end(from: [.waiting]) else { return }
        onFailure(StoreError(.busy, "another process holds the database"))
    }

    private func end(from stages: [Stage]) -> Bool {
        stage.withLockedValue { stage in
            guard stages.contains(stage) else { return false }
            stage = .over
            return true
        }
    }
}
