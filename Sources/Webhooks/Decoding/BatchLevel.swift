// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections

/// One object of a body whose arrays hold events: each element of each array becomes an event of its own, without the
/// other elements and the other arrays.
package struct BatchLevel: Hashable, Sendable {
    /// Whose event an element is: an array beside the events' arrays that describes the people they are about.
    package struct People: Hashable, Sendable {
        /// The array of people, such as `contacts`.
        package var array: String
        /// What tells one from another, such as `wa_id`.
        package var ids: [String]
        /// Which members of an event name its people by such an id, by the event's array.
        package var namedBy: [String: [String]]
    }

    /// The way to the object.
    let steps: [String]
    /// The names of its arrays; events come in this order.
    let arrays: [String]
    let people: People?

    /// The arrays of one object.
    ///
    /// - Parameters:
    ///   - arrays: The names of its arrays.
    ///   - steps: The way to the object; nothing for the body itself.
    ///   - people: Who the events are about, where that stands beside them.
    package init(_ arrays: String..., at steps: [String] = [], people: People? = nil) {
        self.steps = steps
        self.arrays = arrays
        self.people = people
    }

    /// How many events an object holds.
    func count(in object: JSON) -> Int {
        arrays.reduce(0) { $0 + (object[$1]?.array?.count ?? 0) }
    }

    /// The object once for each event in it.
    ///
    /// - Parameter object: What the steps lead to.
    /// - Returns: `nil` when none of the arrays is there, nothing when all of them are empty.
    func parts(of object: JSON) -> [JSON]? {
        guard case .object(let members) = object else { return nil }
        let present = arrays.filter { members[$0]?.array != nil }
        guard !present.isEmpty else { return nil }
        let folk = people.flatMap { Folk($0, in: members) }
        // Nobody else is in it, so that nobody can be mixed up.
        if count(in: object) == 1 && (folk?.count ?? 0) <= 1 { return [object] }
        return present.flatMap { name in
            (members[name]?.array ?? []).map { event in
                var part = members
                for other in present where other != name { part[other] = nil }
                part[name] = .array([event])
                if let folk { part[folk.array] = folk.people(of: event, in: name) }
                return .object(part)
            }
        }
    }
}

/// The people of one object, by their ids.
private struct Folk {
    private let people: BatchLevel.People
    private let entries: [JSON]
    private var positions: [String: [Int]] = [:]

    var array: String { people.array }
    var count: Int { entries.count }

    init?(_ people: BatchLevel.People, in members: OrderedDictionary<String, JSON>) {
        guard let entries = members[people.array]?.array else { return nil }
        self.people = people
        self.entries = entries
        for (position, entry) in entries.enumerated() {
            for id in people.ids.compactMap({ entry[$0]?.string }) { positions[id, default: []].append(position) }
        }
    }

    /// Those that an event names; `nil` rather than somebody else where it names none of them.
    func people(of event: JSON, in array: String) -> JSON? {
        let ids = (people.namedBy[array] ?? []).compactMap { event[$0]?.string }
        let found = Set(ids.flatMap { positions[$0] ?? [] }).sorted()
        return found.isEmpty ? nil : .array(found.map { entries[$0] })
    }
}
