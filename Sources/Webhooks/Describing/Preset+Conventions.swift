// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections

extension Preset {
    /// What is special about the sender's data, a label and a text each; nothing where nothing is.
    var conventionFacts: [(label: String, text: String)] {
        var facts: [(label: String, text: String)] = []
        if !conventions.minorUnitPlaces.isEmpty {
            let places = conventions.sortedPlaces.map { "\($0) has \($1 == 0 ? "none" : String($1))" }
            let source = minorUnitsDocumentation.map { "; see \($0)" } ?? ""
            facts.append(("Decimal places", "as ISO 4217, but \(places.joined(separator: ", "))\(source)"))
        }
        if conventions.falseIsMissing {
            facts.append(
                ("Empty fields", "false stands for an empty field: it counts as missing wherever it would be shown")
            )
        }
        let times = timesDocumentation.map { "; see \($0)" } ?? ""
        if let zone = conventions.timeZone {
            facts.append(("Times without zone", "are in \(zone)\(times)"))
        } else if !conventions.utcEndings.isEmpty {
            let endings = conventions.utcEndings.joined(separator: " or ")
            facts.append(
                (
                    "Times without zone",
                    "are UTC in fields that end in \(endings); others are in the zone that date is given\(times)"
                )
            )
        }
        return facts
    }
}

extension DataConventions {
    /// The places of minor units for programs; null where they are as ISO 4217 says.
    var placesJSON: JSON {
        if minorUnitPlaces.isEmpty { return .null }
        return .object(OrderedDictionary(uniqueKeysWithValues: sortedPlaces.map { ($0, .number(JSONNumber($1))) }))
    }

    fileprivate var sortedPlaces: [(currency: String, places: Int)] {
        minorUnitPlaces.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
