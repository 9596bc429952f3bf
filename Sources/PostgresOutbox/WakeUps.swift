// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import NIOConcurrencyHelpers
import Outbox

/// Wakes those of this node who wait for due messages and digests, and has the other nodes told.
final class WakeUps: Sendable {
    private let messages = WakeUpCalls()
    private let digests = WakeUpCalls()
    private let state = NIOLockedValueBox(State())

    private struct State {
        var tell: (@Sendable () -> Void)?
        var isOwed = false
        /// Whether it rang for messages since that was asked last.
        var hasRung = false
        /// When the first message is due that got in line since the others were told.
        var due: Timestamp?
    }

    /// A message got in line, by this node; who rings then has the others told.
    func put(_ due: Timestamp) {
        state.withLockedValue { $0.due = min(due, $0.due ?? due) }
    }

    /// When the first message is due that got in line since that was asked last.
    func takeDue() -> Timestamp? {
        state.withLockedValue { state in
            defer { state.due = nil }
            return state.due
        }
    }

    /// A message got a due time, by this node.
    func ring() {
        heardOfMessages()
        tell()
    }

    /// Something was gathered for a digest, by this node.
    func ringDigests() {
        digests.ring()
        tell()
    }

    /// Another node rang, for whatever it was.
    func heard() {
        heardOfMessages()
        heardOfDigests()
    }

    /// Something is due, whoever stored it.
    func heardOfMessages() {
        state.withLockedValue { $0.hasRung = true }
        messages.ring()
    }

    /// A digest is to be built, whoever gathered for it.
    func heardOfDigests() {
        digests.ring()
    }

    /// Whether it rang for messages since this was asked last.
    func takeRing() -> Bool {
        state.withLockedValue { state in
            defer { state.hasRung = false }
            return state.hasRung
        }
    }

    /// A new stream of rings for due messages.
    func stream() -> AsyncStream<Void> { messages.stream() }

    /// A new stream of rings for digests.
    func digestStream() -> AsyncStream<Void> { digests.stream() }

    /// Ends all streams.
    func close() {
        messages.close()
        digests.close()
        state.withLockedValue { $0.tell = nil }
    }

    /// Has the others told from now on.
    func onRing(_ tell: @escaping @Sendable () -> Void) {
        state.withLockedValue { $0.tell = tell }
    }

    /// Whether it rang while nobody told the others.
    var isOwed: Bool { state.withLockedValue(\.isOwed) }

    /// Has the other nodes told, and nobody here.
    func tell() {
        let tell = state.withLockedValue { state in
            if state.tell == nil { state.isOwed = true }
            return state.tell
        }
        tell?()
    }
}
