// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import OrderedCollections

// Reads a body of `POST /messages/send` back: from the outbox's own rows, and from callers of the sandbox and
// of the durable front, who must learn at once what is wrong. Unknown members are skipped, as the API does;
// `null` counts as absent.

extension MessageRequest {
    /// Reads a body of `POST /messages/send`.
    ///
    /// - Parameter json: The parsed body.
    /// - Throws: `MessageRequestError` with the field of the first mistake.
    package init(json: JSON) throws(MessageRequestError) {
        let body = try RequestFields(json, path: "")
        try self.init(
            recipient: Self.recipient(body),
            phoneNumberID: body.string("phoneNumberId"),
            content: Self.content(body)
        )
    }

    private static func recipient(_ body: RequestFields) throws(MessageRequestError) -> Recipient {
        switch (try body.string("phone"), try body.string("contactId")) {
        case (let phone?, nil): return .phone(try PhoneNumberDigits(phone))
        case (nil, let contact?): return .contact(contact)
        case (nil, nil):
            throw MessageRequestError(.missingRecipient, field: "phone", "expected one of 'phone' and 'contactId'")
        case (_?, _?):
            let reason = "'phone' stands beside 'contactId'; expected exactly one of them"
            throw MessageRequestError(.twoRecipients, field: "contactId", reason)
        }
    }

    private static func content(_ body: RequestFields) throws(MessageRequestError) -> Content {
        switch try body.required("type") {
        case "text": return .text(try body.required("content"))
        case "template": return .template(try TemplateMessage(body))
        case "interactive": return .interactive(try interactive(body))
        default:
            let reason = "this type is unknown; expected 'text', 'template' or 'interactive'"
            throw MessageRequestError(.unknownType, field: "type", reason)
        }
    }

    private static func interactive(
        _ body: RequestFields
    ) throws(MessageRequestError) -> InteractiveContent {
        let found: String
        switch body["content"] {
        case nil: throw MessageRequestError(.missingField, field: "content", "expected a JSON string with an object")
        case .string(let text)?:
            do {
                let value = try JSON(parsing: text)
                if let object = value.object { return InteractiveContent(object, as: text) }
                found = "found a string with \(value.typeName) in it"
            } catch {
                found = "the string is no JSON (\(error))"
            }
        case let other?: found = "found \(other.typeName)"
        }
        throw MessageRequestError(.badInteractive, field: "content", "\(found); expected a JSON string with an object")
    }
}

extension TemplateMessage {
    init(_ body: RequestFields) throws(MessageRequestError) {
        try self.init(
            name: body.required("templateName"),
            language: body.string("templateLanguage"),
            payload: Self.payload(body)
        )
    }

    private static func payload(_ body: RequestFields) throws(MessageRequestError) -> Payload {
        let variables = try body.strings("templateVariables")
        let parameters = try body.strings("bodyParameters")
        let carousel = try body.object("carousel")
        if let components = try body.array("templateComponents") {
            let other = variables != nil ? "templateVariables" : carousel != nil ? "carousel" : nil
            guard let other = other ?? (parameters != nil ? "bodyParameters" : nil) else {
                return .components(components)
            }
            let reason = "'templateComponents' stands beside '\(other)'; expected one of them"
            throw MessageRequestError(.conflictingPayload, field: "templateComponents", reason)
        }
        guard let carousel else {
            guard parameters == nil else {
                let reason = "expected it beside 'carousel' only; use 'templateVariables'"
                throw MessageRequestError(.conflictingPayload, field: "bodyParameters", reason)
            }
            return .variables(variables ?? [:])
        }
        var cards: [CarouselCard] = []
        for card in try carousel.objects("cards") { cards.append(try CarouselCard(card)) }
        return .carousel(try Carousel(variables: variables ?? [:], cards: cards, bodyParameters: parameters ?? [:]))
    }
}

extension CarouselCard {
    init(_ card: RequestFields) throws(MessageRequestError) {
        var buttons: [ButtonValue] = []
        if card["buttonValues"] != nil {
            for button in try card.objects("buttonValues") { buttons.append(try Self.button(button)) }
        }
        try self.init(
            index: card.requiredIndex("index"),
            bodyValues: card.strings("bodyValues") ?? [:],
            buttonValues: buttons,
            header: Self.header(card),
            field: card.path
        )
    }

    private static func button(_ button: RequestFields) throws(MessageRequestError) -> ButtonValue {
        let index = try button.requiredIndex("index")
        try button.require("sub_type", oneOf: ["url"])
        guard let parameters = try button.object("parameters") else {
            throw MessageRequestError(.missingField, field: button.name("parameters"), "expected an object")
        }
        try parameters.require("type", oneOf: ["text"])
        return ButtonValue(index: index, text: try parameters.required("text"))
    }

    private static func header(_ card: RequestFields) throws(MessageRequestError) -> Header? {
        guard let header = try card.object("header") else { return nil }
        let formats = Header.Format.allCases.map(\.rawValue)
        let name = try header.require("format", oneOf: formats)
        guard let format = Header.Format(rawValue: name) else { return nil }
        return Header(format: format, id: try header.required("id"))
    }
}
