// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import EmbeddedFiles
internal import EventPatterns
package import Events
internal import OrderedCollections

/// What the rules that come with Hookline know of their senders: a resource, for the files are not there when it runs.
package struct ShippedRules: Sendable {
    /// One of the rules, for one sender.
    package struct Rule: Sendable {
        /// Its name.
        package let name: String
        /// The preset of its sender.
        package let preset: String
        /// The types of events that it is about.
        let events: [EventTypePattern]
        /// The condition on the payload, as an event pattern; `nil` where there is none.
        let match: JSON?
        /// Its `let`, in order.
        let lets: [DraftedLet]
        /// Its `to` as it stands in the file.
        let to: JSON
        /// What it tells once; empty where it says nothing.
        let oncePer: [String]
        /// The country of its file's `defaults`.
        let country: String?
        /// The name of its template.
        package let template: String
        /// Its template's gaps with what it puts there.
        let values: [(gap: TemplateGap, reading: GapReading, value: String)]

        /// Whether it is about events of a type.
        func isAbout(_ type: String) -> Bool { events.isEmpty || events.contains { $0.matches(type) } }

        /// Whether an event meets its condition.
        func matches(_ payload: JSONNode) -> Bool {
            guard let match else { return true }
            return (try? EventPattern(payload: match))?.matches(payload) ?? false
        }
    }

    /// In the order of the files.
    package let rules: [Rule]

    /// The rules that this version comes with.
    package static let all: ShippedRules = {
        guard let json = try? JSON(parsing: EmbeddedFiles.bytes("Sources/RuleDrafts/Resources/shipped-rules.json"))
        else { return .none }
        return ShippedRules(json)
    }()

    /// Nothing is known of any sender.
    package static let none = ShippedRules([])

    /// Reads the resource.
    ///
    /// - Parameter json: A list with an entry for each rule: `preset`, `country`, `text` (its template's), `rule`.
    package init(_ json: JSON) {
        rules = (json.array ?? []).compactMap(Rule.init)
    }

    /// The same without some of the rules.
    ///
    /// - Parameter isLeftOut: Which ones.
    /// - Returns: The others.
    package func without(_ isLeftOut: (Rule) -> Bool) -> ShippedRules {
        ShippedRules(rules: rules.filter { !isLeftOut($0) })
    }

    private init(rules: [Rule]) { self.rules = rules }

    /// The rules of a sender; those nearest to an event and a template first.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - preset: The sender's.
    ///   - template: The template's name.
    /// - Returns: First those for this type and template, then for this type, then the rest.
    func nearest(to event: Event, of preset: String, template: String) -> [Rule] {
        let own = rules.filter { $0.preset == preset }
        func rank(_ rule: Rule) -> Int {
            let type = rule.isAbout(event.type) ? 4 : 0
            return type + (rule.template == template ? 2 : 0) + (rule.matches(event.payload.root) ? 1 : 0)
        }
        return own.enumerated().sorted { (-rank($0.element), $0.offset) < (-rank($1.element), $1.offset) }.map(
            \.element
        )
    }

    /// The currency that a sender's rules write out, because its events do not say any.
    func currency(of preset: String) -> String? {
        for rule in rules where rule.preset == preset {
            for (_, _, value) in rule.values {
                guard let start = value.firstRange(of: "money: '") else { continue }
                let code = value[start.upperBound...].prefix(3)
                if code.allSatisfy({ $0.isASCII && $0.isUppercase }) { return String(code) }
            }
        }
        return nil
    }
}

extension ShippedRules.Rule {
    fileprivate init?(_ entry: JSON) {
        guard let rule = entry["rule"], let name = rule["name"]?.string, let preset = entry["preset"]?.string,
            let to = rule["to"], let send = rule["send"], let template = send["template"]?.string,
            let text = entry["text"]?.string
        else { return nil }
        self.name = name
        self.preset = preset
        self.to = to
        self.template = template
        events = Self.texts(rule["event"]).map(EventTypePattern.init(text:))
        match = rule["match"]
        lets = (rule["let"]?.object ?? [:]).compactMap { name, value in
            value.string.map { DraftedLet(name: name, value: $0) }
        }
        oncePer = Self.texts(rule["once_per"])
        country = entry["country"]?.string
        values = Self.values(send["variables"], text)
    }

    private static func texts(_ json: JSON?) -> [String] {
        json?.array?.compactMap(\.string) ?? [json?.string].compactMap(\.self)
    }

    private static func values(_ json: JSON?, _ text: String) -> [(TemplateGap, GapReading, String)] {
        let record: JSON = ["name": "-", "language": "-", "components": [["type": "BODY", "text": .string(text)]]]
        let gaps = TemplateGap.all(of: record)
        return gaps.enumerated().compactMap { position, gap in
            guard let value = (json?[gap.id] ?? json?[position])?.string else { return nil }
            return (gap, GapReading(gap), value)
        }
    }
}

/// A name that a rule gives to a value with `let`.
package struct DraftedLet: Hashable, Sendable {
    /// The name.
    package let name: String
    /// The text with Liquid in it.
    package let value: String
}
