// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// The tables of events that wait for a look-up, inside the caller's transaction or snapshot.
///
/// `look_ups` keeps what their rules will see, and what was found, as long as the event; `pending` has a row of each that
/// waits, which comes and goes. A node that tries an event holds its row for a while, so that others do not ask the sender the
/// same; whose try takes longer loses nothing, for an event waits until one of them has concluded it.
enum LookUpRows {
    /// The statements that make the tables.
    ///
    /// - Parameters:
    ///   - kept: How tables are kept that grow with the events, by the column `event`.
    ///   - busy: How those are kept whose rows come and go.
    /// - Returns: The statements.
    static func statements(_ kept: String, _ busy: String) -> [String] {
        [
            """
            CREATE TABLE hookline.look_ups (
                event uuid PRIMARY KEY, payload bytea NOT NULL, failures bigint NOT NULL DEFAULT 0,
                since timestamptz NOT NULL, result bytea)\(kept)
            """,
            """
            CREATE TABLE hookline.pending (
                event uuid PRIMARY KEY, source text NOT NULL, due_at timestamptz NOT NULL, place bigint NOT NULL,
                holder text, held_until timestamptz) \(busy)
            """,
            "CREATE INDEX pending_due ON hookline.pending (source, due_at, place)",
        ]
    }

    /// How long a node has an event for itself: longer than a try takes that goes well.
    private static let hold = "interval '60 seconds'"

    /// An event that is about to wait.
    typealias Waiting = (event: PostgresUUID, place: Int64, source: String, payload: [UInt8], since: Timestamp)

    /// Lets events wait, to be tried at once.
    static func insertions(_ events: [Waiting]) -> [PostgresQuery] {
        guard !events.isEmpty else { return [] }
        let kept = """
            INSERT INTO hookline.look_ups (event, payload, since) SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::timestamptz[])
            """
        let waiting = """
            INSERT INTO hookline.pending (event, source, due_at, place)
            SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::bigint[])
            """
        return [
            PostgresQuery(kept) {
                $0.add(events.map(\.event))
                $0.add(blobs: events.map(\.payload))
                $0.add(events.map(\.since))
            },
            PostgresQuery(waiting) {
                $0.add(events.map(\.event))
                $0.add(events.map(\.source))
                $0.add(events.map(\.since))
                $0.add(events.map(\.place))
            },
        ]
    }

    /// Those of a source that wait and that no other node tries at the moment.
    static func due(
        of source: String,
        limit: Int,
        by node: String,
        _ transaction: inout PostgresTransaction
    ) throws -> [PendingEvent.Due] {
        let sql = """
            SELECT event, due_at FROM hookline.pending
            WHERE source = $1 AND (held_until IS NULL OR held_until <= now() OR holder = $2)
            ORDER BY due_at, place LIMIT $3
            """
        let query = PostgresQuery(sql) {
            $0.add(source)
            $0.add(node)
            $0.add(limit)
        }
        return try transaction.rows(query).map { PendingEvent.Due(event: try $0.uuid(0).eventID, at: try $0.time(1)) }
    }

    static func counts(_ transaction: inout PostgresTransaction) throws -> [String: Int] {
        let sql = "SELECT source, count(*) FROM hookline.pending GROUP BY source"
        let rows = try transaction.rows(PostgresQuery(sql)).map { (try $0.text(0), Int(try $0.number(1))) }
        return Dictionary(rows) { first, _ in first }
    }

    /// An event that waits, for the node alone for a while; `nil` when it does not wait, or for another node.
    static func take(
        _ id: EventID,
        by node: String,
        _ transaction: inout PostgresTransaction
    ) throws -> PendingEvent? {
        guard let uuid = PostgresUUID(id) else { return nil }
        let taking = """
            UPDATE hookline.pending SET holder = $2, held_until = now() + \(hold)
            WHERE event = $1 AND (held_until IS NULL OR held_until <= now() OR holder = $2) RETURNING event
            """
        let query = PostgresQuery(taking) {
            $0.add(uuid)
            $0.add(node)
        }
        guard try transaction.rows(query).count == 1 else { return nil }
        let sql = "SELECT since FROM hookline.look_ups WHERE event = $1"
        let found = try transaction.rows([
            PostgresQuery(sql) { $0.add(uuid) }, PostgresQuery("\(WholeEvent.select) WHERE e.id = $1") { $0.add(uuid) },
        ])
        guard let since = try found[0].first?.time(0), let whole = try found[1].first.map(WholeEvent.init) else {
            return nil
        }
        return PendingEvent(
            event: whole.event,
            payload: whole.payload ?? [],
            failures: whole.lookUp?.failures ?? 0,
            since: since
        )
    }

    /// Gives back what a node tries, which ends.
    static func release(by node: String) -> PostgresQuery {
        PostgresQuery("UPDATE hookline.pending SET holder = NULL, held_until = NULL WHERE holder = $1") { $0.add(node) }
    }

    static func postpone(
        _ id: EventID,
        until time: Timestamp,
        because reason: String,
        _ transaction: inout PostgresTransaction
    ) throws {
        guard let uuid = PostgresUUID(id) else { return }
        let waiting = """
            UPDATE hookline.pending SET due_at = $2, holder = NULL, held_until = NULL WHERE event = $1 RETURNING event
            """
        let query = PostgresQuery(waiting) {
            $0.add(uuid)
            $0.add(time)
        }
        guard try transaction.rows(query).count == 1 else { return }
        let count = "UPDATE hookline.look_ups SET failures = failures + 1 WHERE event = $1"
        transaction.write(PostgresQuery(count) { $0.add(uuid) })
        dispose(uuid, .pending(reason: reason), messages: 0, &transaction)
    }

    /// An event that waits no more, from its row on.
    struct Waited {
        let uuid: PostgresUUID
        let place: Int64
        let source: String
        let event: CallingEvent
    }

    /// Ends the waiting of an event; `nil` when it did not wait any more.
    static func end(
        _ evaluation: LateEvaluation,
        _ transaction: inout PostgresTransaction
    ) throws -> Waited? {
        guard let uuid = PostgresUUID(evaluation.event) else { return nil }
        let sql = """
            DELETE FROM hookline.pending p USING hookline.events e WHERE p.event = $1 AND e.id = $1
            RETURNING e.place, e.source, e.type, e.received_at
            """
        guard let row = try transaction.rows(PostgresQuery(sql) { $0.add(uuid) }).first else { return nil }
        let result = "UPDATE hookline.look_ups SET result = $2 WHERE event = $1"
        transaction.write(
            PostgresQuery(result) {
                $0.add(uuid)
                $0.add(blob: evaluation.result)
            }
        )
        return Waited(
            uuid: uuid,
            place: try row.number(0),
            source: try row.text(1),
            event: CallingEvent(id: evaluation.event, type: try row.text(2), receivedAt: try row.time(3))
        )
    }

    /// Has an event tried again from the beginning, because a person wants it.
    ///
    /// - Throws: `StoreError` with `notFound`, or with `conflict` when there is nothing to try.
    static func resume(_ id: EventID, at now: Timestamp, _ transaction: inout PostgresTransaction) throws {
        let missing = StoreError(.notFound, "there is no event '\(id)'")
        guard let uuid = PostgresUUID(id) else { throw missing }
        let sql = """
            SELECT e.disposition, l.event, e.source, e.place FROM hookline.events e
                LEFT JOIN hookline.look_ups l ON l.event = e.id
            WHERE e.id = $1 FOR UPDATE OF e
            """
        guard let row = try transaction.rows(PostgresQuery(sql) { $0.add(uuid) }).first else { throw missing }
        let (disposition, isLookedUp): (Disposition.Name, Bool) = (try row.name(0), try row.optionalUUID(1) != nil)
        let resumed: Disposition
        do throws(ResumptionRefusal) {
            resumed = try Disposition.resumed(id, from: disposition, isLookedUp: isLookedUp)
        } catch {
            throw StoreError(.conflict, "\(error)")
        }
        let (source, place) = (try row.text(2), try row.number(3))
        let anew = "UPDATE hookline.look_ups SET failures = 0, since = $2 WHERE event = $1"
        transaction.write(
            PostgresQuery(anew) {
                $0.add(uuid)
                $0.add(now)
            }
        )
        let waiting = """
            INSERT INTO hookline.pending (event, source, due_at, place) VALUES ($1, $2, $3, $4)
            ON CONFLICT (event) DO UPDATE SET due_at = excluded.due_at, holder = NULL, held_until = NULL
            """
        transaction.write(
            PostgresQuery(waiting) {
                $0.add(uuid)
                $0.add(source)
                $0.add(now)
                $0.add(place)
            }
        )
        dispose(uuid, resumed, messages: 0, &transaction)
    }

    /// Moves what was reckoned in spans by as much as the clock was set.
    static func follow(_ step: ClockStep) -> PostgresQuery {
        let back = """
            UPDATE hookline.pending SET due_at = due_at + $1 * interval '1 microsecond' WHERE due_at > $2
            """
        let ahead = """
            UPDATE hookline.look_ups l SET since = l.since + $1 * interval '1 microsecond' FROM hookline.pending p
            WHERE p.event = l.event AND l.since <= $2
            """
        return PostgresQuery(step.isBack ? back : ahead) {
            $0.add(step.span.microseconds)
            $0.add(step.isBack ? step.now : step.lastBefore)
        }
    }

    /// Writes what became of an event, and how many messages it has now beside those before.
    static func dispose(
        _ event: PostgresUUID,
        _ disposition: Disposition,
        messages count: Int,
        _ transaction: inout PostgresTransaction
    ) {
        let sql = """
            UPDATE hookline.events SET disposition = $2, disposition_reason = $3, message_count = message_count + $4
            WHERE id = $1
            """
        transaction.write(
            PostgresQuery(sql) {
                $0.add(event)
                $0.add(disposition.name.rawValue)
                $0.add(disposition.reason)
                $0.add(count)
            }
        )
    }
}
