// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// What other threads want of the transport's thread, as a value: lock it, change it, wake the thread.
///
/// Only the first command that comes while the thread sleeps wakes it: it takes everything at once. Commands keep their order, so a
/// cancel ends what began before it and nothing that begins later.
struct Inbox<Batch: Sendable>: Sendable {
    /// What becomes of a start.
    enum Start: Equatable {
        /// The batch is in; `wakes` says whether the thread must be woken or has been already.
        case accepted(wakes: Bool)
        /// The inbox is closed.
        case closed
    }

    /// What the thread is to do.
    enum Command: Sendable {
        /// Begin these requests, in order.
        case start(Batch)
        /// End what is under way of that group.
        case cancel(TransferGroup)
    }

    private var commands: [Command] = []
    /// Whether the thread waits, and nobody has woken it yet.
    private var isAsleep = false
    /// Whether everything is to end.
    private(set) var isClosed = false
    /// The number of requests that have begun and not ended.
    private(set) var open = 0

    /// Hands requests over.
    ///
    /// - Parameters:
    ///   - batch: The requests; they are kept only when accepted.
    ///   - count: How many they are.
    /// - Returns: What became of them.
    mutating func start(_ batch: Batch, count: Int) -> Start {
        if isClosed { return .closed }
        open += count
        return .accepted(wakes: append(.start(batch)))
    }

    /// Asks for the end of a group.
    ///
    /// - Parameter group: The group.
    /// - Returns: Whether the thread must be woken.
    mutating func cancel(_ group: TransferGroup) -> Bool {
        guard open > 0, !isClosed else { return false }
        return append(.cancel(group))
    }

    /// Notes that requests have ended.
    ///
    /// - Parameter count: How many.
    mutating func end(_ count: Int) {
        open -= count
    }

    /// Refuses every further start and asks for the end of everything.
    ///
    /// - Returns: Whether the thread must be woken.
    mutating func close() -> Bool {
        isClosed = true
        defer { isAsleep = false }
        return isAsleep
    }

    /// The thread is about to wait.
    ///
    /// - Returns: Whether it may; not so when something has come since it took.
    mutating func sleep() -> Bool {
        isAsleep = commands.isEmpty && !isClosed
        return isAsleep
    }

    /// Takes what has come; closed stays closed.
    ///
    /// - Returns: The commands since the last time, in order.
    mutating func take() -> (commands: [Command], isClosed: Bool) {
        isAsleep = false
        defer { commands.removeAll() }
        return (commands, isClosed)
    }

    private mutating func append(_ command: Command) -> Bool {
        commands.append(command)
        defer { isAsleep = false }
        return isAsleep
    }
}
