// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Enrichment
import Events
import HTTPTypes
import TestSupport

/// Events of a shop and the look-up of an order, of which a test says only what matters to it.
enum TestEvent {
    static let body = #"{"scope": "store/order/created", "data": {"id": 250, "phone": "+919812345670"}}"#

    static func make(
        type: String = "store/order/created",
        at time: Timestamp = TestClock().now,
        body: String = body,
        headers: HTTPFields = [:]
    ) throws -> Event {
        let bytes = Array(body.utf8)
        return Event(
            id: EventID(at: time),
            source: "shop",
            type: type,
            senderID: "msg_1",
            receivedAt: time,
            headers: headers,
            rawBody: bytes,
            payload: try JSONDocument(bytes)
        )
    }

    static func step(
        name: String? = nil,
        url: String = "https://api.example.com/orders/{{ data.id }}",
        headers: [(String, String)] = [],
        events: [String] = [],
        hosts: [String] = [],
        timeout: String? = nil,
        cache: String? = nil
    ) -> EnrichmentStepSettings {
        EnrichmentStepSettings(
            name: name,
            url: url,
            headers: headers.map(EnrichmentStepSettings.Header.init),
            events: events,
            hosts: hosts,
            timeout: timeout,
            cache: cache
        )
    }
}
