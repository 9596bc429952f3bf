// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections
internal import PartnerAPI

/// The parts of a rule before they are a text.
struct RuleParts {
    /// The rule's name.
    var name: String
    /// The source's name.
    var source: String
    /// What tests take the source for, where its name does not say it.
    var preset: String?
    /// The type of the event; empty where the sender says none.
    var type: String
    /// Which credentials of the configuration; `nil` for the first ones.
    var account: String?
    var template: MessageTemplate
    /// The country of numbers without country code; `nil` where nobody knows.
    var country: String?
    var match: JSON?
    /// A condition that could narrow the rule, as a line that is switched off.
    var possibleMatch: String?
    var lets: [DraftedLet] = []
    var oncePer: JSON
    var recipient: RecipientDraft
    var gaps: [RuleDraft.Gap]
    var todos: [RuleDraft.Todo] = []
    /// What the test takes for the payload.
    var payload: JSON = .null
    /// What the test expects.
    var expected: [JSON] = []

    /// A gap's text in the rule.
    func expression(_ gap: RuleDraft.Gap) -> String { gap.chosen?.expression ?? "{{ \(gap.todo) }}" }

    /// The same rule as one that sends what there is: every name of what is left to do stands for itself.
    var filledForPreview: RuleParts {
        var copy = self
        copy.gaps = gaps.map { gap in
            guard gap.chosen == nil else { return gap }
            let shown = Suggestion(
                expression: gap.todo,
                lets: [],
                value: gap.todo,
                why: "",
                origin: .person,
                score: 0
            )
            return RuleDraft.Gap(gap: gap.gap, suggestions: gap.suggestions, chosen: shown)
        }
        if !recipient.isFound {
            copy.recipient = RecipientDraft(to: "+61491570006", lets: [], why: "", country: "AU")
        }
        copy.match = nil
        return copy
    }

    /// Every text with Liquid in it.
    var expressions: [String] {
        lets.map(\.value) + gaps.map(expression) + Self.texts(recipient.to) + Self.texts(oncePer)
    }

    private static func texts(_ json: JSON) -> [String] {
        switch json {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(texts)
        case .object(let members): members.values.flatMap(texts)
        case .null, .bool, .number: []
        }
    }
}

extension RuleParts {
    /// The value of `header` in the rule; `nil` for a template without one to fill.
    func header(_ gap: RuleDraft.Gap) -> JSON? {
        switch gap.gap.place {
        case .header: .string(expression(gap))
        case .media(let format): ["format": .string(format), "link": .string(expression(gap))]
        case .location: place(gap)
        case .body, .address, .code: nil
        }
    }

    /// A place on the map: a suggestion names both of its numbers.
    private func place(_ gap: RuleDraft.Gap) -> JSON {
        let both = gap.chosen.map { $0.expression.split(separator: Self.between).map(String.init) } ?? []
        guard both.count == 2 else {
            let missing = gap.chosen == nil ? "{{ \(gap.todo) }}" : "0"
            return ["format": "location", "latitude": .string(missing), "longitude": .string(missing)]
        }
        return ["format": "location", "latitude": .string(both[0]), "longitude": .string(both[1])]
    }

    /// Between the two numbers of a place.
    static let between = ", "

    /// The buttons that take a value, by position.
    var buttons: [(position: Int, gap: RuleDraft.Gap)] {
        gaps.compactMap { gap in
            switch gap.gap.place {
            case .address(let position, _), .code(let position): (position, gap)
            case .body, .header, .media, .location: nil
            }
        }
    }
}
