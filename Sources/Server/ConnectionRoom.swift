// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import NIOConcurrencyHelpers

/// The connections of one listener: when all places are taken, the one that has waited the longest for its client goes.
///
/// So nobody keeps others out by opening connections and saying nothing, or half of something, on them.
final class ConnectionRoom: Sendable {
    private struct State: Sendable {
        var ledger = ConnectionLedger<ObjectIdentifier>()
        var doors: [ObjectIdentifier: Doors] = [:]
        var isRetired = false
    }

    /// How a connection is told to go.
    private struct Doors: Sendable {
        let close: @Sendable () -> Void
        let retire: @Sendable () -> Void
    }

    private let state = NIOLockedValueBox(State())
    private let departing: NIOLockedValueBox<Bool>
    /// Known once ``retire()`` was called and no connection is left.
    let emptied = OnceValue<Bool>()

    /// A room without connections.
    ///
    /// - Parameter departing: Whether its listener will be gone soon.
    init(departing: NIOLockedValueBox<Bool> = NIOLockedValueBox(false)) {
        self.departing = departing
    }

    /// Whether every answer is the last one of its connection, as the listener will be gone soon.
    var isDeparting: Bool { departing.withLockedValue(\.self) }

    /// A connection has opened.
    ///
    /// - Parameters:
    ///   - connection: What stands for it as long as it is open.
    ///   - close: Closes it, because another needs its place; called from any thread.
    ///   - retire: Closes it once it owes no answer; called from any thread.
    func opened(
        _ connection: AnyObject,
        close: @escaping @Sendable () -> Void,
        retire: @escaping @Sendable () -> Void
    ) {
        let isRetired = state.withLockedValue { state in
            state.ledger.begins(ObjectIdentifier(connection))
            state.doors[ObjectIdentifier(connection)] = Doors(close: close, retire: retire)
            return state.isRetired
        }
        if isRetired { retire() }
    }

    /// Has every connection closed as soon as it owes no answer.
    func retire() {
        let doors = state.withLockedValue { state in
            state.isRetired = true
            return Array(state.doors.values)
        }
        for door in doors { door.retire() }
        if doors.isEmpty { emptied.set(true) }
    }

    /// The first byte of a request has come.
    func begins(_ connection: AnyObject) {
        state.withLockedValue { $0.ledger.begins(ObjectIdentifier(connection)) }
    }

    /// A request is whole; its client waits for us.
    func works(_ connection: AnyObject) {
        state.withLockedValue { $0.ledger.works(ObjectIdentifier(connection)) }
    }

    /// All answers are out; the connection waits for its client.
    func waits(_ connection: AnyObject) {
        let close = state.withLockedValue { state in
            state.ledger.waits(ObjectIdentifier(connection)) ? state.doors[ObjectIdentifier(connection)]?.close : nil
        }
        close?()
    }

    /// A connection is closed.
    func closed(_ connection: AnyObject) {
        let isLast = state.withLockedValue { state in
            state.ledger.closed(ObjectIdentifier(connection))
            state.doors[ObjectIdentifier(connection)] = nil
            return state.isRetired && state.doors.isEmpty
        }
        if isLast { emptied.set(true) }
    }

    /// Closes the connection that has waited the longest; when none waits, the next one that does.
    func makeRoom() {
        let close = state.withLockedValue { state in
            state.ledger.oldest().flatMap { state.doors[$0]?.close }
        }
        close?()
    }
}
