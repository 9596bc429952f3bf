// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
package import Outbox
import PostgresConnection

/// How the server and the nodes stand, each with one statement of its own.
///
/// A role without `pg_read_all_stats` (which `pg_monitor` has) sees that there are other sessions and standbys, and nothing of
/// them; so what is not seen is told apart from what is not there.
enum StandingRows {
    /// What there is to see of the server; what this process knows by itself is not in it.
    static func server(
        _ transaction: inout PostgresTransaction
    ) throws -> (StoreStanding.Durability, StoreStanding.Server) {
        guard let row = try transaction.rows(PostgresQuery(question)).first else {
            throw PostgresError(.unreadable, "the server said nothing of itself")
        }
        var server = StoreStanding.Server(version: "PostgreSQL \(try row.text(0))")
        server.isStandby = try row.flag(1)
        server.seesSessions = try row.flag(6)
        let (confirming, all) = (Int(try row.number(7)), Int(try row.number(8)))
        if server.seesSessions || all == 0 {
            server.standbys = StoreStanding.Standbys(confirming: confirming, following: all - confirming)
        }
        server.connections = StoreStanding.Connections(used: Int(try row.number(9)), limit: Int(try row.number(10)))
        server.deadRows = ["waiting": Int(try row.number(11)), "leases": Int(try row.number(12))]
        server.leader = try leader(row)
        server.oldestSnapshot = try snapshot(row)
        let settings = Settings(
            commit: try row.text(2),
            standbys: try row.text(3),
            sync: try row.text(4),
            pages: try row.text(5)
        )
        server.standbysWanted = settings.wanted
        return (settings.durability(server.standbys), server)
    }

    private static func leader(_ row: PostgresRow) throws -> StoreStanding.Leader? {
        guard let node = try row.optionalText(13), let term = try row.optionalTime(14) else { return nil }
        return StoreStanding.Leader(node: node, term: term)
    }

    private static func snapshot(_ row: PostgresRow) throws -> StoreStanding.Snapshot? {
        guard let holder = try row.optionalText(15) else { return nil }
        return StoreStanding.Snapshot(
            age: try row.optionalNumber(16).map { .microseconds($0) },
            transactions: Int(try row.optionalNumber(17) ?? 0),
            holder: holder
        )
    }

    /// The server's own cleaning is left out, which holds nothing up; who does not see others' sessions sees no snapshot.
    private static let question = """
        SELECT current_setting('server_version'), pg_is_in_recovery(), current_setting('synchronous_commit'),
            current_setting('synchronous_standby_names'), current_setting('fsync'), current_setting('full_page_writes'),
            pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'), r.confirming, r.all_of_them,
            (SELECT coalesce(sum(numbackends), 0)::bigint FROM pg_stat_database),
            current_setting('max_connections')::bigint, coalesce(q.waiting, 0)::bigint, coalesce(q.leases, 0)::bigint,
            l.node, l.term, s.holder, (extract(epoch FROM clock_timestamp() - s.began) * 1000000)::bigint, s.age
        FROM (SELECT count(*) FILTER (WHERE sync_state IN ('sync', 'quorum')) AS confirming, count(*) AS all_of_them
                FROM pg_stat_replication) r,
            (SELECT sum(n_dead_tup) FILTER (WHERE relname = 'waiting') AS waiting,
                sum(n_dead_tup) FILTER (WHERE relname = 'leases') AS leases
                FROM pg_stat_user_tables WHERE schemaname = 'hookline') q
            LEFT JOIN hookline.leader l ON l.expires_at > now()
            LEFT JOIN (
                SELECT holder, began, age FROM (
                    SELECT 'session ' || pid || coalesce(' (' || nullif(application_name, '') || ')', '') AS holder,
                        xact_start AS began, greatest(age(backend_xmin), age(backend_xid))::bigint AS age
                    FROM pg_stat_activity
                    WHERE pid <> pg_backend_pid() AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)
                        AND backend_type IN ('client backend', 'walsender')
                        AND (datname = current_database() OR backend_type = 'walsender')
                    UNION ALL
                    SELECT 'a prepared transaction', prepared, age(transaction)::bigint FROM pg_prepared_xacts
                    WHERE database = current_database()
                    UNION ALL
                    SELECT 'the replication slot ' || slot_name, NULL, age(xmin)::bigint FROM pg_replication_slots
                    WHERE xmin IS NOT NULL) all_of_them
                ORDER BY age DESC, began NULLS LAST LIMIT 1) s ON true
        """

    /// The nodes, by name.
    static func nodes(_ transaction: inout PostgresTransaction) throws -> [StoreStanding.Node] {
        let sql = """
            SELECT node, build, address, started_at,
                (extract(epoch FROM clock_timestamp() - seen_at) * 1000000)::bigint, clock_offset, hears::int::bigint, leads
            FROM hookline.nodes ORDER BY node
            """
        return try transaction.rows(PostgresQuery(sql)).map { row in
            StoreStanding.Node(
                name: try row.text(0),
                build: try row.text(1),
                address: try row.text(2),
                startedAt: try row.time(3),
                silence: .microseconds(try row.number(4)),
                clockOffset: .microseconds(try row.number(5)),
                hears: try row.optionalNumber(6).map { $0 == 1 },
                leads: try row.flag(7)
            )
        }
    }

    /// What the server is told about commits.
    struct Settings {
        let commit: String
        let standbys: String
        let sync: String
        let pages: String

        /// How many standbys each commit waits for: `ANY 2 (…)`, `FIRST 2 (…)`, `2 (…)`, or a list of which the first one counts.
        var wanted: Int {
            guard !standbys.isEmpty, !["local", "off"].contains(commit) else { return 0 }
            let head = standbys.prefix { $0 != "(" }
            guard head.count < standbys.count else { return 1 }
            return head.split(separator: " ").last.flatMap { Int($0) } ?? 1
        }

        func durability(_ seen: StoreStanding.Standbys?) -> StoreStanding.Durability {
            if commit == "off" { return .doubtful(because: "synchronous_commit is off") }
            if sync == "off" { return .doubtful(because: "fsync is off") }
            if pages == "off" { return .doubtful(because: "full_page_writes is off, and a page may be half written") }
            guard wanted > 0 else { return .disk(by: "PostgreSQL with synchronous_commit = \(commit)") }
            let asked = "synchronous_commit = \(commit), synchronous_standby_names = '\(standbys)'"
            guard let seen else { return .unseen(asked: asked) }
            return seen.confirming >= wanted ? .standbys(asked: asked) : .waits(asked: asked)
        }
    }
}

extension PostgresOutbox {
    package func standing() async throws(StoreError) -> StoreStanding {
        let (durability, found) = try await ask { try StandingRows.server(&$0) }
        var server = found
        server.nodes = try await ask { try StandingRows.nodes(&$0) }
        server.calls = link?.calls
        server.leads = link?.leads
        server.clockOffset = options.usesDatabaseClock ? options.clock.offset : nil
        server.statements = options.session.meter?.count ?? 0
        return StoreStanding(durability: durability, server: server)
    }

    /// Calls on a channel over a connection of the store's, as soon as that is free.
    static func tryCall(
        _ channel: String,
        on lane: PostgresLane,
        _ leaves: @escaping @Sendable (_ isCalled: Bool) -> Void
    ) {
        let isTaken = lane.submit { session in
            leaves(true)
            do { try NodeLink.call(channel, session.get()) } catch { leaves(false) }
        }
        if !isTaken { leaves(false) }
    }
}
