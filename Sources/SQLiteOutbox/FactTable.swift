// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import Outbox

/// Who holds which business fact, inside the caller's transaction.
struct FactTable {
    let database: Database

    /// Under which key the fact stands, or would.
    private func name(of fact: Fact) throws -> String {
        try StoredKey.name(
            of: fact.key,
            in: "facts WHERE rule = ? AND recipient = ? AND kind = ?",
            [fact.rule, fact.recipient, fact.kind.rawValue],
            database
        )
    }

    /// Who holds the fact; the law says whether that still counts.
    func holder(of fact: Fact) throws -> FactHolder? {
        try database.row(
            "SELECT message_id, until FROM facts WHERE rule = ? AND recipient = ? AND kind = ? AND key = ?",
            [fact.rule, fact.recipient, fact.kind.rawValue, try name(of: fact)]
        ) { FactHolder(MessageID(rawValue: $0[0]), until: $0.time(1)) }
    }

    /// The event that called off what comes under the fact.
    func cancellation(_ fact: Fact) throws -> EarlyCancellation? {
        try database.row(
            "SELECT message_id, until FROM facts WHERE rule = ? AND recipient = ? AND kind = ? AND key = ?",
            [fact.rule, fact.recipient, fact.kind.rawValue, try name(of: fact)]
        ) { EarlyCancellation(EventID(rawValue: $0[0]), until: $0.time(1)) }
    }

    /// What was seen last under the fact.
    func value(_ fact: Fact) throws -> Held<KnownValue>? {
        try database.row(
            "SELECT value, at, since, until FROM facts WHERE rule = ? AND recipient = ? AND kind = ? AND key = ?",
            [fact.rule, fact.recipient, fact.kind.rawValue, try name(of: fact)]
        ) { Held(KnownValue(value: $0[0], at: $0.time(1), since: $0.time(2)), until: $0.time(3)) }
    }

    /// Remembers which event called off what comes under the fact.
    func put(_ cancellation: EarlyCancellation, under fact: Fact) throws {
        try put(fact, event: cancellation.value, nil, until: cancellation.until)
    }

    /// Remembers what an event said under the fact.
    func put(_ value: Held<KnownValue>, of event: EventID, under fact: Fact) throws {
        try put(fact, event: event, value.value, until: value.until)
    }

    private func put(_ fact: Fact, event: EventID, _ known: KnownValue?, until: Timestamp) throws {
        let key = try name(of: fact)
        try database.write(
            """
            INSERT OR REPLACE INTO facts (rule, recipient, kind, key, message_id, until, value, at, since)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ) { row in
            row.add(fact.rule)
            row.add(fact.recipient)
            row.add(fact.kind.rawValue)
            row.add(key)
            row.add(event.rawValue)
            row.add(until)
            row.add(known?.value)
            row.add(known?.at)
            row.add(known?.since)
        }
    }

    /// Gives the fact to a message, whoever holds it.
    func give(_ fact: Fact, to holder: FactHolder) throws {
        try database.run(
            "UPDATE facts SET message_id = ?, until = ? WHERE rule = ? AND recipient = ? AND kind = ? AND key = ?",
            [
                holder.value.rawValue, holder.until.microseconds, fact.rule, fact.recipient, fact.kind.rawValue,
                try name(of: fact),
            ]
        )
    }

    /// Gives the fact to a message, unless somebody holds it beyond a time on the line of keys.
    ///
    /// - Returns: Whether the message holds it now.
    func take(_ fact: Fact, _ holder: FactHolder, at keys: Timestamp) throws -> Bool {
        // A departure is of a claim that was never before.
        let key = fact.kind == .departure ? fact.key : try name(of: fact)
        return try database.write(
            """
            INSERT INTO facts (rule, recipient, kind, key, message_id, until) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (rule, recipient, kind, key)
                DO UPDATE SET message_id = excluded.message_id, until = excluded.until WHERE until <= ?
            """
        ) { row in
            row.add(fact.rule)
            row.add(fact.recipient)
            row.add(fact.kind.rawValue)
            row.add(key)
            row.add(holder.value.rawValue)
            row.add(holder.until)
            row.add(keys)
        } > 0
    }

    /// The end of the departure that ends as the wanted one from the last; `nil` when there are fewer.
    func departure(_ question: DepartureQuestion) throws -> Timestamp? {
        try database.row(
            question.countsTurns ? Self.departuresAndTurns : Self.departures,
            [
                question.rule, question.recipient, question.asking.rawValue, question.now.microseconds,
                question.count - 1,
            ]
        ) { $0.time(0) }
    }

    /// The first condition on the kind says that the index has all that is wanted.
    private static let departures = """
        SELECT until FROM facts WHERE rule = ? AND recipient = ? AND kind IN ('departure', 'turn') AND kind = 'departure'
            AND message_id <> ? AND until > ? ORDER BY until DESC LIMIT 1 OFFSET ?
        """

    /// Along the index `facts_line`, from the last one on: who waits behind ten thousand others reads no more than it needs.
    private static let departuresAndTurns = """
        SELECT until FROM facts WHERE rule = ? AND recipient = ? AND kind IN ('departure', 'turn') AND message_id <> ?
            AND until > ? ORDER BY until DESC LIMIT 1 OFFSET ?
        """

    /// Remembers when a message's turn comes.
    func put(_ turn: Hold.Turn) throws {
        let event = EventID(rawValue: turn.holder.value.rawValue)
        try put(turn.fact, event: event, nil, until: turn.holder.until)
    }

    /// Takes a departure back that is known not to have arrived, or a turn that is over.
    func takeBack(_ departure: Fact) throws {
        let fingerprint = StoredKey.name(of: CopiedTable.indexed(departure.key))
        guard !departure.isTurnOfAnyAccount else {
            return try database.run(
                """
                DELETE FROM facts WHERE rule = ? AND recipient >= ? AND recipient < 'account;' AND kind = 'turn'
                    AND key IN (?, ?)
                """,
                [departure.rule, departure.recipient, departure.key, fingerprint]
            )
        }
        try database.run(
            "DELETE FROM facts WHERE rule = ? AND recipient = ? AND kind = ? AND key IN (?, ?)",
            [departure.rule, departure.recipient, departure.kind.rawValue, departure.key, fingerprint]
        )
    }
}
