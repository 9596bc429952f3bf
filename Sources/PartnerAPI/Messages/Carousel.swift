// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import OrderedCollections

/// The structured form of a carousel: cards beside the variables of the main bubble.
package struct Carousel: Hashable, Sendable {
    /// The most cards of a carousel (Meta's limit).
    package static let maxCards = 10

    /// The slots `1`, `2`, … of the main bubble.
    package let variables: OrderedDictionary<String, String>
    /// The cards in the order in which they leave.
    package let cards: [CarouselCard]
    /// Slots of the main bubble that win over `variables`.
    package let bodyParameters: OrderedDictionary<String, String>

    /// Puts a carousel together.
    ///
    /// - Parameters:
    ///   - variables: The slots of the main bubble; flat card slots (`c0_1`) have no place beside structured cards.
    ///   - cards: One to ten cards, each index once.
    ///   - bodyParameters: Slots of the main bubble that win over `variables`.
    /// - Throws: `MessageRequestError` for the first rule that is broken.
    package init(
        variables: OrderedDictionary<String, String> = [:],
        cards: [CarouselCard],
        bodyParameters: OrderedDictionary<String, String> = [:]
    ) throws(MessageRequestError) {
        try ParameterRules.requireSlots(variables, field: "templateVariables", allowsCards: false)
        try ParameterRules.requireSlots(bodyParameters, field: "bodyParameters", allowsCards: false)
        try Self.require(cards)
        self.variables = variables
        self.cards = cards
        self.bodyParameters = bodyParameters
    }

    /// The main bubble's slots with `bodyParameters` laid over `variables`, as the partner reads them.
    package var mainVariables: OrderedDictionary<String, String> {
        variables.merging(bodyParameters) { _, winner in winner }
    }

    private static func require(_ cards: [CarouselCard]) throws(MessageRequestError) {
        guard !cards.isEmpty else {
            throw MessageRequestError(.empty, field: "carousel.cards", "there is no card; expected 1 to \(maxCards)")
        }
        guard cards.count <= maxCards else {
            let reason = "there are \(cards.count) cards; expected at most \(maxCards)"
            throw MessageRequestError(.tooLong, field: "carousel.cards", reason)
        }
        var seen: Set<Int> = []
        for (position, card) in cards.enumerated() where !seen.insert(card.index).inserted {
            let field = "carousel.cards[\(position)].index"
            throw MessageRequestError(.badIndex, field: field, "the index \(card.index) stands twice; expected it once")
        }
    }
}
