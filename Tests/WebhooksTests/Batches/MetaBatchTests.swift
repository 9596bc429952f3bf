// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import HTTPValues
import TestSupport
import Testing

@testable import Webhooks

/// A request of Meta's, split as its preset splits it.
struct MetaRequest {
    private let source: Source
    private let now = Timestamp(seconds: 1_790_000_000)

    init() throws {
        var settings = SourceSettings(name: "meta", preset: "meta", secrets: [.init("an app secret")])
        settings.handshakeToken = .init("a token")
        source = try Source(settings)
    }

    /// The events of a body.
    func events(_ body: String) throws -> [ReceivedEvent] {
        let bytes = Array(body.utf8)
        let request = InboundRequest(
            method: .post,
            target: source.path,
            headers: source.sign(bytes, now: now).headers,
            body: bytes
        )
        guard case .events(let events) = source.receive(request, now: now) else {
            Issue.record("the body was not taken")
            return []
        }
        return events
    }

    /// What is left of one change's value in each event.
    func values(_ value: String) throws -> [String] {
        try events(Make.metaChange(value)).map { received in
            received.event.payload.root.value["entry"]?[0]?["changes"]?[0]?["value"]?.text() ?? ""
        }
    }
}

@Suite("A request of Meta's with several facts")
struct MetaBatchTests {
    @Test(
        "makes one event of each, with its own contact and nothing of the others",
        arguments: [
            // Two senders, in another order than their contacts.
            (
                #"{"m":1,"contacts":[{"n":"A","wa_id":"1"},{"n":"B","wa_id":"2"}],"messages":[{"id":"x","from":"2"},{"id":"y","from":"1"}]}"#,
                [
                    #"{"m":1,"contacts":[{"n":"B","wa_id":"2"}],"messages":[{"id":"x","from":"2"}]}"#,
                    #"{"m":1,"contacts":[{"n":"A","wa_id":"1"}],"messages":[{"id":"y","from":"1"}]}"#,
                ]
            ),
            // Two messages of one sender.
            (
                #"{"contacts":[{"wa_id":"1"}],"messages":[{"id":"x","from":"1"},{"id":"y","from":"1"}]}"#,
                [
                    #"{"contacts":[{"wa_id":"1"}],"messages":[{"id":"x","from":"1"}]}"#,
                    #"{"contacts":[{"wa_id":"1"}],"messages":[{"id":"y","from":"1"}]}"#,
                ]
            ),
            // A message and statuses of other people: who wrote is in none of theirs.
            (
                #"{"contacts":[{"wa_id":"1"}],"messages":[{"id":"x","from":"1"}],"statuses":[{"id":"s","recipient_id":"2"},{"id":"t","recipient_id":"1"}]}"#,
                [
                    #"{"contacts":[{"wa_id":"1"}],"messages":[{"id":"x","from":"1"}]}"#,
                    #"{"statuses":[{"id":"s","recipient_id":"2"}]}"#,
                    #"{"contacts":[{"wa_id":"1"}],"statuses":[{"id":"t","recipient_id":"1"}]}"#,
                ]
            ),
            // One fact and several contacts: the one that it names.
            (
                #"{"contacts":[{"wa_id":"1"},{"wa_id":"2"}],"messages":[{"from":"2"}]}"#,
                [#"{"contacts":[{"wa_id":"2"}],"messages":[{"from":"2"}]}"#]
            ),
            (
                #"{"contacts":[{"wa_id":"1"},{"wa_id":"2"}],"messages":[{"from":"3"}]}"#,
                [#"{"messages":[{"from":"3"}]}"#]
            ),
            // One fact and one contact belong together, however each writes the number.
            (
                #"{"contacts":[{"wa_id":"5215512345678"}],"messages":[{"from":"525512345678"}]}"#,
                [#"{"contacts":[{"wa_id":"5215512345678"}],"messages":[{"from":"525512345678"}]}"#]
            ),
            // People without a number in it.
            (
                #"{"contacts":[{"user_id":"IN.1"},{"user_id":"IN.2"}],"messages":[{"from_user_id":"IN.2"},{"from_user_id":"IN.1"}]}"#,
                [
                    #"{"contacts":[{"user_id":"IN.2"}],"messages":[{"from_user_id":"IN.2"}]}"#,
                    #"{"contacts":[{"user_id":"IN.1"}],"messages":[{"from_user_id":"IN.1"}]}"#,
                ]
            ),
            // Kinds beside each other, and those that come alone.
            (
                #"{"errors":[{"code":1},{"code":2}],"messages":[{"from":"1"}]}"#,
                [#"{"messages":[{"from":"1"}]}"#, #"{"errors":[{"code":1}]}"#, #"{"errors":[{"code":2}]}"#]
            ),
            (
                #"{"message_echoes":[{"id":"a","to":"1"},{"id":"b","to":"2"}]}"#,
                [#"{"message_echoes":[{"id":"a","to":"1"}]}"#, #"{"message_echoes":[{"id":"b","to":"2"}]}"#]
            ),
            (
                #"{"calls":[{"id":"c","event":"connect"},{"id":"c","event":"terminate"}]}"#,
                [#"{"calls":[{"id":"c","event":"connect"}]}"#, #"{"calls":[{"id":"c","event":"terminate"}]}"#]
            ),
            (
                #"{"contacts":[{"wa_id":"1"},{"wa_id":"2"}],"user_preferences":[{"wa_id":"1","value":"stop"},{"wa_id":"2","value":"stop"}]}"#,
                [
                    #"{"contacts":[{"wa_id":"1"}],"user_preferences":[{"wa_id":"1","value":"stop"}]}"#,
                    #"{"contacts":[{"wa_id":"2"}],"user_preferences":[{"wa_id":"2","value":"stop"}]}"#,
                ]
            ),
            // Nothing to take apart.
            (#"{"event":"APPROVED","message_template_id":7}"#, [#"{"event":"APPROVED","message_template_id":7}"#]),
            (#"{"messages":[{"id":"x"}],"statuses":[]}"#, [#"{"messages":[{"id":"x"}],"statuses":[]}"#]),
            (#"{"messages":[],"statuses":[]}"#, [#"{"messages":[],"statuses":[]}"#]),
            ("7", ["7"]),
        ]
    )
    func facts(value: String, expected: [String]) throws {
        #expect(try MetaRequest().values(value) == expected)
    }

    @Test("has a key of its own for each: a message's id, a status's id and state, in a group the participant too")
    func keys() throws {
        let value = """
            {"messages":[{"id":"w1","timestamp":"1768451400"}],
             "statuses":[{"id":"w2","status":"sent"},{"id":"w2","status":"read"},
              {"id":"w2","status":"read","recipient_participant_id":"91"},{"id":"w2","status":"read","recipient_participant_id":"92"}],
             "message_echoes":[{"id":"w3"}],"calls":[{"id":"c1","event":"connect"}]}
            """
        let events = try MetaRequest().events(Make.metaChange(value))
        #expect(
            events.map(\.dedupeKey) == [
                "meta/message/w1", "meta/status/w2/sent", "meta/status/w2/read", "meta/status/w2/read/91",
                "meta/status/w2/read/92", "meta/echo/w3", "meta/call/c1/connect",
            ]
        )
        #expect(events.map(\.event.senderID) == ["w1", "w2", "w2", "w2", "w2", "w3", "c1"])
        #expect(events.first?.event.time == Timestamp(seconds: 1_768_451_400))
        #expect(Set(events.map(\.event.type)) == ["whatsapp_business_account.messages"])
    }

    @Test("errors and other facts without an id are told apart by their content")
    func unnamed() throws {
        let body =
            #"{"object":"w","entry":[{"id":"1","changes":[{"field":"m","value":{"errors":[{"code":1},{"code":2}]}}]}]}"#
        let first = try MetaRequest().events(body).map(\.dedupeKey)
        #expect(Set(first).count == 2)
        #expect(try MetaRequest().events(body).map(\.dedupeKey) == first)
    }

    @Test("of several entries, changes and messages of Messenger and Instagram each becomes an event")
    func entries() throws {
        let body = """
            {"object":"page","entry":[
              {"id":"1","time":1768451400000,"messaging":[{"sender":{"id":"a"},"message":{"mid":"m1"}},{"sender":{"id":"b"},"message":{"mid":"m2"}}]},
              {"id":"2","changes":[{"field":"leadgen","value":{"leadgen_id":"7"}},{"field":"feed","value":{"item":"like"}}]}]}
            """
        let events = try MetaRequest().events(body)
        #expect(
            events.map { $0.event.payload.root.value["entry"]?.text() } == [
                #"[{"id":"1","time":1768451400000,"messaging":[{"sender":{"id":"a"},"message":{"mid":"m1"}}]}]"#,
                #"[{"id":"1","time":1768451400000,"messaging":[{"sender":{"id":"b"},"message":{"mid":"m2"}}]}]"#,
                #"[{"id":"2","changes":[{"field":"leadgen","value":{"leadgen_id":"7"}}]}]"#,
                #"[{"id":"2","changes":[{"field":"feed","value":{"item":"like"}}]}]"#,
            ]
        )
        #expect(events.map(\.event.senderID) == ["m1", "m2", nil, nil])
        #expect(events.map(\.event.type) == ["page", "page", "page.leadgen", "page.feed"])
        #expect(Set(events.map(\.dedupeKey)).count == 4)
    }
}
