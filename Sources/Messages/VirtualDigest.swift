// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// A digest in virtual time that is to be built.
package struct VirtualDigest: Sendable {
    /// Its place among the messages.
    package let place: Int
    /// The message as it stands.
    package let record: MessageRecord
    /// The events that are kept with what they say, by the numbers that ``VirtualOutbox/accept(_:of:at:)`` was given.
    package let events: [Int]

    /// How many events are in it.
    package var size: Int { record.digest?.size ?? events.count }

    /// What one event added to a digest.
    struct Item: Sendable {
        /// The event's number.
        let event: Int
        /// By which a later event calls it off.
        let key: String?
        /// Whether it is kept with what it says.
        let isKept: Bool
        /// How much it says.
        let bytes: Int
    }
}

extension VirtualOutbox {
    /// Takes what an event adds to a digest, as a store does.
    ///
    /// What is due by then has to be built before (``pass(until:building:)``).
    ///
    /// - Parameters:
    ///   - item: What a rule made of the event.
    ///   - event: By which number ``VirtualDigest/events`` is to name the event.
    ///   - bytes: How much the event says.
    ///   - now: The time now.
    /// - Returns: The place of the message that the event is in, and whether the event opened it.
    @discardableResult
    package mutating func accept(
        _ item: DigestItem,
        of event: Int,
        bytes: Int = 0,
        at now: Timestamp
    ) -> (place: Int, isNew: Bool) {
        let found = open[item.slot]
        let record = found.map { messages[$0].record }
        let terms = item.terms(joining: record, at: now)
        let id = record?.message.id ?? item.id
        let beginning =
            item.beginning(against: optOuts.filter { $0.recipient == item.subject }, at: now)
            ?? book.begin(id, of: item.rule, telling: item.fact, terms, at: now, keys: now)
        if let found, beginning.obstacle == nil {
            let isKept = messages[found].record.join(bytes: bytes)
            collect(item, event, isKept, bytes, in: found)
            if !isKept { released.append(event) }
            return (found, false)
        }
        let new = MessageRecord(item, of: (EventID(rawValue: ""), ""), beginning, bytes: bytes, at: now)
        let place = messages.append(Entry(record: new, beginning: beginning, story: [beginning.reason]))
        guard beginning.obstacle == nil else {
            released.append(event)
            takeTurn(place)
            return (place, true)
        }
        open[item.slot] = place
        collect(item, event, true, bytes, in: place)
        takeTurn(place)
        return (place, true)
    }

    private mutating func collect(_ item: DigestItem, _ event: Int, _ isKept: Bool, _ bytes: Int, in place: Int) {
        let (key, rule) = (item.terms.key, item.rule)
        let item = VirtualDigest.Item(event: event, key: key, isKept: isKept, bytes: bytes)
        collected[place, default: []].append(item)
        guard let key else { return }
        keyedDigests[Fact(kind: .calledOff, rule: rule, key: key), default: []].append(place)
    }

    /// Takes out of digests what an event calls off.
    mutating func callOffItems(_ cancellation: Cancellation, of event: CallingEvent, at now: Timestamp) {
        for place in Set(keyedDigests[cancellation.fact] ?? []).sorted() {
            let meant = (collected[place] ?? []).filter { $0.key == cancellation.key }
            guard !meant.isEmpty else { continue }
            let kept = meant.filter(\.isKept)
            let bytes = kept.reduce(0) { $0 + $1.bytes }
            let part = DigestPart(count: meant.count, kept: kept.count, bytes: bytes)
            let (_, isTakenOut, entries) = messages[place].record.callOff(part, by: event, at: now)
            messages[place].story += entries.map(\.why)
            finishIfCancelled(place)
            if isTakenOut {
                collected[place]?.removeAll { $0.key == cancellation.key }
                released += kept.map(\.event)
                Self.take(place, from: &keyedDigests, cancellation.fact)
            }
            settle(place)
        }
    }

    /// Builds a digest that is due, or lets its gates hold it.
    mutating func close(_ place: Int, at time: Timestamp, building build: (VirtualDigest) -> DigestContent) {
        var entry = messages[place]
        let events = (collected[place] ?? []).filter(\.isKept).map(\.event)
        let content = build(VirtualDigest(place: place, record: entry.record, events: events))
        entry.record.take(content)
        let against = optOuts.filter { $0.recipient == entry.record.subject }
        let hold =
            entry.record.hold(against: against, at: time)
            ?? entry.record.hold(at: time, keys: time) { book.departure($0) }
        entry.story += entry.record.close(content, at: time, held: hold).map(\.why)
        if entry.record.digest?.mode == .shadow, entry.record.digest?.isBuilt == true { entry.recordedAt = time }
        put(entry, at: place, heldBy: hold)
    }

    /// Lets a digest take events again that a gate holds.
    mutating func reopen(_ place: Int) {
        guard let slot = messages[place].record.slot else { return }
        messages[place].record.reopen(whenFree: open[slot].map { $0 == place } ?? true)
        settle(place)
    }

    /// Remembers whether a digest takes events.
    private mutating func settle(_ place: Int) {
        guard let slot = messages[place].record.slot else { return }
        if messages[place].record.digest?.isOpen == true {
            open[slot] = place
        } else if open[slot] == place {
            open[slot] = nil
        }
    }
}
