// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CPostgres
import Glibc

extension PostgresSession {
    /// What was put into a pipeline, in order.
    private enum Sent {
        case preparation(sql: String, name: String)
        case run
    }

    /// Sends statements in one piece and waits for all they bring.
    ///
    /// What the server says of a single statement is no commit: with a standby that must confirm, or with constraints that
    /// are checked at the end, a statement is "done" long before. So nothing counts before the pipeline's end has come back
    /// and the connection is outside of a transaction.
    ///
    /// - Parameters:
    ///   - queries: The statements.
    ///   - commits: Whether they end a transaction, or are one.
    ///   - deadline: How long that may take.
    /// - Returns: What each brought.
    /// - Throws: `PostgresError`. Unless its kind is `refused` or `unreadable`, the session cannot be used any more.
    package func exchange(
        _ queries: [PostgresQuery],
        commits: Bool,
        by deadline: ContinuousClock.Instant
    ) throws(PostgresError) -> [PostgresRows] {
        guard isUsable else { throw PostgresError(.lost, "the connection is given up") }
        do throws(PostgresError) {
            _ = takeWarnings()
            let sent = try send(queries)
            options.meter?.add(queries.count)
            try flush(by: deadline)
            let results = try receive(sent, by: deadline)
            if commits { try requireCommit() }
            return results
        } catch {
            if error.sqlState?.isOfPreparation == true { losesPreparations = true }
            if error.kind != .refused || error.sqlState?.spoilsConnection == true {
                giveUp(cancelling: error.kind == .late)
            }
            throw commits ? error.inCommit : error
        }
    }

    /// A commit for which the server stopped waiting for its standby looks like any other, but for a warning.
    private func requireCommit() throws(PostgresError) {
        if let warning = takeWarnings().first {
            let words = "the server warned of the commit; nobody knows whether it survives a failover"
            throw PostgresError(.doubtful, words, sqlState: warning)
        }
        guard unsafe PQtransactionStatus(connection) == PQTRANS_IDLE else {
            throw PostgresError(.doubtful, "the transaction has not ended with its commit")
        }
    }

    private func send(_ queries: [PostgresQuery]) throws(PostgresError) -> [Sent] {
        var sent: [Sent] = []
        var names: [String: String] = [:]
        for query in queries {
            guard options.prepares, query.isPrepared else {
                try taken(run(query))
                sent.append(.run)
                continue
            }
            let known = prepared[query.sql] ?? names[query.sql]
            let name = known ?? "h\(prepared.count + names.count)"
            if known == nil {
                names[query.sql] = name
                try taken(prepare(query, as: name))
                sent.append(.preparation(sql: query.sql, name: name))
            }
            try taken(run(query, prepared: name))
            sent.append(.run)
        }
        try taken(unsafe PQpipelineSync(connection))
        return sent
    }

    private func taken(_ result: Int32) throws(PostgresError) {
        guard result == 1 else { throw PostgresError(.lost, "libpq took no statement: the connection is broken") }
    }

    private func prepare(_ query: PostgresQuery, as name: String) -> Int32 {
        let types = query.parameters.slots.map(\.type.rawValue)
        return unsafe types.withUnsafeBufferPointer { types in
            unsafe PQsendPrepare(connection, name, query.sql, Int32(types.count), types.baseAddress)
        }
    }

    private func run(_ query: PostgresQuery, prepared name: String? = nil) -> Int32 {
        let slots = query.parameters.slots
        let (count, lengths) = (Int32(slots.count), slots.map { Int32(clamping: $0.length ?? 0) })
        let (formats, types) = ([Int32](repeating: 1, count: slots.count), slots.map(\.type.rawValue))
        // libpq copies all of it before it comes back. One byte more, so that an empty value has an address.
        return unsafe (query.parameters.bytes + [0]).withUnsafeBytes { bytes in
            let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values = unsafe slots.map { slot in
                unsafe slot.length == nil ? nil : start?.advanced(by: slot.start)
            }
            guard let name else {
                return unsafe PQsendQueryParams(connection, query.sql, count, types, values, lengths, formats, 1)
            }
            return unsafe PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1)
        }
    }

    /// Sends what waits to be sent; what comes meanwhile is taken in, or both sides would wait for each other.
    ///
    /// Over a connection that broke nothing more goes out; why it did is found where results are read.
    private func flush(by deadline: ContinuousClock.Instant) throws(PostgresError) {
        while unsafe PQflush(connection) == 1, try wait(for: POLLIN | POLLOUT, by: deadline) {}
    }

    /// Waits, and takes in what has come.
    ///
    /// - Returns: Whether the connection stands; what came before its end can still be read.
    private func wait(for events: Int32, by deadline: ContinuousClock.Instant) throws(PostgresError) -> Bool {
        guard let ready = waits(for: events, until: deadline) else {
            throw PostgresError(.late, "the database did not answer in time")
        }
        return unsafe ready & ~POLLOUT == 0 || PQconsumeInput(connection) == 1
    }

    /// The next result; `nil` at the end of each statement's.
    private func next(by deadline: ContinuousClock.Instant) throws(PostgresError) -> OpaquePointer? {
        while unsafe PQisBusy(connection) == 1, try wait(for: POLLIN, by: deadline) {}
        return unsafe PQgetResult(connection)
    }

    /// Reads to the pipeline's end, which never comes over a connection that broke.
    private func receive(
        _ sent: [Sent],
        by deadline: ContinuousClock.Instant
    ) throws(PostgresError) -> [PostgresRows] {
        var (results, failure, place): ([PostgresRows], PostgresError?, Int) = ([], nil, 0)
        while true {
            guard let result = try unsafe next(by: deadline) else {
                guard place < sent.count, unsafe PQstatus(connection) == CONNECTION_OK else { throw broken(failure) }
                place += 1
                continue
            }
            let rows = unsafe PostgresRows(result)
            switch unsafe PQresultStatus(result) {
            case PGRES_PIPELINE_SYNC:
                if let failure { throw failure }
                return results
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
                guard place < sent.count else { throw broken() }
                switch sent[place] {
                case .preparation(let sql, let name): prepared[sql] = name
                case .run: results.append(rows)
                }
            case PGRES_PIPELINE_ABORTED: break
            default:
                failure = unsafe failure ?? refusal(result)
                // Of a server that is gone without a word libpq tells in the same way, but without a code.
                if unsafe PQstatus(connection) == CONNECTION_BAD {
                    throw broken(failure?.sqlState == nil ? nil : failure)
                }
            }
        }
    }

    private func refusal(_ result: OpaquePointer) -> PostgresError {
        let state = unsafe Self.sqlState(result)
        let words = unsafe hookline_primary_message(result).map { unsafe String(cString: $0) }
        let reason = state?.namesValues == true ? "a value does not fit" : words ?? "the server refused a statement"
        let constraint = unsafe hookline_constraint(result).map { unsafe String(cString: $0) }
        return PostgresError(.refused, reason, sqlState: state, constraint: constraint)
    }

    private func broken(_ cause: PostgresError? = nil) -> PostgresError {
        let words = cause.map { "the connection to the database ended: \($0.reason)" }
        return PostgresError(.lost, words ?? "the connection to the database ended", sqlState: cause?.sqlState)
    }
}
