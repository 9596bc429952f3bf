// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events

extension MessageTemplate {
    /// The most Unicode scalars of a body after its values are in (Meta's limit).
    package static let maxBodyLength = 1_024

    /// Holds a message against the template.
    ///
    /// - Parameter message: A message that chose this template; its name and language are not compared.
    /// - Returns: Every misfit, the main bubble's first, then the cards' by index; empty when it can be sent.
    package func check(_ message: TemplateMessage) -> [TemplateProblem] {
        var problems: [TemplateProblem] = []
        if status != .approved {
            let reason = "the template '\(name)' (\(language)) is \(status), not APPROVED"
            problems.append(TemplateProblem(.notApproved, reason))
        }
        let arguments = TemplateArguments(message, for: self)
        problems += arguments.surplus.map { key in
            TemplateProblem(.extraVariable, "the variable \(key) has no gap in the template '\(name)'")
        }
        problems += bubble.check(arguments.bubble, place: "", needsMedia: true)
        problems += checkCards(arguments)
        return problems
    }

    private func checkCards(_ arguments: TemplateArguments) -> [TemplateProblem] {
        var problems: [TemplateProblem] = []
        if arguments.countsCards, arguments.cards.count != cards.count {
            let reason = "the template has \(cards.count.counted("card")), the message \(arguments.cards.count)"
            problems.append(TemplateProblem(.cardCount, reason))
        }
        for index in arguments.cards.keys.sorted() where !cards.indices.contains(index) {
            problems.append(TemplateProblem(.cardIndex, "the template has no card \(index)"))
        }
        for (index, card) in cards.enumerated() {
            // A card that is missing altogether is one problem, not one for each of its gaps.
            if arguments.countsCards, arguments.cards[index] == nil { continue }
            let values = arguments.cards[index] ?? TemplateArguments.Values()
            problems += card.check(values, place: "card \(index): ", needsMedia: false)
        }
        return problems
    }
}

extension MessageTemplate.Parts {
    /// Compares values with gaps.
    ///
    /// - Parameters:
    ///   - values: What the message gives.
    ///   - place: What sentences begin with.
    ///   - needsMedia: Whether header media must be given; a card falls back on the template's own.
    /// - Returns: Every misfit.
    fileprivate func check(
        _ values: TemplateArguments.Values,
        place: String,
        needsMedia: Bool
    ) -> [TemplateProblem] {
        let misnamed = values.misnamed.map { TemplateProblem($0.code, place + $0.reason) }
        return misnamed + checkBody(values, place) + checkHeader(values, place, needsMedia)
            + checkButtons(values, place)
    }

    private func checkBody(_ values: TemplateArguments.Values, _ place: String) -> [TemplateProblem] {
        var problems: [TemplateProblem] = []
        let missing = (body?.slots ?? []).enumerated().filter { values.body[$0.offset + 1] == nil }
        // A value under a wrong name leaves its gap open: that is one mistake, which is told already.
        for (_, name) in missing.dropLast(min(values.misnamedInBody, missing.count)) {
            let reason = "\(place)the body's gap {{\(name)}} gets no value"
            problems.append(TemplateProblem(.missingVariable, reason))
        }
        for slot in values.body.keys.sorted() where slot > bodyCount {
            let reason = "\(place)the body has \(bodyCount) gaps, but a value \(slot) is given"
            problems.append(TemplateProblem(.extraVariable, reason))
        }
        let length = body?.filled(with: values.body).unicodeScalars.count ?? 0
        if length > MessageTemplate.maxBodyLength {
            let limit = MessageTemplate.maxBodyLength
            let reason = "\(place)the body has \(length) characters after the values are in; expected at most \(limit)"
            problems.append(TemplateProblem(.bodyTooLong, reason))
        }
        return problems
    }

    private func checkHeader(
        _ values: TemplateArguments.Values,
        _ place: String,
        _ needsMedia: Bool
    ) -> [TemplateProblem] {
        switch (header, values.header) {
        case (.text(let text)?, nil) where !text.slots.isEmpty:
            let reason = "\(place)the gap of the header's text gets no value"
            return [TemplateProblem(.missingVariable, reason, advice: "give it in 'header: \"…\"'")]
        case (.text(let text)?, .text?) where !text.slots.isEmpty:
            return []
        case (.media(let format)?, nil) where needsMedia:
            return [
                Self.missingHeader("\(format) media", place, "format: \(format), link: …} or {format: \(format), id: …")
            ]
        case (.location?, nil) where needsMedia:
            return [Self.missingHeader("a place", place, "format: location, latitude: …, longitude: …")]
        case (.media(let wanted)?, .media(let given, _)?) where wanted == given:
            return []
        case (.location?, .location?), (.other?, _), (_, nil):
            return []
        default:
            return [TemplateProblem(.wrongHeader, "\(place)the header takes nothing of the kind that is given")]
        }
    }

    private func checkButtons(_ values: TemplateArguments.Values, _ place: String) -> [TemplateProblem] {
        let missing = buttonsWithGap.filter { (values.buttons[$0] ?? "").isEmpty }.map { position in
            let key = buttons[position].action == .copyCode ? "copy_code" : "url"
            return TemplateProblem(
                .missingVariable,
                "\(place)button \(position) gets no value",
                advice: "give it in 'buttons: [{index: \(position), \(key): …}]'"
            )
        }
        let unknown = values.buttons.keys.sorted().filter { position in
            guard buttons.indices.contains(position) else { return true }
            if case .other = buttons[position].action { return false }
            return !buttons[position].needsValue
        }
        return missing + unknown.map { TemplateProblem(.unknownButton, "\(place)button \($0) takes no value") }
            + addresses(values, place)
    }

    /// Addresses that would come out doubled.
    private func addresses(_ values: TemplateArguments.Values, _ place: String) -> [TemplateProblem] {
        values.buttons.sorted { $0.key < $1.key }.compactMap { position, value in
            guard buttons.indices.contains(position), case .url(let address) = buttons[position].action,
                let found = ButtonAddress(address).fault(of: value)
            else { return nil }
            return TemplateProblem(.fullAddress, "\(place)button \(position) \(found.reason)", advice: found.advice)
        }
    }

    /// A header of media or a place that is given nothing.
    private static func missingHeader(_ what: String, _ place: String, _ way: String) -> TemplateProblem {
        let reason = "\(place)the header needs \(what)"
        return TemplateProblem(.missingHeader, reason, advice: "give it in 'header: {\(way)}'")
    }
}
