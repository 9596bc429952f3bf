// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// A list with filters in its address, a page at a time.
struct Listing: Sendable {
    /// Where it is, below the console.
    let place: String
    /// The names of its filters and what they say to people, in the order of the page.
    let filters: [(name: String, label: String)]

    /// What the API is asked: the filters as they are in the address, and where to go on.
    func query(_ visit: Visit) -> [(String, String?)] {
        filters.map { ($0.name, visit.query[$0.name]) } + [("after", visit.query["after"])]
    }

    /// The address of the same list with some of its filters changed, on its first page unless that is among them.
    ///
    /// - Parameters:
    ///   - visit: Whose filters.
    ///   - changes: By name; nothing takes a filter away.
    /// - Returns: Below the console.
    func address(_ visit: Visit, changing changes: [String: String?]) -> String {
        let pairs = (filters.map(\.name) + ["after"]).map { name -> (String, String?) in
            (name, changes[name] ?? (name == "after" ? nil : visit.query[name]))
        }
        let query = Self.query(pairs)
        return query.isEmpty ? place : "\(place)?\(query)"
    }

    /// Names and values of an address; those without a value are left out.
    static func query(_ pairs: [(String, String?)]) -> String {
        pairs.compactMap { name, value in
            value.map { "\(PercentEncoding.encode(name))=\(PercentEncoding.encode($0))" }
        }.joined(separator: "&")
    }

    /// What every list shows beside its rows: the links to the pages beside it, the filters that hold, and whether there is
    /// nothing.
    func frame(_ visit: Visit, _ answer: JSON) -> [String: Shown] {
        let chips = filters.compactMap { name, label -> Shown? in
            guard let value = visit.query[name] else { return nil }
            let instant = ["since", "until"].contains(name) ? Timestamp(rfc3339: value) : nil
            return [
                "label": .text(label), "value": .text(value), "instant": .time(instant),
                "without": .text(address(visit, changing: [name: nil])),
            ]
        }
        return [
            "next": .optional(answer["next"]?.string.map { address(visit, changing: ["after": $0]) }),
            "previous": .optional(answer["prev"]?.string.map { address(visit, changing: ["after": $0]) }),
            "first": .optional(visit.query["after"] == nil ? nil : address(visit, changing: [:])),
            "chips": .list(chips), "filtered": .flag(!chips.isEmpty),
            "filter": .parts(
                Dictionary(uniqueKeysWithValues: filters.map { ($0.name, .optional(visit.query[$0.name])) })
            ),
            "empty": .flag(answer["data"]?.array?.isEmpty ?? true),
            "all": .text(place),
        ]
    }
}
