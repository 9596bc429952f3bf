// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections
internal import PartnerAPI

/// Translates requests of the partner's API into messages of the WhatsApp Cloud API, which the partner speaks behind it.
///
/// - SeeAlso: [Cloud API messages](https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages)
struct CloudMessage {
    let request: MessageRequest
    /// Where it goes to, whether the request named a number or a contact.
    let recipient: PhoneNumberDigits
    /// The workspace's templates.
    let catalogue: TemplateCatalogue

    /// The body of `POST /{phone-number-id}/messages`.
    var json: JSON {
        var message: OrderedDictionary<String, JSON> = [
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": .string(recipient.digits),
            "type": .string(request.typeName),
        ]
        switch request.content {
        case .text(let text): message["text"] = ["preview_url": false, "body": .string(text)]
        case .template(let template): message["template"] = json(template)
        case .interactive(let content): message["interactive"] = .object(Self.interactive(content.object))
        }
        return .object(message)
    }

    private func json(_ message: TemplateMessage) -> JSON {
        let choice = catalogue.choose(message.name, languages: message.language.map { [$0] } ?? [])
        guard case .found(let template) = choice else {
            return ["name": .string(message.name), "language": ["code": .string(message.language ?? "")]]
        }
        return [
            "name": .string(template.name), "language": ["code": .string(template.language)],
            "components": components(message, template),
        ]
    }

    private func components(_ message: TemplateMessage, _ template: MessageTemplate) -> JSON {
        // The advanced form is the Cloud API's already, and may hold what no template of ours describes.
        if case .components(let components) = message.payload { return .array(components) }
        return TemplateArguments(message, for: template).cloudComponents(for: template)
    }

    /// The partner takes buttons and texts plainly; the Cloud API wants them in `action` and in objects.
    private static func interactive(_ object: OrderedDictionary<String, JSON>) -> OrderedDictionary<String, JSON> {
        var message = object
        for part in ["body", "footer"] {
            if let text = object[part]?.string { message[part] = ["text": .string(text)] }
        }
        if let text = object["header"]?.string { message["header"] = ["type": "text", "text": .string(text)] }
        guard object["action"] == nil else { return message }
        var action: OrderedDictionary<String, JSON> = [:]
        if case .string(let text)? = message.removeValue(forKey: "button") { action["button"] = .string(text) }
        if let sections = message.removeValue(forKey: "sections") { action["sections"] = sections }
        if let buttons = message.removeValue(forKey: "buttons")?.array {
            action["buttons"] = .array(buttons.enumerated().map { button($1, position: $0) })
        }
        message["action"] = .object(action)
        return message
    }

    private static func button(_ button: JSON, position: Int) -> JSON {
        guard button["reply"] == nil else { return button }
        let title = button.string ?? button["title"]?.string ?? button["text"]?.string
        guard let title else { return button }
        let id = button["id"]?.string ?? "button_\(position)"
        return ["type": "reply", "reply": ["id": .string(id), "title": .string(title)]]
    }
}
