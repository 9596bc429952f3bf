// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import OrderedCollections

/// An approved template, chosen by name, with what fills its gaps.
package struct TemplateMessage: Hashable, Sendable {
    /// What fills the gaps, in one of the API's three forms.
    package enum Payload: Hashable, Sendable {
        /// `templateVariables`: slots `1`, `2`, …, and `c0_1` for slot 1 of card 0; empty for a template without gaps.
        case variables(OrderedDictionary<String, String>)
        /// `templateComponents`: the components of the WhatsApp Cloud API.
        case components([JSON])
        /// `carousel` beside the variables of the main bubble.
        case carousel(Carousel)
    }

    /// The most characters of a template's name (Meta's limit).
    package static let maxNameLength = 512

    /// The template's name.
    package let name: String
    /// A locale code such as `en` or `en_US`, which narrows the match; `nil` leaves the choice to the partner.
    package let language: String?
    /// What fills the gaps.
    package let payload: Payload

    /// Puts a template message together.
    ///
    /// - Parameters:
    ///   - name: The template's name.
    ///   - language: A locale code such as `en_US`.
    ///   - payload: What fills the gaps.
    /// - Throws: `MessageRequestError` for the first rule of the API that is broken.
    package init(
        name: String,
        language: String? = nil,
        payload: Payload = .variables([:])
    ) throws(MessageRequestError) {
        try ParameterRules.requireText(name, field: "templateName")
        try ParameterRules.requireLength(name, atMost: Self.maxNameLength, field: "templateName")
        if let language { try Self.requireLocale(language) }
        switch payload {
        case .variables(let variables):
            try ParameterRules.requireSlots(variables, field: "templateVariables", allowsCards: true)
        case .components(let components):
            try ParameterRules.requireComponents(components)
        case .carousel:
            break
        }
        self.name = name
        self.language = language
        self.payload = payload
    }

    private static func requireLocale(_ language: String) throws(MessageRequestError) {
        let isLocale = language.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        }
        guard isLocale, (2...16).contains(language.utf8.count) else {
            throw MessageRequestError(
                .unknownValue,
                field: "templateLanguage",
                "this is no locale code; expected one such as 'en' or 'en_US'"
            )
        }
    }
}
