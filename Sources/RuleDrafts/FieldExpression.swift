// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Webhooks

/// How fields are written into gaps: the path with the filters that make a value readable.
struct FieldExpressions {
    /// Everything of the event.
    let fields: PayloadFields
    /// In what unit the sender's amounts are.
    let unit: Preset.MoneyUnit
    /// The currency that the sender's events leave out.
    let currency: String?
    /// The zone of times that are told as a moment; `nil` where the country has several.
    let zone: String?

    /// What a text is written with.
    struct Written {
        let text: String
        /// What the rule's writer has to know; `nil` for nothing.
        var note: String?
    }

    /// The text for a field, taken for what the gap asks for.
    ///
    /// - Parameters:
    ///   - field: The field.
    ///   - meaning: What it is taken for.
    ///   - gap: The gap.
    ///   - reading: What the gap asks for.
    /// - Returns: The text; `nil` where the field cannot be that.
    func text(_ field: PayloadField, as meaning: Meaning, in gap: TemplateGap, _ reading: GapReading) -> Written? {
        let path = field.path
        switch meaning {
        case .person: return Written(text: "{{ \(path) | default: '\(Self.somebody(reading, gap))' }}")
        case .money: return money(field, reading)
        case .date: return Written(text: "{{ \(path) | date: '%-d %B'\(zoneArgument(field)) }}")
        case .items: return items(field)
        case .count: return Written(text: field.value.kind == .array ? "{{ \(path) | size }}" : "{{ \(path) }}")
        case .status, .reason: return Written(text: "{{ \(path)\(Self.plainWords(field.text ?? "")) }}")
        case .text: return Written(text: "{{ \(path)\((field.text?.count ?? 0) > 60 ? " | truncate: 60" : "") }}")
        case .link: return address(field, in: gap)
        case .number:
            if case .address = gap.place { return address(field, in: gap) }
            let hasSign = gap.before.hasSuffix("#") && field.text?.hasPrefix("#") == true
            return Written(text: "{{ \(path)\(hasSign ? " | remove_first: '#'" : "") }}")
        case .carrier, .tracking, .phone, .email, .code, .picture, .document: return Written(text: "{{ \(path) }}")
        }
    }

    /// Who is addressed where the event has no name.
    private static func somebody(_ reading: GapReading, _ gap: TemplateGap) -> String {
        if reading.greeting == "dear" { return "customer" }
        if reading.greeting != nil { return "there" }
        return gap.before.hasSuffix(", ") ? "dear customer" : "there"
    }

    // MARK: Money

    private func money(_ field: PayloadField, _ reading: GapReading) -> Written? {
        let isMinor = countsSmallUnits(field)
        let code = currencyPath(of: field) ?? currency.map { "'\($0)'" }
        guard let code else {
            // A hundred times too much is worse than nothing.
            guard !isMinor else { return nil }
            let note = "the event says no currency: write `| money: 'INR'` with yours, or leave the bare number"
            return Written(text: "{{ \(field.path) }}", note: note)
        }
        let amount = "\(field.path)\(isMinor ? " | minor_units: \(code)" : "")"
        var written = Written(text: "{{ \(amount) | \(reading.hasCurrencySign ? "number: 2" : "money: \(code)") }}")
        if unit == .unspecified, !isMinor, field.text.map({ !$0.contains(".") }) ?? false {
            written.note =
                "read as whole units; where your sender counts in cents or paise, write `| minor_units: \(code)` in front of `money`"
        }
        return written
    }

    private func countsSmallUnits(_ field: PayloadField) -> Bool {
        guard let text = field.text, !text.contains(".") else { return false }
        return unit == .minor || field.isNamed(["cent", "paise", "minor", "penny", "pence"])
    }

    /// The currency beside an amount, else above it, else the only one of the event.
    private func currencyPath(of field: PayloadField) -> String? {
        for depth in stride(from: field.steps.count - 1, through: 0, by: -1) {
            let found = fields.members(of: field.steps.prefix(depth)).compactMap(code)
            let own = Set(field.words)
            let best = found.max { left, right in
                (own.intersection(left.words).count, -left.words.count, -left.position)
                    < (own.intersection(right.words).count, -right.words.count, -right.position)
            }
            if let best { return best.path }
        }
        let all = fields.all.compactMap(code)
        return Set(all.compactMap(\.text)).count == 1 ? all.first?.path : nil
    }

    /// The field that holds a currency's code: itself, or its `value`.
    private func code(_ field: PayloadField) -> PayloadField? {
        guard field.isNamed(["currency"]) else { return nil }
        if field.value.kind == .object {
            return fields.members(of: field.steps).first { $0.words == ["value"] || $0.words == ["code"] }
        }
        guard let text = field.text, text.count == 3, text.allSatisfy({ $0.isASCII && $0.isLetter }) else { return nil }
        return field
    }

    // MARK: Dates, lists, addresses

    private func zoneArgument(_ field: PayloadField) -> String {
        guard let zone,
            field.value.kind == .number || field.text?.hasSuffix("Z") == true
                || field.text?.count == 10 && field.text.map(Words.isNumber) == true
        else { return "" }
        return ", '\(zone)'"
    }

    private func items(_ field: PayloadField) -> Written? {
        guard let first = field.value[0] else { return nil }
        if first.kind == .object {
            return ListForm(first).map { Written(text: "{{ \(field.path) | list: '\($0.text)', 3 }}") }
        }
        return Written(text: "{{ \(field.path) | list: '{}', 3 }}")
    }

    private func address(_ field: PayloadField, in gap: TemplateGap) -> Written? {
        guard case .address(_, let prefix) = gap.place else { return Written(text: "{{ \(field.path) }}") }
        guard let text = field.text else { return nil }
        if Words.isAddress(text) {
            guard text.hasPrefix(prefix), text.count > prefix.count, !prefix.contains("'") else { return nil }
            return Written(text: "{{ \(field.path) | url_suffix: '\(prefix)' }}")
        }
        let isSafe = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._~".contains($0)) }
        return Written(text: "{{ \(field.path)\(isSafe ? "" : " | url_param_escape") }}")
    }

    /// Filters for a sender's code word: `OUT_OF_STOCK` reads `out of stock`.
    private static func plainWords(_ text: String) -> String {
        let isCode = text.contains("_") || (text.count > 3 && text == text.uppercased())
        return isCode && !text.contains(" ") ? " | downcase | replace: '_', ' '" : ""
    }
}
