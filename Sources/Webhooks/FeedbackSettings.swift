// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// `statuses:` and `inbound:` of a source as they stand in the configuration.
package struct FeedbackSettings: Sendable {
    /// What becomes of messages; `nil` where the preset's way holds.
    package var statuses: Statuses?
    /// What recipients write; `nil` where the preset's way holds.
    package var inbound: Inbound?

    /// Where a status stands.
    package struct Statuses: Sendable {
        /// `id`: the place of the partner's id of the message.
        package var id: String?
        /// `status`: the place of the status.
        package var status: String?
        /// `code`: the place of the error's code.
        package var code: String?
        /// `reason`: the place of the error's words.
        package var reason: String?
        /// `words`: what the sender's words for statuses mean.
        package var words: [(word: String, status: String)] = []

        /// Settings of nothing.
        package init() {}
    }

    /// Where something that a recipient wrote stands.
    package struct Inbound: Sendable {
        /// `from`: the place of the recipient's number.
        package var from: String?
        /// `text`: the place of the text.
        package var text: String?
        /// `number`: the place of the id of our number.
        package var number: String?

        /// Settings of nothing.
        package init() {}
    }

    /// Settings of nothing.
    package init() {}
}

/// Turns ``FeedbackSettings`` into places and collects what is wrong with them.
struct FeedbackReader {
    /// What is wrong, with keys such as `statuses.id`.
    private(set) var mistakes: [SourceMistakes.Mistake] = []

    /// The preset's places, with the settings' in their place.
    mutating func apply(_ settings: FeedbackSettings, to places: inout FeedbackPlaces?) {
        if let statuses = settings.statuses { places = with(places) { $0.status = read(statuses) } }
        if let inbound = settings.inbound { places = with(places) { $0.inbound = read(inbound) } }
    }

    private func with(_ places: FeedbackPlaces?, _ change: (inout FeedbackPlaces) -> Void) -> FeedbackPlaces {
        var places = places ?? .none
        change(&places)
        return places
    }

    private mutating func read(_ settings: FeedbackSettings.Statuses) -> FeedbackPlaces.Status? {
        let id = required("statuses.id", settings.id, "body.message.id")
        let status = required("statuses.status", settings.status, "body.message.status")
        let words = Dictionary(settings.words.map { ($0.word, $0.status) }) { first, _ in first }
        let code = place("statuses.code", settings.code) ?? .none
        let reason = place("statuses.reason", settings.reason) ?? .none
        guard let id, let status else { return nil }
        return FeedbackPlaces.Status(id: id, status: status, code: code, reason: reason, words: words)
    }

    private mutating func read(_ settings: FeedbackSettings.Inbound) -> FeedbackPlaces.Inbound? {
        let from = required("inbound.from", settings.from, "body.message.from")
        let text = place("inbound.text", settings.text) ?? .none
        let number = place("inbound.number", settings.number) ?? .none
        return from.map { FeedbackPlaces.Inbound(from: $0, text: text, number: number) }
    }

    private mutating func required(_ key: String, _ text: String?, _ example: String) -> Extraction? {
        if text == nil { add(key, "missing; expected where it stands, such as \(example)") }
        return place(key, text)
    }

    private mutating func place(_ key: String, _ text: String?) -> Extraction? {
        guard let text else { return nil }
        if let template = PlaceTemplate(text) { return template.extraction }
        add(key, "'\(text)' is not understood; expected \(PlaceTemplate.form)")
        return nil
    }

    private mutating func add(_ key: String, _ message: String) {
        mistakes.append(SourceMistakes.Mistake(key: key, message: message))
    }
}
