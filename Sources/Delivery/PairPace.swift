// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox

/// How close together messages from one number to one recipient may leave.
package struct PairLimit: Hashable, Sendable {
    /// The time between two of them.
    package let interval: Duration
    /// How many may leave at once after a pause, which are then missing from those that follow.
    package let burst: Int

    package init(interval: Duration, burst: Int = 1) {
        precondition(interval > .zero && burst >= 1, "a pair's pace has a span, and lets one message leave at least")
        self.interval = interval
        self.burst = burst
    }
}

/// Keeps an account's messages to one recipient apart, as WhatsApp wants it, before it has to say so.
///
/// It is GCRA for each recipient: in any window of length *t* at most `burst + t / interval` messages leave. One that is
/// too early gets a place of its own in the recipient's line, and those that come after it places behind it: so each is
/// held once, they leave in their order, and nobody else waits. Asking costs a look into a dictionary; what left long
/// enough ago is forgotten with its whole generation. Pure; time is a parameter, on the steady line.
struct PairPace {
    /// So many recipients at most are remembered of a generation; with more, the oldest ones are forgotten earlier.
    static let capacity = 100_000
    /// What a message may be early, after its time was turned into wall time and back.
    private static let slack: Duration = .milliseconds(50)

    /// A message that waits for its turn.
    private struct Place: Hashable {
        let message: MessageID
        var at: Timestamp
    }

    private let limit: PairLimit
    /// When each recipient's burst is full again, by its hash: of those of late, and of those before.
    private var (recent, older): ([Int: Timestamp], [Int: Timestamp]) = ([:], [:])
    private var turnedAt: Timestamp?
    /// Who waits, by recipient, in the order in which they leave.
    private var lines: [Int: [Place]] = [:]

    init(_ limit: PairLimit) {
        self.limit = limit
    }

    /// Whether a message has to wait; if so, it has its place from now on.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - recipient: The recipient's hash.
    ///   - now: The time now.
    /// - Returns: Its turn; `nil` when that is now.
    mutating func turn(of message: MessageID, to recipient: Int, at now: Timestamp) -> Timestamp? {
        let free = free(recipient)
        guard let line = lines[recipient] else {
            guard let free, free > now else { return nil }
            lines[recipient] = [Place(message: message, at: free)]
            return free
        }
        let index = line.firstIndex { $0.message == message } ?? line.endIndex
        let behind = index > 0 ? line[index - 1].at.advanced(by: limit.interval) : now
        let place = max(behind, free ?? now)
        guard place > now.advanced(by: Self.slack) else { return nil }
        if index == line.endIndex {
            lines[recipient]?.append(Place(message: message, at: place))
        } else {
            lines[recipient]?[index].at = place
        }
        return place
    }

    /// Notes that a message leaves.
    mutating func left(_ message: MessageID, to recipient: Int, at now: Timestamp) {
        turnGeneration(at: now)
        recent[recipient] = max(recent[recipient] ?? older[recipient] ?? now, now).advanced(by: limit.interval)
        guard let line = lines[recipient] else { return }
        // Who had a place before it, and did not take it, has to get another one.
        let rest = line.firstIndex { $0.message == message }.map { line[($0 + 1)...] } ?? line[...]
        lines[recipient] = rest.isEmpty ? nil : Array(rest)
    }

    /// Takes over a departure, or a place, of an earlier run.
    ///
    /// - Parameters:
    ///   - message: Who waits for that time; `nil` when somebody left at it.
    ///   - recipient: The recipient's hash.
    ///   - time: When; in order of time.
    mutating func remember(_ message: MessageID?, to recipient: Int, at time: Timestamp) {
        if let message {
            lines[recipient, default: []].append(Place(message: message, at: time))
        } else {
            recent[recipient] = max(recent[recipient] ?? time, time).advanced(by: limit.interval)
        }
    }

    /// How long before now a departure may matter.
    var memory: Duration { limit.interval * limit.burst }

    /// From when on another message may leave, by what has left; `nil` where nothing is remembered.
    private func free(_ recipient: Int) -> Timestamp? {
        let full = recent[recipient] ?? older[recipient]
        return full?.advanced(by: .zero - limit.interval * (limit.burst - 1))
    }

    private mutating func turnGeneration(at now: Timestamp) {
        let began = turnedAt ?? now
        guard now >= began.advanced(by: memory) || recent.count >= Self.capacity else {
            turnedAt = began
            return
        }
        // What nobody has taken for that long was called off, or is held by something else.
        let old = now.advanced(by: .seconds(-3_600))
        lines = lines.filter { $0.value.last.map { $0.at > old } ?? false }
        (older, recent, turnedAt) = (recent, [:], now)
    }
}
