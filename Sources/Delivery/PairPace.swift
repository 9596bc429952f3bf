// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import DequeModule
import Events
import Messages
import Outbox

/// Keeps an account's messages to one recipient apart, as WhatsApp wants it, before it has to say so; and as well those of
/// one number, whatever the recipient.
///
/// It is GCRA for each recipient: in any window of length *t* at most `burst + t / interval` messages leave. One that is
/// too early gets a place of its own in the recipient's line, and those that come after it places behind it: so each is
/// held once, they leave in their order, and nobody else waits. Asking, taking a place and leaving it cost a few looks into
/// dictionaries, however long a line is; what left long enough ago is forgotten with its whole generation. Pure; time is a
/// parameter, on the steady line.
struct PairPace {
    /// So many recipients at most are remembered of a generation; with more, the oldest ones are forgotten earlier.
    ///
    /// So many messages at most have places; one of more gets a time without one, and may have to wait again at it.
    static let capacity = 100_000

    /// A message that waits for its turn.
    private struct Place: Hashable {
        let message: MessageID
        var at: Timestamp
    }

    /// Who waits for a recipient, in the order in which they leave.
    private struct Line {
        var places: Deque<Place> = []
        /// How many have gone from its front.
        var gone = 0
    }

    private let limit: PairLimit
    /// When each recipient's burst is full again, by its hash: of those of late, and of those before.
    private var (recent, older): ([Int: Timestamp], [Int: Timestamp]) = ([:], [:])
    private var turnedAt: Timestamp?
    private var lines: [Int: Line] = [:]
    /// The numbers of their places in their lines, counted from each line's begin.
    private var numbers: [MessageID: Int] = [:]
    /// When lines that nobody comes to any more were looked for.
    private var sweptAt: Timestamp?

    init(_ limit: PairLimit) {
        self.limit = limit
    }

    /// How many messages have places.
    var waiting: Int { numbers.count }

    /// Whether a message has to wait; if so, it has its place from now on.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - recipient: The recipient's hash.
    ///   - now: The time now.
    /// - Returns: Its turn; `nil` when that is now.
    mutating func turn(of message: MessageID, to recipient: Int, at now: Timestamp) -> Timestamp? {
        sweep(at: now)
        let free = free(recipient)
        guard let length = lines[recipient]?.places.count else {
            guard let free, free > now else { return nil }
            take(message, to: recipient, at: free)
            return free
        }
        let index = index(of: message, to: recipient) ?? length
        let before = index > 0 ? lines[recipient]?.places[index - 1].at.advanced(by: limit.interval) : nil
        let place = max(before ?? now, free ?? now)
        guard place > now.advanced(by: HoldTimes.slack) else { return nil }
        if index == length {
            take(message, to: recipient, at: place)
        } else {
            lines[recipient]?.places[index].at = place
        }
        return place
    }

    /// Notes that a message leaves.
    mutating func left(_ message: MessageID, to recipient: Int, at now: Timestamp) {
        sweep(at: now)
        turnGeneration(at: now)
        recent[recipient] = max(recent[recipient] ?? older[recipient] ?? now, now).advanced(by: limit.interval)
        guard let index = index(of: message, to: recipient) else { return }
        // Who had a place before it, and did not take it, has to get another one.
        for _ in 0...index {
            guard let place = lines[recipient]?.places.popFirst() else { break }
            numbers[place.message] = nil
        }
        lines[recipient]?.gone += index + 1
        if lines[recipient]?.places.isEmpty == true { lines[recipient] = nil }
    }

    /// Whether a message would stand behind others in a line.
    func standsBehind(_ message: MessageID, to recipient: Int) -> Bool {
        lines[recipient] != nil && numbers[message] == nil
    }

    /// Drops the places of messages that wait no more: they were called off, or are held by something else.
    ///
    /// - Parameters:
    ///   - waiting: Those that wait.
    ///   - bound: Places from that on stay; `nil` where all that wait are among these.
    mutating func keep(_ waiting: Set<MessageID>, upTo bound: Timestamp?) {
        for (recipient, line) in lines {
            let kept = line.places.filter { place in
                waiting.contains(place.message) || bound.map { place.at >= $0 } ?? false
            }
            guard kept.count < line.places.count else { continue }
            for place in line.places { numbers[place.message] = nil }
            for (number, place) in kept.enumerated() { numbers[place.message] = number }
            lines[recipient] = kept.isEmpty ? nil : Line(places: Deque(kept))
        }
    }

    /// Takes over a departure, or a place, of an earlier run.
    ///
    /// - Parameters:
    ///   - message: Who waits for that time; `nil` when somebody left at it.
    ///   - recipient: The recipient's hash.
    ///   - time: When; in order of time.
    mutating func remember(_ message: MessageID?, to recipient: Int, at time: Timestamp) {
        if let message {
            take(message, to: recipient, at: time)
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

    /// Where in a line a message stands; `nil` for nowhere.
    private func index(of message: MessageID, to recipient: Int) -> Int? {
        guard let number = numbers[message], let line = lines[recipient] else { return nil }
        let index = number - line.gone
        return line.places.indices.contains(index) && line.places[index].message == message ? index : nil
    }

    private mutating func take(_ message: MessageID, to recipient: Int, at time: Timestamp) {
        guard numbers.count < Self.capacity else { return }
        let number = lines[recipient].map { $0.gone + $0.places.count } ?? 0
        numbers[message] = number
        lines[recipient, default: Line()].places.append(Place(message: message, at: time))
    }

    private mutating func turnGeneration(at now: Timestamp) {
        let began = turnedAt ?? now
        guard now >= began.advanced(by: memory) || recent.count >= Self.capacity else {
            turnedAt = began
            return
        }
        (older, recent, turnedAt) = (recent, [:], now)
    }

    /// Drops the lines that nobody has come to for the time of grace, once in that time.
    private mutating func sweep(at now: Timestamp) {
        let last = sweptAt ?? now
        guard now >= last.advanced(by: HoldTimes.grace) else {
            sweptAt = last
            return
        }
        sweptAt = now
        let old = now.advanced(by: .zero - HoldTimes.grace)
        for (recipient, line) in lines.filter({ $0.value.places.last.map { $0.at <= old } ?? true }) {
            for place in line.places { numbers[place.message] = nil }
            lines[recipient] = nil
        }
    }
}
