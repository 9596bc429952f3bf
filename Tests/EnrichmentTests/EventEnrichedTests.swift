// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Enrichment
import Events
import HTTPTypes
import Testing

@Suite("An event with what was fetched")
struct EventEnrichedTests {
    @Test("has it at 'enriched', and everything else as it was")
    func added() throws {
        let event = try TestEvent.make(
            body: #"{"id": 1.50, "name": "Söhne"}"#,
            headers: [.contentType: "application/json"]
        )
        let enriched = try event.adding(enriched: ["total": .number(#require(JSONNumber("10.00")))])
        #expect(
            String(decoding: enriched.payload.bytes, as: UTF8.self)
                == #"{"id":1.50,"name":"Söhne","enriched":{"total":10.00}}"#
        )
        #expect(enriched.rawBody == event.rawBody)
        #expect(enriched.id == event.id)
        #expect(enriched.source == event.source)
        #expect(enriched.type == event.type)
        #expect(enriched.senderID == event.senderID)
        #expect(enriched.time == event.time)
        #expect(enriched.receivedAt == event.receivedAt)
        #expect(enriched.headers == event.headers)
    }

    @Test("does not believe a field of that name that the sender has put there")
    func replaced() throws {
        let event = try TestEvent.make(body: #"{"enriched": {"paid": true}, "id": 1, "enriched": 2}"#)
        let enriched = try event.adding(enriched: nil)
        #expect(enriched.payload.root.value == ["enriched": nil, "id": 1])
    }

    @Test("needs an object to stand in", arguments: ["[1]", "7", #""text""#, "null"])
    func noObject(body: String) throws {
        let event = try TestEvent.make(body: body)
        let error = #expect(throws: LookUpFailure.self) { try event.adding(enriched: 1) }
        #expect(error?.isFinal == true)
        #expect(error?.reason.contains("no object") == true)
    }

    @Test("does not nest deeper than payloads may")
    func depth() throws {
        var value: JSON = 1
        for _ in 0..<600 { value = [value] }
        let event = try TestEvent.make()
        let error = #expect(throws: LookUpFailure.self) { try event.adding(enriched: value) }
        #expect(error?.isFinal == true)
    }
}
