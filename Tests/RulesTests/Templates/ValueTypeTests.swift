// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@testable import Rules

/// What type a value has in `components` and `interactive`.
@Suite("Values inside components and interactive messages")
struct ValueTypeTests {
    private let body =
        #"{"phone": "9845061237", "amount": 1499000, "at": 1769999999000, "lat": 12.970, "flag": true, "id": 100000000000000001, "blank": "\u2800"}"#

    private func request(_ send: String) throws -> JSON {
        let rules = try Shop.rules(#"  - {name: a, to: "{{ phone }}", send: \#(send)}"#)
        let event = try Shop.event("x", body)
        let reasons = Shop.reasons(rules, event)
        guard reasons.isEmpty else { return .string(reasons.joined()) }
        return try JSON(parsing: try #require(Shop.requests(rules, event).first))
    }

    private func parameter(_ parameter: String) throws -> String? {
        let send = "{template: t, components: [{type: body, parameters: [\(parameter)]}]}"
        return try request(send)["templateComponents"]?[0]?["parameters"]?[0]?.text()
    }

    @Test(
        "a lone output keeps its number or truth value where the Cloud API takes one",
        arguments: [
            (
                #"{type: currency, currency: {fallback_value: "{{ amount }}", code: INR, amount_1000: "{{ amount }}"}}"#,
                #"{"type":"currency","currency":{"fallback_value":"1499000","code":"INR","amount_1000":1499000}}"#
            ),
            (
                #"{type: limited_time_offer, limited_time_offer: {expiration_time_ms: "{{ at }}"}}"#,
                #"{"type":"limited_time_offer","limited_time_offer":{"expiration_time_ms":1769999999000}}"#
            ),
            (
                #"{type: location, location: {latitude: "{{ lat }}", longitude: 77.590, name: 5}}"#,
                #"{"type":"location","location":{"latitude":12.970,"longitude":77.590,"name":"5"}}"#
            ),
            (
                #"{type: x, x: {on: "{{ flag }}", text: "a{{ flag }}", n: "{{ amount }} "}}"#,
                #"{"type":"x","x":{"on":true,"text":"atrue","n":"1499000 "}}"#
            ),
        ]
    )
    func kept(written: String, sent: String) throws {
        #expect(try parameter(written) == sent)
    }

    @Test(
        "digits without quotes stay as they were written where a text is wanted",
        arguments: [
            ("{type: text, text: 1499}", #"{"type":"text","text":"1499"}"#),
            ("{type: text, text: 007}", #"{"type":"text","text":"007"}"#),
            ("{type: text, text: 1.50}", #"{"type":"text","text":"1.50"}"#),
            ("{type: image, image: {id: 1000000000000001}}", #"{"type":"image","image":{"id":"1000000000000001"}}"#),
            (#"{type: image, image: {id: "{{ id }}"}}"#, #"{"type":"image","image":{"id":"100000000000000001"}}"#),
            ("{type: payload, payload: 12}", #"{"type":"payload","payload":"12"}"#),
            ("{type: coupon_code, coupon_code: 0050}", #"{"type":"coupon_code","coupon_code":"0050"}"#),
        ]
    )
    func digits(written: String, sent: String) throws {
        #expect(try parameter(written) == sent)
    }

    @Test("interactive messages go by the same table")
    func interactive() throws {
        let send =
            #"{interactive: {type: list, body: "{{ amount }}", price: "{{ amount }}", buttons: [{id: 1, title: 2}, 3], catalog_id: 9}}"#
        #expect(
            try request(send)["content"]?.string
                == #"{"type":"list","body":"1499000","price":1499000,"buttons":[{"id":"1","title":"2"},"3"],"catalog_id":"9"}"#
        )
    }

    @Test("an interactive text that shows nothing refuses the message")
    func invisible() throws {
        #expect(
            try request(#"{interactive: {type: button, body: "{{ blank }}"}}"#)
                == "empty_parameter: a text of the interactive message is empty"
        )
    }
}
