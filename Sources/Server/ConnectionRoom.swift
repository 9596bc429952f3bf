// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import NIOConcurrencyHelpers

/// The connections of one listener: when all places are taken, the one that has waited the longest for its client goes.
///
/// So nobody keeps others out by opening connections and saying nothing, or half of something, on them.
final class ConnectionRoom: Sendable {
    private struct State: Sendable {
        var ledger = ConnectionLedger<ObjectIdentifier>()
        var closings: [ObjectIdentifier: @Sendable () -> Void] = [:]
    }

    private let state = NIOLockedValueBox(State())

    /// A connection has opened.
    ///
    /// - Parameters:
    ///   - connection: What stands for it as long as it is open.
    ///   - close: Closes it, because another needs its place; called from any thread.
    func opened(_ connection: AnyObject, close: @escaping @Sendable () -> Void) {
        state.withLockedValue { state in
            state.ledger.begins(ObjectIdentifier(connection))
            state.closings[ObjectIdentifier(connection)] = close
        }
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
            state.ledger.waits(ObjectIdentifier(connection)) ? state.closings[ObjectIdentifier(connection)] : nil
        }
        close?()
    }

    /// A connection is closed.
    func closed(_ connection: AnyObject) {
        state.withLockedValue { state in
            state.ledger.closed(ObjectIdentifier(connection))
            state.closings[ObjectIdentifier(connection)] = nil
        }
    }

    /// Closes the connection that has waited the longest; when none waits, the next one that does.
    func makeRoom() {
        let close = state.withLockedValue { state in
            state.ledger.oldest().flatMap { state.closings[$0] }
        }
        close?()
    }
}
