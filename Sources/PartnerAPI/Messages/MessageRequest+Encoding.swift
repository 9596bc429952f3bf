// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import OrderedCollections

extension MessageRequest {
    /// The body of `POST /messages/send`, in the key order of the API's own examples.
    ///
    /// - Returns: An object; named `bodyValues` keep their order, which tells the partner their slots.
    package func json() -> JSON {
        var body: OrderedDictionary<String, JSON> = ["type": .string(typeName)]
        switch recipient {
        case .phone(let number): body["phone"] = .string(number.digits)
        case .contact(let id): body["contactId"] = .string(id)
        }
        if let phoneNumberID { body["phoneNumberId"] = .string(phoneNumberID) }
        switch content {
        case .text(let text): body["content"] = .string(text)
        case .template(let template): template.write(to: &body)
        case .interactive(let content): body["content"] = .string(content.text)
        }
        return .object(body)
    }

    /// The body of `POST /messages/send` as bytes.
    ///
    /// - Returns: Compact JSON in UTF-8; the same request gives the same bytes.
    package func encoded() -> [UInt8] {
        json().encoded()
    }

    /// The API's name of the message type: `text`, `template` or `interactive`.
    package var typeName: String {
        switch content {
        case .text: "text"
        case .template: "template"
        case .interactive: "interactive"
        }
    }
}

extension TemplateMessage {
    func write(to body: inout OrderedDictionary<String, JSON>) {
        body["templateName"] = .string(name)
        if let language { body["templateLanguage"] = .string(language) }
        switch payload {
        case .variables(let variables):
            if !variables.isEmpty { body["templateVariables"] = variables.json }
        case .components(let components):
            body["templateComponents"] = .array(components)
        case .carousel(let carousel):
            if !carousel.variables.isEmpty { body["templateVariables"] = carousel.variables.json }
            body["carousel"] = ["cards": .array(carousel.cards.map { $0.json() })]
            if !carousel.bodyParameters.isEmpty { body["bodyParameters"] = carousel.bodyParameters.json }
        }
    }
}

extension CarouselCard {
    func json() -> JSON {
        var card: OrderedDictionary<String, JSON> = [
            "index": .number(JSONNumber(index)), "bodyValues": bodyValues.json,
        ]
        if !buttonValues.isEmpty {
            card["buttonValues"] = .array(
                buttonValues.map { value in
                    [
                        "index": .number(JSONNumber(value.index)), "sub_type": "url",
                        "parameters": ["type": "text", "text": .string(value.text)],
                    ]
                }
            )
        }
        if let header { card["header"] = ["format": .string(header.format.rawValue), "id": .string(header.id)] }
        return .object(card)
    }
}

extension OrderedDictionary<String, String> {
    /// The map as a JSON object of strings, in its order.
    var json: JSON { .object(mapValues { JSON.string($0) }) }
}

/// A message's request as it is kept and sent: the body of `POST /messages/send`, rendered once.
///
/// What the outbox stores are the bytes that the partner gets; nothing on the way reads them. Only whoever shows a
/// message reads them back, see ``message``.
package struct RenderedRequest: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The body: compact JSON in UTF-8.
    package let body: [UInt8]

    /// Renders a request; the same request gives the same bytes.
    ///
    /// - Parameter request: What to send, to whom.
    package init(_ request: MessageRequest) {
        body = request.encoded()
    }

    /// Takes over what was rendered before.
    ///
    /// - Parameter body: The bytes as they were kept; they are not looked at.
    package init(kept body: [UInt8]) {
        self.body = body
    }

    /// The same as text.
    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The request that the bytes tell, for people; `nil` when this build does not read them.
    package var message: MessageRequest? {
        (try? JSON(parsing: body)).flatMap { try? MessageRequest(json: $0) }
    }

    /// The length alone: the bytes hold a phone number.
    package var description: String { "a request of \(body.count) bytes" }

    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
