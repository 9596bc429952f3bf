// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// The messages of a virtual outbox, each at the place that it was given when it was accepted.
///
/// What has come to its end may be forgotten, so that days of events need no more memory than what waits at a time.
package struct VirtualMessages: Sendable, Sequence {
    /// How many were accepted, those that are forgotten included: the place of the next one.
    package private(set) var count = 0
    private var entries: [Int: VirtualOutbox.Entry] = [:]

    /// None.
    init() {}

    /// The message of a place.
    ///
    /// - Precondition: It is not forgotten.
    package internal(set) subscript(place: Int) -> VirtualOutbox.Entry {
        get {
            guard let entry = entries[place] else { preconditionFailure("message \(place) is forgotten, or never was") }
            return entry
        }
        set { entries[place] = newValue }
    }

    /// The message that was accepted last; `nil` when none was, or it is forgotten.
    package var last: VirtualOutbox.Entry? { entries[count - 1] }

    /// Whether there is still a message at a place.
    func has(_ place: Int) -> Bool { entries[place] != nil }

    /// Gives a message the next place.
    ///
    /// - Returns: The place.
    mutating func append(_ entry: VirtualOutbox.Entry) -> Int {
        entries[count] = entry
        count += 1
        return count - 1
    }

    mutating func forget(_ place: Int) { entries[place] = nil }

    /// The messages that are not forgotten, in the order of their places.
    package func makeIterator() -> some IteratorProtocol<VirtualOutbox.Entry> {
        entries.sorted { $0.key < $1.key }.map(\.value).makeIterator()
    }
}

extension VirtualOutbox {
    /// The places of messages that have come to their end since this was asked last: nothing that comes changes them.
    package mutating func takeEnded() -> [Int] {
        defer { ended = [] }
        return ended
    }

    /// Notes that nothing that comes changes a message any more.
    mutating func finish(_ place: Int) {
        guard !messages[place].hasEnded else { return }
        messages[place].hasEnded = true
        ended.append(place)
    }

    /// The numbers of events that a digest needs no more since this was asked last, each as often as there are such digests:
    /// the digest has come to its end, and was forgotten; or the event was called off, or never kept with what it says.
    package mutating func takeReleased() -> [Int] {
        defer { released = [] }
        return released
    }

    /// Forgets a message that has come to its end.
    ///
    /// - Parameter place: Its place.
    package mutating func forget(_ place: Int) {
        let record = messages[place].record
        messages.forget(place)
        if let key = record.key {
            Self.take(place, from: &keyed, Fact(kind: .calledOff, rule: record.message.rule, key: key))
        }
        let items = collected.removeValue(forKey: place) ?? []
        for key in Set(items.compactMap(\.key)) {
            Self.take(place, from: &keyedDigests, Fact(kind: .calledOff, rule: record.message.rule, key: key))
        }
        released += items.filter(\.isKept).map(\.event)
    }

    static func take(_ place: Int, from places: inout [Fact: [Int]], _ fact: Fact) {
        places[fact]?.removeAll { $0 == place }
        if places[fact]?.isEmpty == true { places[fact] = nil }
    }

    /// Forgets what was told so long ago that it holds nothing any more, whenever there is twice as much as before.
    ///
    /// - Parameter now: The time now; a day is left for events that come out of order.
    package mutating func forgetWhatIsOver(at now: Timestamp) {
        guard book.size > mostTold else { return }
        let end = now.advanced(by: .seconds(-86_400))
        _ = book.forget(atMost: .max) { $0 <= end }
        mostTold = Swift.max(10_000, 2 * book.size)
    }
}
