// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import PhoneNumbers
internal import Webhooks

/// Who gets the message, as a rule says it.
struct RecipientDraft: Sendable {
    /// The value of `to`.
    let to: JSON
    /// What has to stand in `let` for it.
    let lets: [DraftedLet]
    /// Why, for a note.
    let why: String
    /// The country that the event's number is of; `nil` where nobody is found.
    let country: String?
    /// Whether somebody is found.
    var isFound: Bool { country != nil }

    /// The name that stands where nobody is found.
    static let missing = "TODO_phone_number"
}

/// Finds who gets the message.
struct RecipientFinder {
    let scope: DraftScope
    let fields: PayloadFields
    /// The shipped rules of the sender, the nearest first.
    let shipped: [ShippedRules.Rule]
    /// The country in which numbers without country code are read; `nil` where nobody knows.
    let country: String?
    /// Kinds of numbers that the source lets through.
    let allowed: Set<NumberKind>

    /// Who gets it: as the shipped rules of the sender say it, else the fields that hold a number.
    ///
    /// - Parameter template: The template's name.
    /// - Returns: The recipient, or a place where the rule's writer has to put one.
    func recipient(template: String) -> RecipientDraft {
        if let nearest = shipped.first, nearest.template == template, nearest.isAbout(scope.event.type),
            isFixed(nearest.to)
        {
            let why =
                "the rule '\(nearest.name)', which comes with Hookline, tells you and not the customer: put in your own number"
            return RecipientDraft(to: .string("{{ \(RecipientDraft.missing) }}"), lets: [], why: why, country: nil)
        }
        // Every shop of one's own looks different.
        for rule in shipped where !isFixed(rule.to) && rule.preset != Preset.generic.name {
            let texts = Self.phones(of: rule.to) + Self.country(of: rule.to)
            let lets = rule.lets(for: texts)
            let inner = scope.adding(lets)
            let stated = Self.country(of: rule.to).first.flatMap(inner.render)
            let fallback = country ?? rule.country
            let numbers = Self.phones(of: rule.to).compactMap(inner.render)
            guard let number = numbers.lazy.compactMap({ read($0, stated ?? fallback) }).first else { continue }
            let why = "as the rule '\(rule.name)', which comes with Hookline, finds the customer"
            return RecipientDraft(to: rule.to, lets: lets, why: why, country: number.country)
        }
        return ofFields() ?? nobody
    }

    private var nobody: RecipientDraft {
        let why = "no field of the event holds a phone number: write where it is, or your own number"
        return RecipientDraft(to: .string("{{ \(RecipientDraft.missing) }}"), lets: [], why: why, country: nil)
    }

    // MARK: Fields

    private func ofFields() -> RecipientDraft? {
        let found = fields.all.compactMap {
            field -> (field: PayloadField, country: PayloadField?, number: PhoneNumber, rank: Int)? in
            guard field.isNamed(FieldReading.phones), !field.isInList, let text = field.text, !Words.isAddress(text),
                !field.isBelow(FieldReading.strangers)
            else { return nil }
            let place = countryField(of: field)
            guard let number = read(text, place?.text ?? country) else { return nil }
            let rank =
                (field.isBelow(FieldReading.people) || field.isNamed(FieldReading.people) ? 0 : 2)
                + (field.steps.count > 4 ? 1 : 0)
            return (field, place, number, rank)
        }.sorted { ($0.rank, $0.field.position) < ($1.rank, $1.field.position) }
        guard let first = found.first else { return nil }
        let texts = found.prefix(3).enumerated().map { position, entry in
            let stated = position == 0 ? nil : entry.country
            return JSON.string("{{ \(entry.field.path)\(stated.map { " | phone: \($0.path)" } ?? "") }}")
        }
        let phone = texts.count == 1 ? texts[0] : JSON.array(texts)
        let to: JSON =
            first.country.map { ["phone": phone, "country": .string("{{ \($0.path) }}")] }
            ?? (texts.count == 1 ? phone : ["phone": phone])
        let why =
            texts.count == 1 ? "the event's phone number" : "the first of these that is a number which can get messages"
        return RecipientDraft(to: to, lets: [], why: why, country: first.number.country)
    }

    /// The country that stands in the same object as a number.
    private func countryField(of field: PayloadField) -> PayloadField? {
        let beside = fields.siblings(of: field).filter { $0.isNamed(["country"]) && !$0.isNamed(["name"]) }
        return beside.first { $0.text.flatMap(Country.code(named:)) != nil }
    }

    private func read(_ text: String, _ country: String?) -> PhoneNumber? {
        try? PhoneNumber(text, country: country, allowing: allowed)
    }

    // MARK: A shipped `to`

    /// Whether it names a number that is the same for all events.
    private func isFixed(_ to: JSON) -> Bool { !to.text().contains("{{") }

    private static func phones(of to: JSON) -> [String] {
        let phone = to["phone"] ?? to
        return phone.array?.compactMap(\.string) ?? [phone.string].compactMap(\.self)
    }

    private static func country(of to: JSON) -> [String] { [to["country"]?.string].compactMap(\.self) }
}
