// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
package import Messages

/// What happened to a message, as lines that are only ever added: the column `story`.
///
/// A line is a letter and fields with tabs between: `s` with at, from and to, why, and who when a person did it; or `a` with number,
/// startedAt, duration and partnerID for the attempt that the partner took. Times and spans are microseconds to the base of
/// 36, states have a letter each, and what is said of most messages has a number: each message has three such lines, which
/// go through the log of the store. So the good way writes its timeline with the row that it writes anyway. Attempts that ended
/// otherwise have a table of the store's, because what they brought back is long.
///
/// Earlier builds wrote each line as a JSON array, `["step",at,from,to,why]` or `["accepted",…]`; these are read as well.
package struct Story {
    /// The lines so far.
    package private(set) var text: [UInt8] = []

    /// What is said of most messages, by its number; others may only be added at the end.
    fileprivate static let sentences = ["the rule matched", "due", "the partner took it", "due for another attempt"]

    /// The lines of changes.
    ///
    /// - Parameters:
    ///   - entries: The changes.
    ///   - attempt: The attempt that made them; one that the partner took has a line.
    package init(_ entries: [TimelineEntry] = [], attempt: Attempt? = nil) {
        text.reserveCapacity(128)
        for entry in entries { add(entry) }
        if let attempt, case .accepted(let partnerID, _) = attempt.outcome { add(attempt, partnerID) }
    }

    private mutating func add(_ entry: TimelineEntry) {
        text.append(UInt8(ascii: "s"))
        add(entry.at.microseconds)
        next()
        text.append(entry.from?.letter ?? UInt8(ascii: "-"))
        text.append(entry.to.letter)
        next()
        add(entry.why)
        if entry.who != TimelineEntry.service {
            next()
            add(entry.who)
        }
        text.append(UInt8(ascii: "\n"))
    }

    private mutating func add(_ attempt: Attempt, _ partnerID: String) {
        text.append(UInt8(ascii: "a"))
        add(Int64(attempt.number))
        for number in [attempt.startedAt.microseconds, attempt.duration.microseconds] {
            next()
            add(number)
        }
        next()
        add(partnerID)
        text.append(UInt8(ascii: "\n"))
    }

    private mutating func next() {
        text.append(UInt8(ascii: "\t"))
    }

    private mutating func add(_ number: Int64) {
        text.append(contentsOf: String(number, radix: 36).utf8)
    }

    private mutating func add(_ value: String) {
        if let number = Self.sentences.firstIndex(of: value) {
            text.append(UInt8(ascii: "="))
            return add(Int64(number))
        }
        let isPlain = value.utf8.allSatisfy { $0 >= 0x20 } && value.first != "\"" && value.first != "="
        text.append(contentsOf: isPlain ? Array(value.utf8) : JSON.string(value).encoded())
    }
}

extension Story {
    /// What the lines say.
    package struct Reading {
        /// The changes, the first one first.
        package fileprivate(set) var timeline: [TimelineEntry] = []
        /// The attempts that the partner took.
        package fileprivate(set) var attempts: [Attempt] = []

        package init() {}
    }

    /// Reads lines that this or an earlier build wrote.
    ///
    /// - Parameter text: The lines.
    /// - Returns: What they say.
    /// - Throws: `StoreError` with code `corrupt` for anything else.
    package static func read(_ text: String) throws(StoreError) -> Reading {
        var reading = Reading()
        for line in text.split(separator: "\n") {
            let fields = fields(line)
            let json = line.first == "[" ? (try? JSON(parsing: String(line)))?.array ?? [] : []
            if let entry = shortEntry(fields) ?? entry(json) {
                reading.timeline.append(entry)
            } else if let attempt = shortAttempt(fields) ?? attempt(json) {
                reading.attempts.append(attempt)
            } else {
                throw StoreError(.corrupt, "a message's story has a line that this Hookline does not know")
            }
        }
        return reading
    }

    /// The fields of a line, of which the first one begins with what the line is.
    private static func fields(_ line: Substring) -> [Substring] {
        line.split(separator: "\t", omittingEmptySubsequences: false)
    }

    private static func shortEntry(_ fields: [Substring]) -> TimelineEntry? {
        guard fields.count >= 3, fields[0].first == "s", let at = Int64(fields[0].dropFirst(), radix: 36),
            fields[1].utf8.count == 2, let first = fields[1].utf8.first, let last = fields[1].utf8.last,
            let to = states[last], let why = value(fields[2]),
            let who = fields.count > 3 ? value(fields[3]) : TimelineEntry.service
        else { return nil }
        let from = states[first]
        guard from != nil || first == UInt8(ascii: "-") else { return nil }
        return TimelineEntry(
            at: Timestamp(microseconds: at),
            who: who,
            from: from,
            to: to,
            why: why
        )
    }

    private static func shortAttempt(_ fields: [Substring]) -> Attempt? {
        guard fields.count == 4, fields[0].first == "a", let number = Int(fields[0].dropFirst(), radix: 36),
            let start = Int64(fields[1], radix: 36), let duration = Int64(fields[2], radix: 36),
            let id = value(fields[3])
        else { return nil }
        return Attempt(
            number: number,
            startedAt: Timestamp(microseconds: start),
            duration: .microseconds(duration),
            outcome: .accepted(partnerID: id)
        )
    }

    private static let states = Dictionary(uniqueKeysWithValues: MessageState.allCases.map { ($0.letter, $0) })

    private static func value(_ field: Substring) -> String? {
        switch field.first {
        case "=": Int(field.dropFirst(), radix: 36).flatMap { sentences.indices.contains($0) ? sentences[$0] : nil }
        case "\"": (try? JSON(parsing: String(field)))?.string
        default: String(field)
        }
    }

    private static func entry(_ fields: [JSON]) -> TimelineEntry? {
        guard fields.count >= 5, fields[0].string == "step", let at = fields[1].number?.int,
            let to = fields[3].string.flatMap(MessageState.init), let why = fields[4].string,
            let who = fields.count > 5 ? fields[5].string : TimelineEntry.service
        else { return nil }
        let from = fields[2].string.flatMap(MessageState.init)
        guard from != nil || fields[2] == .null else { return nil }
        return TimelineEntry(
            at: Timestamp(microseconds: Int64(at)),
            who: who,
            from: from,
            to: to,
            why: why
        )
    }

    private static func attempt(_ fields: [JSON]) -> Attempt? {
        guard fields.count == 5, fields[0].string == "accepted", let number = fields[1].number?.int,
            let start = fields[2].number?.int, let duration = fields[3].number?.int, let id = fields[4].string
        else { return nil }
        return Attempt(
            number: number,
            startedAt: Timestamp(microseconds: Int64(start)),
            duration: .microseconds(duration),
            outcome: .accepted(partnerID: id)
        )
    }
}

extension MessageState {
    /// The letter of the state in a story; one that was ever written is never another's.
    fileprivate var letter: UInt8 {
        switch self {
        case .scheduled: UInt8(ascii: "t")
        case .queued: UInt8(ascii: "q")
        case .sending: UInt8(ascii: "s")
        case .accepted: UInt8(ascii: "a")
        case .retrying: UInt8(ascii: "r")
        case .uncertain: UInt8(ascii: "u")
        case .failed: UInt8(ascii: "f")
        case .cancelled: UInt8(ascii: "c")
        case .deferred: UInt8(ascii: "d")
        case .suppressed: UInt8(ascii: "n")
        }
    }
}
