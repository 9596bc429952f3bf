// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import OrderedCollections

/// One card of a structured carousel.
package struct CarouselCard: Hashable, Sendable {
    /// What fills the gap of a button's address.
    package struct ButtonValue: Hashable, Sendable {
        /// The button's position on the card, from 0.
        package let index: Int
        /// What is put into the address; it leaves as a text parameter of a `url` button.
        package let text: String

        /// The value of one button.
        ///
        /// - Parameters:
        ///   - index: The button's position on the card, from 0.
        ///   - text: What is put into the address.
        package init(index: Int, text: String) {
            self.index = index
            self.text = text
        }
    }

    /// The picture or film on top of a card.
    package struct Header: Hashable, Sendable {
        /// What the media id stands for: `image` as the API is published, `video` as Meta allows beside it.
        package enum Format: String, Hashable, Sendable, CaseIterable {
            /// A picture.
            case image
            /// A film.
            case video
        }

        /// What the media id stands for.
        package let format: Format
        /// The id that WhatsApp gave out for an upload.
        package let id: String

        /// The media of one card.
        ///
        /// - Parameters:
        ///   - format: What the media id stands for.
        ///   - id: The id that WhatsApp gave out for an upload.
        package init(format: Format = .image, id: String) {
            self.format = format
            self.id = id
        }
    }

    /// The card's position in the carousel, from 0.
    package let index: Int
    /// The body's gaps: by slot (`1`, `2`, …), or by name, and then the order of the keys is the order of the slots.
    package let bodyValues: OrderedDictionary<String, String>
    /// The gaps of the buttons.
    package let buttonValues: [ButtonValue]
    /// The picture or film; `nil` leaves the template's own.
    package let header: Header?

    /// Puts a card together.
    ///
    /// - Parameters:
    ///   - index: The card's position in the carousel, 0 to 9.
    ///   - bodyValues: The body's gaps, all by slot or all by name.
    ///   - buttonValues: The gaps of the buttons, each index once.
    ///   - header: The picture or film.
    ///   - field: The card's field, to begin the names of fields in errors with.
    /// - Throws: `MessageRequestError` for the first rule that is broken.
    package init(
        index: Int,
        bodyValues: OrderedDictionary<String, String>,
        buttonValues: [ButtonValue] = [],
        header: Header? = nil,
        field: String = "carousel.cards[]"
    ) throws(MessageRequestError) {
        guard (0..<Carousel.maxCards).contains(index) else {
            let reason = "the index is \(index); expected 0 to \(Carousel.maxCards - 1)"
            throw MessageRequestError(.badIndex, field: "\(field).index", reason)
        }
        try ParameterRules.requireCardBody(bodyValues, field: "\(field).bodyValues")
        try Self.require(buttonValues, field: "\(field).buttonValues")
        if let header { try ParameterRules.requireMediaID(header.id, field: "\(field).header.id") }
        self.index = index
        self.bodyValues = bodyValues
        self.buttonValues = buttonValues
        self.header = header
    }

    /// The body's values in the order of the template's slots.
    package var bodyInSlotOrder: [String] {
        let bySlot = bodyValues.compactMap { key, value in Slot(key).map { ($0.number, value) } }
        guard bySlot.count == bodyValues.count else { return Array(bodyValues.values) }
        return bySlot.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private static func require(_ values: [ButtonValue], field: String) throws(MessageRequestError) {
        var seen: Set<Int> = []
        for (position, value) in values.enumerated() {
            guard (0..<10).contains(value.index), seen.insert(value.index).inserted else {
                let reason = "the index \(value.index) is out of range or stands twice; expected 0 to 9, each once"
                throw MessageRequestError(.badIndex, field: "\(field)[\(position)].index", reason)
            }
            try ParameterRules.requireParameter(value.text, field: "\(field)[\(position)].parameters.text")
        }
    }
}
