// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// What other threads want of the transport's thread, as a value: lock it, change it, wake the thread.
///
/// A cancel may come before its start, twice, or after the end; a transfer is told apart by its id, which
/// is used once.
struct Inbox<Request: Sendable>: Sendable {
    /// What becomes of a start.
    enum Start: Equatable {
        /// The request is in; `wakes` says whether the thread must be woken or has been already.
        case accepted(wakes: Bool)
        /// Its cancel came first.
        case cancelled
        /// The inbox is closed.
        case closed
    }

    /// What the thread takes at a time.
    struct Commands: Sendable {
        /// Requests to begin, in order.
        var starts: [(id: Int, request: Request)] = []
        /// Transfers to end; some may have ended by themselves.
        var cancels: [Int] = []
        /// Whether everything is to end.
        var isClosed = false

        var isEmpty: Bool { starts.isEmpty && cancels.isEmpty && !isClosed }
    }

    private enum Knowledge: Sendable {
        case started
        case cancelled
    }

    private var known: [Int: Knowledge] = [:]
    private var commands = Commands()

    /// Hands a request over.
    ///
    /// - Parameters:
    ///   - id: An id that was never used.
    ///   - request: The request; it is kept only when accepted.
    /// - Returns: What became of it.
    mutating func start(_ id: Int, _ request: Request) -> Start {
        if commands.isClosed { return .closed }
        if known[id] != nil { return .cancelled }
        known[id] = .started
        let wakes = commands.isEmpty
        commands.starts.append((id, request))
        return .accepted(wakes: wakes)
    }

    /// Asks for the end of a transfer, started or not.
    ///
    /// - Parameter id: The transfer.
    /// - Returns: Whether the thread must be woken.
    mutating func cancel(_ id: Int) -> Bool {
        guard known.updateValue(.cancelled, forKey: id) == .started else { return false }
        let wakes = commands.isEmpty
        commands.cancels.append(id)
        return wakes
    }

    /// Forgets a transfer that has ended; no cancel for it can come any more.
    ///
    /// - Parameter id: The transfer.
    mutating func forget(_ id: Int) {
        known[id] = nil
    }

    /// Refuses every further start and asks for the end of everything.
    ///
    /// - Returns: Whether this was the first time, so that the thread must be woken.
    mutating func close() -> Bool {
        defer { commands.isClosed = true }
        return !commands.isClosed
    }

    /// Takes what has come; closed stays closed.
    ///
    /// - Returns: The commands since the last time.
    mutating func take() -> Commands {
        let taken = commands
        commands = Commands(isClosed: taken.isClosed)
        return taken
    }

    /// The number of transfers that have begun or been cancelled and not been forgotten.
    var count: Int { known.count }
}
