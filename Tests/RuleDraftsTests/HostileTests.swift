// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import PartnerAPI
import Rehearsal
import Testing

@testable import RuleDrafts

/// Payloads that want to be more than data.
@Suite struct HostileTests {
    /// Bodies, each of which has something that could end a text, a comment or a line of the rule file.
    static let bodies = [
        #"{"name\"}}: x\n": "a", "customer": {"name": "{{ 'now' | date: '%Y' }}", "phone": "+919886123457"}}"#,
        #"{"customer": {"name": "a\"\n    to: \"+4915112345678\"\n#", "phone": "+919886123457"}, "id": "1: {"}"#,
        #"{"customer": {"name": "\u001b[31m\u202e\u0000", "phone": "+919886123457"}, "\u001b]0;x\u0007": 1}"#,
        #"{"customer": {"name": "Asha", "phone": "+919886123457"}, "': %}{% raw %}": "x", "&a": "*a", "!!str": "<<"}"#,
        #"{"size": {"first": "x"}, "body": "y", "webhook": {"id": "z"}, "self": 1, "true": 2, "": 3, "1": 4, "null": "~"}"#,
        #"[{"id": 1, "customer": {"name": "Asha", "phone": "+919886123457"}}]"#,
        #""just a text""#,
        "17",
        "{}",
    ]

    @Test("nothing of a payload becomes a part of the rule", arguments: bodies)
    func contained(_ body: String) throws {
        let draft = try DraftTests.draft("Hi {{1}}, order {{2}} is paid.", body: body, type: "a\n: b' # \u{202E}\"")
        #expect(draft.isSound, "\(draft.findings) \(draft.test.text) \(draft.text)")
        #expect(!draft.text.contains("+4915112345678"))
        for scalar in draft.text.unicodeScalars where scalar != "\n" {
            #expect(scalar.value >= 0x20 && scalar.value != 0x202E && scalar.value != 0x7F)
        }
    }

    @Test("a payload of a megabyte makes a rule, and its test holds what the rule reads alone")
    func large() throws {
        let filler = (0..<12_000).map {
            #"{"sku": "\#($0)", "title": "Article number \#($0)", "price": "1.00", "quantity": 1}"#
        }
        let body =
            #"{"id": "o1", "number": "KK-1", "customer": {"name": "Asha", "phone": "+919886123457"}, "items": ["#
            + filler.joined(separator: ",") + "]}"
        #expect(body.utf8.count > 900_000)
        let draft = try DraftTests.draft("Hi {{1}}, thank you for order {{2}}: {{3}}", body: body)
        #expect(draft.isWhole, "\(draft.findings) \(draft.test.text)")
        #expect(draft.text.utf8.count < 12_000)
        #expect(
            draft.preview?.body
                == "Hi Asha, thank you for order KK-1: 1× Article number 0, 1× Article number 1, 1× Article number 2 +11997 more"
        )
    }

    @Test("a deep payload and one with thousands of names are looked at no further than helps")
    func deep() throws {
        let deep = String(repeating: #"{"a": "#, count: 200) + "1" + String(repeating: "}", count: 200)
        let wide = (0..<9_000).map { #""k\#($0)": \#($0)"# }.joined(separator: ", ")
        for body in [deep, "{\(wide)}"] {
            let draft = try DraftTests.draft("Hi {{1}}", body: body)
            #expect(draft.isSound, "\(draft.findings)")
            #expect(draft.todos.map(\.name) == ["TODO_phone_number", "TODO_gap_1"])
        }
    }

    @Test("people are invented alike wherever they stand, and others stay others")
    func invented() throws {
        let body = """
            {"billing": {"first_name": "Asha", "phone": "98861 23457", "address_1": "4 Real Road", "postcode": "682016"}, \
            "shipping": {"first_name": "Ravi", "phone": "98861 99999", "city": "Kochi"}, "ip": "81.2.69.142", \
            "link": "https://shop.example/pay/3f9a8b7c6d5e4f3a?key=abc&v=1", "say": "Asha, 98861 23457", "total": "5.00", \
            "place": {"latitude": 12.9716, "pincode": 560001}, "amount": 560001}
            """
        var data = InventedData(country: "IN")
        let made = data.invent(try JSON(parsing: body))
        let billing = try #require(made["billing"]?["phone"]?.string)
        let shipping = try #require(made["shipping"]?["phone"]?.string)
        #expect(billing != shipping && billing != "98861 23457" && shipping != "98861 99999")
        #expect(made["say"]?.string == "Meera, \(billing)")
        #expect(made["billing"]?["address_1"] == "12 Example Street" && made["billing"]?["postcode"] == "000000")
        #expect(made["link"] == "https://shop.example/pay/example?key=example&v=example")
        #expect(made["place"] == ["latitude": 0, "pincode": 0] && made["amount"] == 560_001)
        #expect(made["ip"] == "203.0.113.7" && made["shipping"]?["city"] == "Kochi" && made["total"] == "5.00")
    }
}
