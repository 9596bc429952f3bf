// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

// The partner does not publish the record's fields; this reads Meta's shape and forgives what it can.

extension MessageTemplate {
    /// Reads a record of `GET /templates`.
    ///
    /// Unknown members and component types are skipped. A record without status counts as approved, because the
    /// API lists approved templates.
    ///
    /// - Parameter record: The record; `nil` comes back when name or language is missing.
    package init?(_ record: JSON) {
        guard let name = record["name"]?.string, !name.isEmpty, let language = Self.language(of: record) else {
            return nil
        }
        let components = record["components"]?.array ?? []
        let carousel = components.first { $0.componentType == "CAROUSEL" }
        id = record["id"].flatMap { $0.string ?? $0.number?.text }
        self.name = name
        self.language = language
        status = record["status"]?.string.map(Status.init) ?? .approved
        category = record["category"]?.string?.uppercased()
        bubble = Parts(components)
        cards = (carousel?["cards"]?.array ?? []).map { Parts($0["components"]?.array ?? []) }
        self.record = record
    }

    private static func language(of record: JSON) -> String? {
        let language = record["language"]?.string ?? record["language"]?["code"]?.string
        guard let language, !language.isEmpty else { return nil }
        return language
    }
}

extension MessageTemplate.Parts {
    init(_ components: [JSON]) {
        var header: MessageTemplate.Header?
        var body: TemplateText?
        var footer: String?
        var buttons: [MessageTemplate.Button] = []
        for component in components {
            switch component.componentType {
            case "HEADER": header = MessageTemplate.Header(component)
            case "BODY": body = component["text"]?.string.map(TemplateText.init)
            case "FOOTER": footer = component["text"]?.string
            case "BUTTONS": buttons += (component["buttons"]?.array ?? []).map(MessageTemplate.Button.init)
            default: break
            }
        }
        self.init(header: header, body: body, footer: footer, buttons: buttons)
    }
}

extension MessageTemplate.Header {
    init(_ component: JSON) {
        let text = component["text"]?.string
        switch component["format"]?.string?.uppercased() ?? (text == nil ? "" : "TEXT") {
        case "TEXT": self = .text(TemplateText(text ?? ""))
        case "IMAGE": self = .media("image")
        case "VIDEO": self = .media("video")
        case "DOCUMENT": self = .media("document")
        case "LOCATION": self = .location
        case let other: self = .other(other)
        }
    }
}

extension MessageTemplate.Button {
    init(_ button: JSON) {
        let action: Action =
            switch button.componentType {
            case "URL": .url(TemplateText(button["url"]?.string ?? ""))
            case "PHONE_NUMBER": .phone(button["phone_number"]?.string ?? "")
            case "QUICK_REPLY": .quickReply
            case "COPY_CODE": .copyCode
            case let other: .other(other)
            }
        self.init(text: button["text"]?.string ?? "", action: action)
    }
}

extension JSON {
    /// The member `type` in upper case; empty when there is none.
    fileprivate var componentType: String { self["type"]?.string?.uppercased() ?? "" }
}
