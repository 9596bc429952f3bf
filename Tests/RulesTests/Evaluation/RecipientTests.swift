// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import PartnerAPI
import Testing

@testable import Rules

/// Who gets a message, in all forms of `to`.
@Suite struct RecipientTests {
    private func recipients(_ to: String, _ body: String, defaults: String = "{country: IN}", country: String? = nil)
        throws -> [String]
    {
        let rules = try Shop.rules("  - {name: a, to: \(to), send: {text: hi}}", defaults: defaults)
        let event = try Shop.event("x", body)
        return rules.evaluate(event, in: Shop.context(country: country)).results.map { result in
            switch result {
            case .planned(let message):
                message.request.json()["phone"]?.string ?? message.request.json()["contactId"]?.string ?? ""
            case .collected(let item): Fact.name(of: item.recipient)
            case .refused(let message): "\(message.refusal.code.rawValue): \(message.refusal.reason)"
            }
        }
    }

    @Test("one number, with the country of the file")
    func one() throws {
        #expect(try recipients(#""{{ phone }}""#, #"{"phone": "098450 61237"}"#) == ["919845061237"])
    }

    @Test("of several candidates the first valid number wins; missing ones are passed over")
    func candidates() throws {
        let to = #"{phone: ["{{ a.phone }}", "{{ b }}", "{{ c }}"]}"#
        #expect(try recipients(to, #"{"b": "123", "c": "9731048265"}"#) == ["919731048265"])
    }

    @Test("when no candidate is valid, the reason of each is told, without its digits")
    func refused() throws {
        let told = try recipients(#"{phone: ["{{ a }}", "{{ b }}"]}"#, #"{"b": "12345"}"#)
        let reason = try #require(told.first)
        #expect(told.count == 1)
        #expect(reason.hasPrefix("bad_phone: no phone number to send to: 1: "))
        #expect(reason.contains("2: "))
        #expect(reason.contains("too short in IN"))
        #expect(!reason.contains("12345"))
    }

    @Test("the country is that of the recipient, else of the file, else of the source")
    func countries() throws {
        let to = #"{phone: "{{ phone }}", country: "{{ country }}"}"#
        #expect(try recipients(to, #"{"phone": "0501234567", "country": "AE"}"#) == ["971501234567"])
        #expect(try recipients(to, #"{"phone": "9845061237"}"#) == ["919845061237"])
        #expect(
            try recipients(to, #"{"phone": "0501234567"}"#, defaults: "{mode: live}", country: "AE") == ["971501234567"]
        )
        #expect(try recipients(to, #"{"phone": "+971501234567"}"#, defaults: "{mode: live}") == ["971501234567"])
    }

    @Test("a list sends to each, and to the same recipient once")
    func several() throws {
        let to = #"["{{ a }}", {phone: "{{ b }}"}, {contact_id: "{{ c }}"}, "{{ a }}"]"#
        let body = #"{"a": "9845061237", "b": "+919731048265", "c": "ct_7"}"#
        #expect(try recipients(to, body) == ["919845061237", "919731048265", "ct_7"])
    }

    @Test("one recipient that is missing does not keep the message from the others")
    func partly() throws {
        let told = try recipients(#"["{{ a }}", "{{ b }}"]"#, #"{"b": "9845061237"}"#)
        #expect(told.count == 2)
        #expect(told.first?.hasPrefix("bad_phone: ") == true)
        #expect(told.last == "919845061237")
    }
}
