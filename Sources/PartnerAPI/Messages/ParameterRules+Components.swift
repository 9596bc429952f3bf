// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import OrderedCollections

// The shape of `templateComponents`, as far as every template shares it; the template itself is compared in
// `MessageTemplate.check(_:)`.

extension ParameterRules {
    static func requireComponents(_ components: [JSON]) throws(MessageRequestError) {
        guard !components.isEmpty else {
            throw MessageRequestError(.empty, field: "templateComponents", "the list is empty; expected components")
        }
        try requireComponents(components, field: "templateComponents", insideCard: false)
    }

    private static func requireComponents(
        _ components: [JSON],
        field: String,
        insideCard: Bool
    ) throws(MessageRequestError) {
        for (position, component) in components.enumerated() {
            let field = "\(field)[\(position)]"
            guard case .object(let members) = component else {
                throw MessageRequestError(.wrongType, field: field, "found \(component.typeName); expected an object")
            }
            guard let type = members["type"]?.string?.lowercased() else {
                throw MessageRequestError(.missingField, field: "\(field).type", "expected the component's type")
            }
            // A type that is newer than this list passes: Meta adds some every year, and knows best.
            guard !type.isEmpty, !(insideCard && type == "carousel") else {
                let reason = "this is no component's type here; expected header, body or button"
                throw MessageRequestError(.unknownValue, field: "\(field).type", reason)
            }
            if type == "carousel" {
                try requireCards(members["cards"], field: "\(field).cards")
            } else {
                try requireParameters(members["parameters"], field: "\(field).parameters")
            }
        }
    }

    private static func requireCards(_ cards: JSON?, field: String) throws(MessageRequestError) {
        guard let cards = cards?.array, (1...Carousel.maxCards).contains(cards.count) else {
            let reason = "expected a list of 1 to \(Carousel.maxCards) cards"
            throw MessageRequestError(.wrongType, field: field, reason)
        }
        var seen: Set<Int> = []
        for (position, card) in cards.enumerated() {
            let field = "\(field)[\(position)]"
            let index = card["card_index"]?.number?.int
            guard let index, (0..<Carousel.maxCards).contains(index), seen.insert(index).inserted else {
                let reason = "expected an index from 0 to \(Carousel.maxCards - 1), each once"
                throw MessageRequestError(.badIndex, field: "\(field).card_index", reason)
            }
            guard let components = card["components"]?.array else {
                throw MessageRequestError(.wrongType, field: "\(field).components", "expected a list of components")
            }
            try requireComponents(components, field: "\(field).components", insideCard: true)
        }
    }

    private static func requireParameters(_ parameters: JSON?, field: String) throws(MessageRequestError) {
        guard let parameters, parameters != .null else { return }
        guard let list = parameters.array else {
            throw MessageRequestError(.wrongType, field: field, "found \(parameters.typeName); expected a list")
        }
        for (position, parameter) in list.enumerated() {
            let field = "\(field)[\(position)]"
            guard case .object(let members) = parameter else {
                throw MessageRequestError(.wrongType, field: field, "found \(parameter.typeName); expected an object")
            }
            guard let type = members["type"]?.string?.lowercased() else {
                throw MessageRequestError(.missingField, field: "\(field).type", "expected the parameter's type")
            }
            try requireParameter(members, type: type, field: field)
        }
    }

    private static func requireParameter(
        _ members: OrderedDictionary<String, JSON>,
        type: String,
        field: String
    ) throws(MessageRequestError) {
        switch type {
        case "text":
            guard let text = members["text"]?.string else {
                throw MessageRequestError(.missingField, field: "\(field).text", "expected a text")
            }
            try requireParameter(text, field: "\(field).text")
        case "image", "video", "document":
            guard let media = members[type]?.object else {
                throw MessageRequestError(.missingField, field: "\(field).\(type)", "expected the media's id or link")
            }
            if let id = media["id"] {
                try requireMediaID(id.string ?? "", field: "\(field).\(type).id")
            } else if media["link"]?.string?.isEmpty ?? true {
                throw MessageRequestError(.missingField, field: "\(field).\(type)", "expected the media's id or link")
            }
        default:
            break
        }
    }
}
