// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
package import Messages

/// What happened to a message, as lines that are only ever added: the column `story`.
///
/// A line is a JSON array: `["step",at,from,to,why]`, with who at its end when a person did it, or
/// `["accepted",number,startedAt,duration,partnerID]` for the attempt that the partner took. So the good way writes its
/// timeline with the row that it writes anyway. Attempts that ended otherwise have a table of the store's, because
/// what they brought back is long.
package struct Story {
    /// The lines so far.
    package private(set) var text: [UInt8] = []

    /// The lines of changes.
    ///
    /// - Parameters:
    ///   - entries: The changes.
    ///   - attempt: The attempt that made them; one that the partner took has a line.
    package init(_ entries: [TimelineEntry] = [], attempt: Attempt? = nil) {
        text.reserveCapacity(256)
        for entry in entries { add(entry) }
        if let attempt, case .accepted(let partnerID, _) = attempt.outcome { add(attempt, partnerID) }
    }

    private mutating func add(_ entry: TimelineEntry) {
        begin("step")
        add(entry.at.microseconds)
        add(entry.from?.rawValue)
        add(entry.to.rawValue)
        add(entry.why)
        if entry.who != TimelineEntry.service { add(entry.who) }
        end()
    }

    private mutating func add(_ attempt: Attempt, _ partnerID: String) {
        begin("accepted")
        add(Int64(attempt.number))
        add(attempt.startedAt.microseconds)
        add(attempt.duration.microseconds)
        add(partnerID)
        end()
    }

    private mutating func begin(_ kind: String) {
        text.append(UInt8(ascii: "["))
        quote(kind)
    }

    private mutating func add(_ number: Int64) {
        text.append(UInt8(ascii: ","))
        text.append(contentsOf: String(number).utf8)
    }

    private mutating func add(_ value: String?) {
        text.append(UInt8(ascii: ","))
        if let value { quote(value) } else { text.append(contentsOf: "null".utf8) }
    }

    private mutating func end() {
        text.append(UInt8(ascii: "]"))
        text.append(UInt8(ascii: "\n"))
    }

    private mutating func quote(_ value: String) {
        let isPlain = value.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        guard isPlain else { return text.append(contentsOf: JSON.string(value).encoded()) }
        text.append(UInt8(ascii: "\""))
        text.append(contentsOf: value.utf8)
        text.append(UInt8(ascii: "\""))
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
            let fields = (try? JSON(parsing: String(line)))?.array ?? []
            if let entry = entry(fields) {
                reading.timeline.append(entry)
            } else if let attempt = attempt(fields) {
                reading.attempts.append(attempt)
            } else {
                throw StoreError(.corrupt, "a message's story has a line that this Hookline does not know")
            }
        }
        return reading
    }

    private static func entry(_ fields: [JSON]) -> TimelineEntry? {
        guard fields.count >= 5, fields[0].string == "step", let at = fields[1].number?.int,
            let to = fields[3].string.flatMap(MessageState.init), let why = fields[4].string
        else { return nil }
        return TimelineEntry(
            at: Timestamp(microseconds: Int64(at)),
            who: fields.count > 5 ? fields[5].string ?? "" : TimelineEntry.service,
            from: fields[2].string.flatMap(MessageState.init),
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
