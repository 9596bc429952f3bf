// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import EventPatterns
import Events
import Liquid
import PhoneNumbers

/// Checks of the values that a rule reads, against the samples of its events.
struct ValueChecks {
    private static let ownNames: Set<String> = ["webhook", "body", "item", "forloop"]
    /// Words at the end of a field's name that make it an amount of money.
    private static let amounts = ["amount", "total", "price", "balance", "outstanding"]

    let rule: Rule
    /// Events of any source and type.
    let samples: [Event]
    let options: RuleCheckOptions

    /// Looks for paths that lead nowhere, values that may be missing, phones without country, amounts without currency.
    ///
    /// - Returns: Warnings at the texts.
    func run() -> [Diagnostic] {
        country() + amountsWithoutCurrency() + paths() + digestWithoutItems() + itemsTooEarly()
    }

    /// A digest whose texts name no `items` tells of its last event alone.
    private func digestWithoutItems() -> [Diagnostic] {
        guard let digest = rule.timing.digest, !rule.texts.contains(where: { $0.isSent && $0.expression.readsItems })
        else {
            return []
        }
        let message =
            "found a digest whose message says nothing of its 'items'; it tells of the last event, whatever came before"
        return [Diagnostic(.digestWithoutItems, at: digest.location, message)]
    }

    /// `items` of a digest where a single event is read hold nothing but that event.
    private func itemsTooEarly() -> [Diagnostic] {
        guard rule.timing.digest != nil, rule.forEach == nil else { return [] }
        return rule.texts.compactMap { text in
            guard !text.isSent,
                let reference = text.expression.template.references.first(where: {
                    $0.steps.first == RuleEvaluator.items
                })
            else { return nil }
            let place = text.expression.location(line: reference.line, column: reference.column)
            let message = "found 'items' where a single event is read: they hold that event alone there"
            let hint = "the message sees all of them; a field of the payload is 'body.items'"
            return Diagnostic(.itemsTooEarly, at: place, message, hint: hint)
        }
    }

    private func country() -> [Diagnostic] {
        guard rule.country == nil, !(rule.sources ?? []).contains(where: options.sourcesWithCountry.contains) else {
            return []
        }
        return rule.recipients.compactMap { recipient in
            guard case .phone(let plan) = recipient, plan.country == nil,
                plan.candidates.contains(where: { !$0.isRead && Self.needsCountry($0.expression) })
            else { return nil }
            let message =
                "found a phone number without a country to read it in; expected 'country' here or in 'defaults'"
            return Diagnostic(
                .noCountry,
                at: plan.location,
                message,
                hint: "ignore this where the source's configuration has one"
            )
        }
    }

    /// Whether a number may be, or is, one without country code.
    private static func needsCountry(_ number: Expression) -> Bool {
        guard let text = number.constant else { return true }
        do throws(PhoneNumberError) {
            _ = try PhoneNumber(text, country: nil)
            return false
        } catch {
            return error.code == .noCountry
        }
    }

    private func amountsWithoutCurrency() -> [Diagnostic] {
        let texts = rule.texts.filter { if case .send = $0.role { true } else { false } }
        return texts.compactMap { text in
            let source = text.expression.template.source
            guard !source.contains("money"), source.hasPrefix("{{"),
                let reference = text.expression.template.references.first,
                let name = reference.steps.last?.lowercased(),
                Self.amounts.contains(where: { name == $0 || name.hasSuffix("_\($0)") })
            else { return nil }
            let place = text.expression.location(line: reference.line, column: reference.column)
            let message = "found the amount '\(reference.path)' without its currency; expected '| money: …'"
            return Diagnostic(.noCurrency, at: place, message)
        }
    }
}

// MARK: Paths

extension ValueChecks {
    private func paths() -> [Diagnostic] {
        let seen = samples.filter { rule.sees(source: $0.source, type: $0.type) }
        guard !seen.isEmpty else { return [] }
        let matching = seen.filter { rule.pattern.matches($0.payload.root, envelope: Envelope.document($0)?.root) }
        var reported: Set<String> = []
        return rule.texts.flatMap { text in
            text.expression.template.references.compactMap { reference in
                guard let steps = steps(reference), reported.insert(steps.joined(separator: "\u{1F}")).inserted else {
                    return nil
                }
                return finding(text, reference, steps, seen, matching)
            }
        }
    }

    private func finding(
        _ text: RuleText,
        _ reference: LiquidReference,
        _ steps: [String],
        _ seen: [Event],
        _ matching: [Event]
    ) -> Diagnostic? {
        let place = text.expression.location(line: reference.line, column: reference.column)
        let path = steps.joined(separator: ".")
        guard seen.contains(where: { Self.has(steps, $0.payload.root) }) else {
            let hint = nearest(steps, seen).map { "did you mean '\($0)'?" } ?? quoting(reference, text)
            return Diagnostic(
                .unknownPath,
                at: place,
                "found the path '\(path)', which no sample of this event has",
                hint: hint
            )
        }
        guard reference.use == .output, text.role.losesMessage, reference.isComplete,
            matching.contains(where: { !hasValue(steps, $0) })
        else { return nil }
        let message = "found '\(path)', which a sample lacks; expected a 'default', without it that message is refused"
        return Diagnostic(.maybeUndefined, at: place, message)
    }

    /// The advice for one word that is a filter's argument: as a text it needs quotes.
    private func quoting(_ reference: LiquidReference, _ text: RuleText) -> String? {
        guard reference.steps == [reference.path] else { return nil }
        let lines = text.expression.template.source.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(reference.line - 1) else { return nil }
        let before = lines[reference.line - 1].prefix(reference.column - 1).last { $0 != " " }
        return before == ":" || before == "," ? "a text is written in quotes: '\(reference.path)'" : nil
    }

    /// The path from the payload's root; `nil` where it cannot be told, as behind a computed `let`.
    private func steps(_ reference: LiquidReference) -> [String]? {
        guard let first = reference.steps.first else { return nil }
        if let alias = rule.lets.first(where: { $0.name == first }) {
            let inner = alias.value.template
            guard inner.references.count == 1, let target = inner.references.first,
                inner.source.filter({ !$0.isWhitespace }) == "{{\(target.path)}}"
            else { return nil }
            return steps(target).map { $0 + reference.steps.dropFirst() }
        }
        if first == "body", reference.steps.count > 1 { return Array(reference.steps.dropFirst()) }
        if rule.timing.digest != nil, first == RuleEvaluator.items { return nil }
        return Self.ownNames.contains(first) ? nil : reference.steps
    }

    /// Whether a path leads somewhere, be it to null.
    private static func has(_ steps: [String], _ root: JSONNode) -> Bool {
        node(steps, root) != nil
    }

    /// Whether a path leads to more than null, or than what the event's sender writes for an empty field.
    private func hasValue(_ steps: [String], _ event: Event) -> Bool {
        guard let node = Self.node(steps, event.payload.root), node.kind != .null else { return false }
        return node.kind != .false || !options.senders.conventions(of: event.source, preset: nil).falseIsMissing
    }

    private static func node(_ steps: [String], _ root: JSONNode) -> JSONNode? {
        var node = root
        for step in steps {
            guard let next = self.step(step, node) else { return nil }
            node = next
        }
        return node
    }

    private static func step(_ step: String, _ node: JSONNode) -> JSONNode? {
        if let member = node[step] { return member }
        switch (step, node.kind) {
        case ("size", .array), ("size", .string), ("size", .escapedString), ("size", .object): return node
        case ("first", .array): return node[0]
        case ("last", .array): return node[node.count - 1]
        default: return node.kind == .array ? Int(step).flatMap { node[$0] } : nil
        }
    }

    /// A path that some sample has and that differs in one step.
    private func nearest(_ steps: [String], _ seen: [Event]) -> String? {
        for (position, step) in steps.enumerated() {
            let parents = seen.compactMap { Self.node(Array(steps[..<position]), $0.payload.root) }
            guard !parents.contains(where: { Self.step(step, $0) != nil }) else { continue }
            let names = Set(parents.flatMap { $0.members.map(\.key) })
            return NearMiss.nearest(to: step, among: names.sorted()).map { name in
                (steps[..<position] + [name] + steps[(position + 1)...]).joined(separator: ".")
            }
        }
        return nil
    }
}
