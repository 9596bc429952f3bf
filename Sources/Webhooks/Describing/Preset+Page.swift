// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections

extension Preset {
    /// One line for `sources list`: name, aliases, title.
    package var line: String {
        aliases.isEmpty ? "\(name)  \(title)" : "\(name) (\(aliases.joined(separator: ", ")))  \(title)"
    }

    /// What `sources show` prints for people; ends with a line break.
    package var sheet: String {
        let width = facts.map(\.label.count).max() ?? 0
        let rows = facts.map { fact in
            fact.label + String(repeating: " ", count: width - fact.label.count + 2) + fact.text
        }
        let numbered = steps.enumerated().map { "  \($0.offset + 1). \($0.element)" }
        let sections = [
            [line, documentation], rows, ["In the sender's dashboard:"] + numbered,
            ["Know this:"] + traps.map { "  - \($0)" },
            unconfirmed.isEmpty ? [] : [Self.unconfirmedTitle + ":"] + unconfirmed.map { "  - \($0)" },
        ]
        .filter { !$0.isEmpty }
        return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    /// The text of `docs/sources/<name>.md`, from the same values as the sheet.
    package var page: String {
        let rows = facts.map { "| \(Self.cell($0.label)) | \(Self.cell($0.text)) |" }
        let numbered = steps.enumerated().map { "\($0.offset + 1). \($0.element)" }
        let names = aliases.isEmpty ? "" : " Also under: \(aliases.map { "`\($0)`" }.joined(separator: ", "))."
        let sections =
            [
                ["# \(title)"],
                ["<!-- Made from the preset by the tests of Webhooks; change Sources/Webhooks/Presets instead. -->"],
                ["Preset `\(name)`.\(names) The sender's own pages: <\(documentation)>."],
                ["```yaml", "sources:", "  \(name):"] + configuration.map { "    " + $0 } + ["```"],
                ["## In the sender's dashboard"], numbered,
                ["## What the preset knows"], ["| | |", "|---|---|"] + rows,
                ["## Know this"], traps.map { "- \($0)" },
            ] + (unconfirmed.isEmpty ? [] : [["## \(Self.unconfirmedTitle)"], unconfirmed.map { "- \($0)" }])
        return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private static let unconfirmedTitle = "Not confirmed by the sender's own pages"

    /// The least that a source of this preset needs in the configuration.
    private var configuration: [String] {
        let variable = name.uppercased().replacing("-", with: "_")
        var lines = ["preset: \(name)", "secrets: [\"${\(variable)_SECRET}\"]"]
        if !address.forbidden.isEmpty { lines.append("path: /in/parcels") }
        if verification.needsPublicURL { lines.append("public_url: https://hooks.example.com/hooks/\(name)") }
        if handshakes.contains(where: \.needsToken) { lines.append("handshake_token: \"${\(variable)_TOKEN}\"") }
        if handshakes.contains(.allowedOrigin) { lines.append("allowed_origins: [sender.example.com]") }
        return lines
    }

    /// A text within a table of Markdown.
    private static func cell(_ text: String) -> String {
        text.replacing("|", with: #"\|"#).replacing("<", with: "&lt;").replacing("*", with: #"\*"#)
    }
}

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
