// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOConcurrencyHelpers

/// A thread with a connection of its own, and the jobs that wait for it, one after the other.
///
/// It connects when the first job comes, and anew when a connection was given up or turns out to be dead before a job. A
/// job that comes while there is no connection hears so at once; a server that is away is asked a few times a second.
package final class PostgresLane: Sendable {
    /// What is done on the thread; without a connection it hears why.
    package typealias Job = @Sendable (Result<PostgresSession, PostgresError>) -> Void

    private struct State {
        var jobs: [Job] = []
        var isClosed = false
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let address: PostgresAddress
    private let options: PostgresSession.Options
    private let state = NIOLockedValueBox(State())
    /// 1 when there is something to look at.
    private let news = ConditionLock(value: 0)

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - address: Where to connect to.
    ///   - options: How.
    package init(to address: PostgresAddress, _ options: PostgresSession.Options = PostgresSession.Options()) {
        self.address = address
        self.options = options
        let thread = Thread { [self] in work() }
        thread.name = "postgres"
        thread.start()
    }

    /// Has a job done.
    ///
    /// - Parameter job: What is done; it must not wait for another job of this lane.
    /// - Returns: `false` when the lane is closed: the job is not done then.
    package func submit(_ job: @escaping Job) -> Bool {
        let isTaken = state.withLockedValue { state in
            guard !state.isClosed else { return false }
            state.jobs.append(job)
            return true
        }
        if isTaken { wake() }
        return isTaken
    }

    /// Has a job done and waits for it.
    ///
    /// - Parameter work: What is done with the connection.
    /// - Returns: What it returned.
    /// - Throws: What it throws, or why there is no connection.
    package func perform<Value: Sendable>(
        _ work: @escaping @Sendable (PostgresSession) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let isTaken = submit { session in
                continuation.resume(with: Result { try work(session.get()) })
            }
            if !isTaken { continuation.resume(throwing: PostgresError(.unreachable, "the connection is closed")) }
        }
    }

    /// Ends the connection after the jobs that wait.
    package func close() async {
        state.withLockedValue { $0.isClosed = true }
        wake()
        await withCheckedContinuation { waiter in
            let hasEnded = state.withLockedValue { state in
                if !state.hasEnded { state.waiters.append(waiter) }
                return state.hasEnded
            }
            if hasEnded { waiter.resume() }
        }
    }

    private func wake() {
        news.lock()
        news.unlock(withValue: 1)
    }

    private func work() {
        var connector = PostgresConnector(to: address, options)
        var isOver = false
        while !isOver {
            news.lock(whenValue: 1)
            news.unlock(withValue: 0)
            let jobs: [Job]
            (jobs, isOver) = state.withLockedValue { state in
                defer { state.jobs = [] }
                return (state.jobs, state.isClosed)
            }
            for job in jobs { job(connector.session()) }
        }
        connector.end()
        let waiters = state.withLockedValue { state in
            state.hasEnded = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
