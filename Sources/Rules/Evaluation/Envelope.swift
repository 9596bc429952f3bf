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

    /// A pattern with the event types as a condition.
    static func pattern(of condition: EventCondition) -> EventPattern {
        var envelope: OrderedDictionary<String, JSON> = ["type": .array(condition.events.map(\.alternative))]
        if let headers = condition.headers { envelope["headers"] = headers }
        do {
            return try EventPattern(payload: condition.match, envelope: .object(envelope))
        } catch {
            preconditionFailure("both parts of the pattern were compiled when its file was read")
        }
    }
}
