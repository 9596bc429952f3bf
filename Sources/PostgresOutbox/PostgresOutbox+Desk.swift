// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Outbox
import PostgresConnection

extension PostgresOutbox {
    /// Runs a transaction of what people, jobs and housekeeping write, on the connection that is theirs.
    ///
    /// One that lost its connection before the commit runs once more, on another one.
    ///
    /// - Parameters:
    ///   - ids: Of what is stored: a piece of the tables that is missing for one of them is made.
    ///   - time: How long it may take; as long as any exchange if left out.
    ///   - isFoundAgain: Whether it may also run once more when nobody knows whether it was committed.
    ///   - body: What it does; it may run several times.
    /// - Returns: What the body returned, after the commit.
    /// - Throws: `StoreError`.
    func write<Value: Sendable>(
        piecesOf ids: [PostgresUUID] = [],
        within time: Duration? = nil,
        again isFoundAgain: Bool = false,
        _ body: @escaping @Sendable (inout PostgresTransaction) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await writeOnce(ids, time, body)
        } catch let error as PostgresError where error.kind == .lost || (error.kind == .doubtful && isFoundAgain) {
            do { return try await writeOnce(ids, time, body) } catch { throw StoreError(error) }
        } catch {
            throw StoreError(error)
        }
    }

    /// Runs such a transaction, and rings after its commit for what it left behind.
    ///
    /// - Parameters:
    ///   - ids: Of what is stored.
    ///   - time: How long it may take; as long as any exchange if left out.
    ///   - isFoundAgain: Whether it may also run once more when nobody knows whether it was committed.
    ///   - body: What it does; it may run several times, each time with nothing left behind yet.
    /// - Returns: What the body returned, after the commit.
    /// - Throws: `StoreError`.
    func change<Value: Sendable>(
        piecesOf ids: [PostgresUUID] = [],
        within time: Duration? = nil,
        again isFoundAgain: Bool = false,
        _ body: @escaping @Sendable (inout Effects, inout PostgresTransaction) throws -> Value
    ) async throws(StoreError) -> Value {
        let hearing = options.hearing
        let (value, effects) = try await write(piecesOf: ids, within: time, again: isFoundAgain) { transaction in
            var effects = Effects(hearing)
            return (try body(&effects, &transaction), effects)
        }
        bells.ring(effects)
        return value
    }

    private func writeOnce<Value: Sendable>(
        _ ids: [PostgresUUID],
        _ time: Duration?,
        _ body: @escaping @Sendable (inout PostgresTransaction) throws -> Value
    ) async throws -> Value {
        try await run(on: desk, within: time) { [partitions] session, deadline in
            do {
                return try session.transaction(by: deadline, body)
            } catch let error as PostgresError where error.isMissingPiece && !ids.isEmpty {
                try partitions.make(partitions.beginnings(of: ids), session, by: deadline)
                return try session.transaction(by: deadline, body)
            }
        }
    }
}
