// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CPostgres
import Glibc

/// One connection to PostgreSQL, and the thread's own that made it.
///
/// libpq waits for nobody here: the connection is non-blocking, all waits are `poll` with a deadline of our own, and
/// whatever passes its deadline is cancelled on the server and its connection given up. Statements go out in pipelines
/// (``exchange(_:commits:by:)``); what they brought counts at the pipeline's end.
@safe package final class PostgresSession {
    /// How sessions talk to the server.
    package struct Options: Hashable, Sendable {
        /// Whether statements are prepared once a connection; not so behind a pooler that forgets them.
        package var prepares = true
        /// Whether a statement that is prepared is planned once, and not for each run by its values, and goes along keys: where statements
        /// say little more than keys, a plan of their own costs more than they do.
        package var plansOnce = false
        /// Whether the server is told at the beginning how the session is to run; a pooler refuses that, and is told with each
        /// transaction what it must not take longer than (``PostgresSession/limits``).
        package var setsUp = true
        /// After how long the server ends a transaction of which it hears nothing more: of a client that is gone in silence it
        /// would keep the locks.
        package var abandonsAfter: Duration = .seconds(30)
        /// How long a statement waits for what another transaction has locked; as long as it may take where it is `nil`.
        package var waitsForLocks: Duration?
        /// How long a connection may take to come about.
        package var connectsWithin: Duration = .seconds(5)
        /// How long sent bytes may stay unconfirmed by the other machine.
        package var confirmsWithin: Duration = .seconds(10)
        /// Under which name the server lists the session.
        package var name = "hookline"
        /// Ends what is waited for; nothing does if left out.
        package var cutoff: Cutoff?
        /// Counts what is asked.
        package var meter: StatementMeter?

        package init() {}
    }

    let connection: OpaquePointer
    let options: Options
    private let address: PostgresAddress
    /// The names of the statements that this connection knows, by their texts.
    var prepared: [String: String] = [:]
    /// Whether a statement that was prepared turned out to be forgotten.
    var losesPreparations = false
    /// What the server warned of since the last look, as SQLSTATEs.
    private(set) var warnings: [SQLState] = []
    /// Whether anything more can be asked of the connection.
    package private(set) var isUsable = true
    /// What the server is told of each transaction where it was not told at the beginning of the session.
    ///
    /// It is how long the transaction may be silent, and wait for locks, and holds until it ends, so that a pooler bears it.
    let limits: [PostgresQuery]

    /// Connects.
    ///
    /// - Parameters:
    ///   - address: Where to.
    ///   - options: How.
    /// - Throws: `PostgresError` of kind `unreachable`.
    package init(to address: PostgresAddress, _ options: Options = Options()) throws(PostgresError) {
        let settings = Self.settings(address, options)
        let keywords = CStrings(settings.map(\.keyword))
        let values = CStrings(settings.map(\.value))
        guard let connection = unsafe PQconnectStartParams(keywords.pointers, values.pointers, 0) else {
            throw PostgresError(.unreachable, "there is no memory for a connection")
        }
        unsafe self.connection = connection
        self.options = options
        self.address = address
        limits = options.setsUpSessions ? [] : [options.limits]
        try finishConnecting(by: ContinuousClock.now.advanced(by: options.connectsWithin))
        let receive: PQnoticeReceiver = { context, result in
            guard let context = unsafe context, let result = unsafe result else { return }
            unsafe Unmanaged<PostgresSession>.fromOpaque(context).takeUnretainedValue().note(result)
        }
        _ = unsafe PQsetNoticeReceiver(connection, receive, Unmanaged.passUnretained(self).toOpaque())
        guard unsafe PQsetnonblocking(connection, 1) == 0, unsafe PQenterPipelineMode(connection) == 1 else {
            throw PostgresError(.unreachable, "libpq does not do pipelines with \(address)")
        }
    }

    deinit {
        unsafe PQfinish(connection)
    }

    /// How statements are planned that say little more than keys: once, and along the keys.
    ///
    /// A plan that was made while a queue was empty would read it whole as well as look one row up, and would still do so when it is
    /// full, or full of rows that are dead and that somebody's snapshot keeps. Along keys rows are also locked in their order.
    private static let plans =
        [("plan_cache_mode", "force_generic_plan"), ("jit", "off")]
        + ["seqscan", "bitmapscan", "hashjoin", "mergejoin"].map { ("enable_\($0)", "off") }

    /// What libpq is told: the address, and what makes a dead connection show itself unless the address says otherwise.
    private static func settings(_ address: PostgresAddress, _ options: Options) -> [PostgresAddress.Setting] {
        var defaults = [
            ("application_name", options.name), ("client_encoding", "UTF8"), ("target_session_attrs", "read-write"),
            ("tcp_user_timeout", String(options.confirmsWithin.milliseconds)), ("keepalives_idle", "5"),
            ("keepalives_interval", "3"), ("keepalives_count", "3"),
        ]
        if options.setsUpSessions {
            let parts = (options.timeouts + (options.plansOnce ? Self.plans : [])).map { "-c \($0.0)=\($0.1)" }
            defaults.append(("options", parts.joined(separator: " ")))
        }
        let missing = defaults.filter { address.value($0.0) == nil }
        let all = address.settings + missing.map { .init(keyword: $0.0, value: $0.1, isSecret: false) }
        guard let own = address.value("options"), let ours = defaults.first(where: { $0.0 == "options" }) else {
            return all
        }
        // Of what both say the later counts: the address has the last word about what it names, and about nothing else.
        return all.filter { $0.keyword != "options" }
            + [.init(keyword: "options", value: "\(ours.1) \(own)", isSecret: false)]
    }

    private func finishConnecting(by deadline: ContinuousClock.Instant) throws(PostgresError) {
        // Else nobody hears the code of a refusal.
        let verbosity = unsafe PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
        defer { _ = unsafe PQsetErrorVerbosity(connection, verbosity) }
        var status = PGRES_POLLING_WRITING
        while status != PGRES_POLLING_OK {
            guard status != PGRES_POLLING_FAILED, unsafe PQstatus(connection) != CONNECTION_BAD else {
                let refusal = ConnectionRefusal(unsafe String(cString: PQerrorMessage(connection)))
                let words = "\(address) cannot be reached: \(address.scrubbed(refusal.words))\(refusal.advice)"
                throw PostgresError(.unreachable, words, sqlState: refusal.sqlState)
            }
            guard waits(for: status == PGRES_POLLING_READING ? POLLIN : POLLOUT, until: deadline) != nil else {
                throw PostgresError(.unreachable, "\(address) did not answer within \(options.connectsWithin)")
            }
            status = unsafe PQconnectPoll(connection)
        }
    }

    /// Waits until the socket is ready.
    ///
    /// - Parameters:
    ///   - events: For what, as `poll` calls it.
    ///   - deadline: How long.
    /// - Returns: What it is ready for; `nil` when the time is up.
    func waits(for events: Int32, until deadline: ContinuousClock.Instant) -> Int32? {
        while true {
            let longest = options.cutoff.map { _ in Cutoff.notice } ?? .seconds(3_600)
            let left = min(ContinuousClock.now.duration(to: deadline), longest)
            guard left > .zero, options.cutoff?.isOver != true else { return nil }
            var file = pollfd(fd: unsafe PQsocket(connection), events: Int16(truncatingIfNeeded: events), revents: 0)
            let found = unsafe poll(&file, 1, Int32(clamping: left.milliseconds + 1))
            if found > 0 { return Int32(file.revents) }
            // A socket that cannot be waited for is as good as ready: libpq says what is wrong with it.
            if found < 0, errno != EINTR { return events }
        }
    }

    private func note(_ result: OpaquePointer) {
        switch unsafe hookline_severity(result).map({ unsafe String(cString: $0) }) {
        case "WARNING": warnings.append(unsafe Self.sqlState(result) ?? SQLState("01000"))
        // The farewell of a backend that ended while nothing was asked of it.
        case "FATAL", "PANIC": isUsable = false
        default: break
        }
    }

    /// What the server warned of since this was asked last.
    func takeWarnings() -> [SQLState] {
        defer { warnings = [] }
        return warnings
    }

    /// The SQLSTATE of a message of the server.
    static func sqlState(_ result: OpaquePointer) -> SQLState? {
        unsafe hookline_sqlstate(result).map { unsafe SQLState(String(cString: $0)) }
    }

    /// Whether the connection still stands outside of a transaction, as far as this side can know; costs no way to the
    /// server.
    package func stands() -> Bool {
        guard isUsable else { return false }
        var file = pollfd(fd: unsafe PQsocket(connection), events: Int16(POLLIN), revents: 0)
        // Of a backend that ended its farewell comes first, then the end of the stream.
        while unsafe poll(&file, 1, 0) > 0, isUsable {
            let stands = unsafe PQconsumeInput(connection) == 1
            // Whoever asks whether it is busy has it look at what came.
            _ = unsafe PQisBusy(connection)
            isUsable = isUsable && stands
        }
        let isIdle = unsafe PQstatus(connection) == CONNECTION_OK && PQtransactionStatus(connection) == PQTRANS_IDLE
        isUsable = isUsable && isIdle
        return isUsable
    }

    /// Gives the connection up.
    ///
    /// - Parameter cancels: Whether the server is told to end what it does for it. That is done on a thread of its own: it
    ///   opens a connection, and libpq waits for that without an end.
    func giveUp(cancelling cancels: Bool) {
        isUsable = false
        guard cancels, let order = unsafe PQgetCancel(connection) else { return }
        unsafe CancelOrder(order).carryOut()
    }
}

extension PostgresSession.Options {
    /// `prepared: off` is written for a pooler, which takes no options at the beginning of a session.
    fileprivate var setsUpSessions: Bool { setsUp && prepares }

    /// The server's own limits, in milliseconds.
    fileprivate var timeouts: [(String, String)] {
        let locks = waitsForLocks.map { [("lock_timeout", String($0.milliseconds))] } ?? []
        return [("idle_in_transaction_session_timeout", String(abandonsAfter.milliseconds))] + locks
    }

    /// Says ``timeouts`` to the server for one transaction.
    fileprivate var limits: PostgresQuery {
        let settings = timeouts.map { "set_config('\($0.0)', '\($0.1)', true)" }
        return PostgresQuery("SELECT \(settings.joined(separator: ", "))", prepared: false)
    }
}

extension Duration {
    /// Whole milliseconds, as `poll` counts.
    var milliseconds: Int64 {
        components.seconds.multipliedReportingOverflow(by: 1_000).partialValue
            + components.attoseconds / 1_000_000_000_000_000
    }
}

/// Texts as C takes a list of them, with a null pointer at the end.
@safe final class CStrings {
    let pointers: UnsafeMutablePointer<UnsafePointer<CChar>?>
    private let count: Int

    init(_ texts: [String]) {
        count = texts.count
        unsafe pointers = .allocate(capacity: count + 1)
        for (index, text) in texts.enumerated() {
            unsafe pointers.advanced(by: index).initialize(to: UnsafePointer(strdup(text)))
        }
        unsafe pointers.advanced(by: count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count { unsafe free(UnsafeMutablePointer(mutating: pointers[index])) }
        unsafe pointers.deallocate()
    }
}
