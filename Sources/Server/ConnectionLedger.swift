// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import DequeModule

/// Which connections wait for their clients, and which of them has waited the longest: a value without a clock.
///
/// A connection waits from its opening, from the first byte of a request, and from the end of an answer on. A byte now
/// and then does not count: whoever begins a request and does not end it grows old.
struct ConnectionLedger<ID: Hashable & Sendable>: Sendable {
    /// The number of the event from which a connection waits; `nil` while its client waits for us.
    private var waitingSince: [ID: Int?] = [:]
    /// Beginnings in their order; those that are over stay until they come to the front.
    private var beginnings = Deque<(id: ID, number: Int)>()
    private var lastNumber = 0
    /// How many places were asked for when nobody waited.
    private var wanted = 0

    /// How many connections are open.
    var count: Int { waitingSince.count }

    /// A connection waits for its client from now on.
    ///
    /// - Returns: Whether it must go, because its place was asked for.
    mutating func waits(_ id: ID) -> Bool {
        if wanted > 0 {
            wanted -= 1
            waitingSince[id] = .some(nil)
            return true
        }
        begin(id)
        return false
    }

    /// A connection is new, or its client has begun a request.
    mutating func begins(_ id: ID) {
        begin(id)
    }

    /// A connection's client waits for us.
    mutating func works(_ id: ID) {
        waitingSince[id] = .some(nil)
    }

    /// A connection is closed.
    mutating func closed(_ id: ID) {
        waitingSince[id] = nil
    }

    /// Takes out the connection that has waited the longest.
    ///
    /// - Returns: `nil` when none waits; the next one that ``waits(_:)`` is told to go.
    mutating func oldest() -> ID? {
        while let beginning = beginnings.popFirst() {
            guard waitingSince[beginning.id] == .some(beginning.number) else { continue }
            waitingSince[beginning.id] = .some(nil)
            return beginning.id
        }
        wanted += 1
        return nil
    }

    private mutating func begin(_ id: ID) {
        lastNumber += 1
        waitingSince[id] = .some(lastNumber)
        beginnings.append((id, lastNumber))
        guard beginnings.count > 64 + 4 * waitingSince.count else { return }
        beginnings.removeAll { waitingSince[$0.id] != .some($0.number) }
    }
}
