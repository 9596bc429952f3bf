// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import Events
import OrderedCollections

/// The small document beside the payload in which patterns find the event's type and headers.
enum Envelope {
    /// The document of an event: `{"type": "…", "headers": {"name": "value"}}`, names in lower case.
    static func document(_ event: Event) -> JSONDocument? {
        let headers = event.headerValues.mapValues(JSON.string)
        let json: JSON = ["type": .string(event.type), "headers": .object(headers)]
        return try? JSONDocument(json.encoded())
    }

    /// A rule's pattern with its event types as a condition.
    static func pattern(of rule: Rule) -> EventPattern {
        var envelope: OrderedDictionary<String, JSON> = ["type": .array(rule.events.map(\.alternative))]
        if let headers = rule.headers { envelope["headers"] = headers }
        do {
            return try EventPattern(payload: rule.match, envelope: .object(envelope))
        } catch {
            preconditionFailure("both parts of the pattern of '\(rule.name)' were compiled when its file was read")
        }
    }
}
