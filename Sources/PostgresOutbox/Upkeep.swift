// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import NIOConcurrencyHelpers
import PostgresConnection

/// What one node does for all, the one that leads: each of it is only wasted, and never wrong, where two believe that they do.
///
/// Pieces of the tables are made before their time comes, so that no event waits for that; tables of which PostgreSQL does not
/// know by itself that they grew are looked at by its planner; the queues are vacuumed when much in them is dead; nodes that
/// have been gone for long are forgotten, and counts are folded.
final class Upkeep: Sendable {
    private let lane: PostgresLane
    private let cutoff = Cutoff()
    private let partitions: PostgresPartitions
    private let clock: DatabaseClock
    private let state = NIOLockedValueBox(State())

    private struct State {
        var isBusy = false
        var begun: ContinuousClock.Instant?
        var analyzed: ContinuousClock.Instant?
    }

    private static let pause: Duration = .seconds(60)
    private static let day: Duration = .seconds(86_400)
    /// With so many dead rows in the queues they are vacuumed.
    private static let mostDead: Int64 = 20_000

    /// Upkeep that nobody asked for yet.
    ///
    /// - Parameters:
    ///   - address: The database.
    ///   - options: How to connect.
    ///   - partitions: In which pieces the tables are.
    ///   - clock: What time it is.
    init(
        of address: PostgresAddress,
        _ options: PostgresSession.Options,
        _ partitions: PostgresPartitions,
        clock: DatabaseClock
    ) {
        var options = options
        options.cutoff = cutoff
        (lane, self.partitions, self.clock) = (PostgresLane(to: address, options), partitions, clock)
    }

    /// Ends what is under way, here and at the server: all of it can be done again.
    func close() async {
        cutoff.end()
        await lane.close()
    }

    /// Has it done, where the last time is a while ago; never waits.
    func beat() {
        let now = ContinuousClock.now
        let isTime = state.withLockedValue { state in
            guard !state.isBusy, state.begun.map({ $0.duration(to: now) >= Self.pause }) ?? true else { return false }
            (state.isBusy, state.begun) = (true, now)
            return true
        }
        guard isTime else { return }
        let isTaken = lane.submit { [self] session in
            if case .success(let session) = session { run(session) }
            state.withLockedValue { $0.isBusy = false }
        }
        if !isTaken { state.withLockedValue { $0.isBusy = false } }
    }

    /// What fails is done the next time; until then it only costs time.
    private func run(_ session: PostgresSession) {
        for step in [makePieces, sweep, fold, vacuum, analyze] where session.isUsable && !cutoff.isOver {
            try? step(session, ContinuousClock.now.advanced(by: .seconds(600)))
        }
    }

    private func makePieces(_ session: PostgresSession, _ deadline: ContinuousClock.Instant) throws {
        let now = UInt64(clamping: clock.now.microseconds / 1_000)
        let missing = try partitions.missing(partitions.beginnings(from: now, count: 3), session, by: deadline)
        if !missing.isEmpty { try partitions.make(missing, session, by: deadline) }
    }

    private func sweep(_ session: PostgresSession, _ deadline: ContinuousClock.Instant) throws {
        _ = try session.rows(NodeRows.sweep, by: deadline)
        _ = try session.rows(TurnLines.sweep(at: clock.now), by: deadline)
    }

    private func fold(_ session: PostgresSession, _ deadline: ContinuousClock.Instant) throws {
        _ = try session.rows(MessageCounts.fold, by: deadline)
    }

    /// Vacuums the queues, unless somebody's transaction keeps what is dead in them anyway.
    private func vacuum(_ session: PostgresSession, _ deadline: ContinuousClock.Instant) throws {
        let sql = """
            SELECT coalesce(max(n_dead_tup), 0)::bigint FROM pg_stat_user_tables
            WHERE schemaname = 'hookline' AND relname IN ('waiting', 'leases') AND NOT EXISTS (
                SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
                    AND backend_xmin IS NOT NULL AND xact_start < now() - interval '1 minute')
            """
        guard let dead = try session.rows(PostgresQuery(sql), by: deadline).first?.number(0), dead > Self.mostDead
        else {
            return
        }
        let query = PostgresQuery("VACUUM hookline.waiting, hookline.leases", prepared: false)
        _ = try session.rows(query, by: deadline)
    }

    /// Of a table in pieces PostgreSQL analyzes the pieces alone.
    private func analyze(_ session: PostgresSession, _ deadline: ContinuousClock.Instant) throws {
        let now = ContinuousClock.now
        let isTime = state.withLockedValue { $0.analyzed.map { $0.duration(to: now) >= Self.day } ?? true }
        guard isTime, partitions != .none else { return }
        for table in PostgresPartitions.tables {
            _ = try session.rows(PostgresQuery("ANALYZE hookline.\(table)", prepared: false), by: deadline)
        }
        state.withLockedValue { $0.analyzed = now }
    }
}
