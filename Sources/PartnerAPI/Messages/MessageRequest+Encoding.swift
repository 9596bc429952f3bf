// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import OrderedCollections

extension MessageRequest {
    /// The body of `POST /messages/send`, in the key order of the API's own examples.
    ///
    /// - Returns: An object; named `bodyValues` keep their order, which tells the partner their slots.
    package func json() -> JSON {
        var body: OrderedDictionary<String, JSON> = [:]
        write(to: &body)
        return .object(body)
    }

    /// The body of `POST /messages/send` as bytes.
    ///
    /// - Returns: Compact JSON in UTF-8; the same request gives the same bytes.
    package func encoded() -> [UInt8] {
        var text = JSONText(reserving: 256)
        text.object { write(to: &$0) }
        return text.bytes
    }

    private func write(to body: inout some RequestMembers) {
        body.put("type", typeName)
        switch recipient {
        case .phone(let number): body.put("phone", number.digits)
        case .contact(let id): body.put("contactId", id)
        }
        if let phoneNumberID { body.put("phoneNumberId", phoneNumberID) }
        switch content {
        case .text(let text): body.put("content", text)
        case .template(let template): template.write(to: &body)
        case .interactive(let content): body.put("content", content.text)
        }
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
    fileprivate func write(to body: inout some RequestMembers) {
        body.put("templateName", name)
        if let language { body.put("templateLanguage", language) }
        switch payload {
        case .variables(let variables):
            if !variables.isEmpty { body.put("templateVariables", variables) }
        case .components(let components):
            body.put("templateComponents", .array(components))
        case .carousel(let carousel):
            if !carousel.variables.isEmpty { body.put("templateVariables", carousel.variables) }
            body.put("carousel", ["cards": .array(carousel.cards.map { $0.json() })])
            if !carousel.bodyParameters.isEmpty { body.put("bodyParameters", carousel.bodyParameters) }
        }
    }
}

/// Takes the members of a request in their order: a value that is looked at, or the text that leaves.
private protocol RequestMembers {
    mutating func put(_ name: String, _ text: String)
    mutating func put(_ name: String, _ texts: OrderedDictionary<String, String>)
    mutating func put(_ name: String, _ value: JSON)
}

extension OrderedDictionary: RequestMembers where Key == String, Value == JSON {
    fileprivate mutating func put(_ name: String, _ text: String) { self[name] = .string(text) }
    fileprivate mutating func put(_ name: String, _ texts: OrderedDictionary<String, String>) {
        self[name] = texts.json
    }
    fileprivate mutating func put(_ name: String, _ value: JSON) { self[name] = value }
}

extension JSONText: RequestMembers {
    fileprivate mutating func put(_ name: String, _ text: String) {
        key(name)
        string(text)
    }

    fileprivate mutating func put(_ name: String, _ texts: OrderedDictionary<String, String>) {
        key(name)
        object { for (name, text) in texts { $0.put(name, text) } }
    }

    fileprivate mutating func put(_ name: String, _ value: JSON) {
        key(name)
        self.value(value)
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

    /// The partner's id of the number that sends it; `nil` for the account's active one.
    ///
    /// Bytes that name none are not parsed.
    package var phoneNumberID: String? {
        guard body.firstRange(of: Self.numberKey) != nil else { return nil }
        return (try? JSON(parsing: body))?["phoneNumberId"]?.string
    }

    private static let numberKey = Array("\"phoneNumberId\":".utf8)

    /// The request that the bytes tell, for people; `nil` when this build does not read them.
    package var message: MessageRequest? {
        (try? JSON(parsing: body)).flatMap { try? MessageRequest(json: $0) }
    }

    /// The length alone: the bytes hold a phone number.
    package var description: String { "a request of \(body.count) bytes" }

    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
