// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import Testing

@testable import Rules

/// The country that an event states is the only one that counts.
@Suite struct StatedCountryTests {
    private let to = #"{phone: "{{ phone }}", country: "{{ country }}"}"#

    @Test(
        "a number goes to the country that the event states, however it states it",
        arguments: [
            ("(984) 506-1237", #""US""#, "19845061237"), ("(984) 506-1237", #""United States""#, "19845061237"),
            ("(984) 506-1237", #""usa""#, "19845061237"), ("(983) 555-1234", #""US""#, "19835551234"),
            ("07400 123456", #""United Kingdom""#, "447400123456"), ("07400 123456", #""UK""#, "447400123456"),
            ("050 623 4581", #""الإمارات العربية المتحدة""#, "971506234581"),
            ("0151 23456789", #""Deutschland""#, "4915123456789"),
            ("98450 61237", #""भारत""#, "919845061237"), ("+91 98450 61237", #""US""#, "919845061237"),
            ("0011 91 98450 61237", #""AU""#, "919845061237"), ("+91 98450 61237", #""Narnia""#, "919845061237"),
        ]
    )
    func stated(phone: String, country: String, digits: String) throws {
        #expect(try RecipientRun.told(to, #"{"phone": "\#(phone)", "country": \#(country)}"#) == [digits])
    }

    @Test("a number that is not valid there is never tried in the shop's own country")
    func neverAtHome() throws {
        let told = try RecipientRun.told(to, #"{"phone": "984-106-1237", "country": "US"}"#, country: "IN")
        #expect(
            told == [
                "bad_phone: no phone number to send to: the phone number ending in 37 is not a valid number in US, which the event states"
            ]
        )
    }

    @Test("with a country that nobody knows, a national number is refused, and the reason shows it")
    func unknown() throws {
        let told = try RecipientRun.told(to, #"{"phone": "98450 61237", "country": "Narnia"}"#, country: "IN")
        #expect(told.count == 1)
        #expect(
            told == [
                "bad_phone: no phone number to send to: the phone number ending in 37 has no country code, and the country to read it in is unknown; expected one such as IN or India; the event states 'Narnia'"
            ]
        )
        // An id of the sender's own, as Odoo's.
        #expect(
            try RecipientRun.told(to, #"{"phone": "98450 61237", "country": 104}"#).first?.hasPrefix("bad_phone")
                == true
        )
    }

    @Test(
        "a refused number says in which country it was read, who states that, and which key helps",
        arguments: [
            ("1800 123 4567", #""India""#, "a service number or short code in IN, which the event states as 'India'"),
            (
                "022 2345 6789", #""+91""#,
                "a landline in IN, which the event states as '+91'; 'allow_numbers: [landline]' lets landlines through"
            ),
            (
                "99999 99999", "null",
                "a test number in IN, which the file's defaults state; 'allow_numbers: [test_number]' lets such numbers through"
            ),
            ("+44 20 7946 0958", #""IN""#, "a landline in GB; 'allow_numbers: [landline]' lets landlines through"),
            (
                "98450 61237", #""91""#,
                "and the country to read it in is unknown; expected one such as IN or India; the event states '91'"
            ),
        ]
    )
    func refused(phone: String, country: String, end: String) throws {
        let told = try RecipientRun.told(to, #"{"phone": "\#(phone)", "country": \#(country)}"#, country: "IN")
        #expect(told.count == 1 && told[0].hasSuffix(end), "\(told)")
    }

    @Test("where nobody states a country, the reason says where one can stand")
    func nowhere() throws {
        let told = try RecipientRun.told(
            #"{phone: "{{ phone }}"}"#,
            #"{"phone": "98450 61237"}"#,
            defaults: "{mode: live}"
        )
        #expect(
            told.first?.hasSuffix(
                "no country is given to read it in; 'country' beside 'phone', in 'defaults' or of the source says in which"
            ) == true,
            "\(told)"
        )
    }

    @Test(
        "a file's country may have every form; of one that nobody knows it is said what was meant",
        arguments: [
            ("India", nil), ("'+91'", nil), ("+91", nil), ("ind", nil), ("in", nil),
            ("Indai", "did you mean 'IN', India?"), ("91", "write 'IN', or '+91' for the calling code"),
            ("999", ""), ("XX", ""), ("Germny", "did you mean 'DE', Germany?"),
        ] as [(String, String?)]
    )
    func ofTheFile(country: String, hint: String?) throws {
        let text = """
            version: 1
            defaults: {country: \(country)}
            rules: [{name: a, to: "{{ phone }}", send: {text: Hello}}]
            """
        let (rules, found) = RuleFolder.load(texts: [("a.yaml", text)])
        guard let hint else {
            #expect(found == [] && rules?.count == 1)
            return
        }
        #expect(found.map(\.message) == ["found '\(country)'; expected a country, such as 'IN' or 'India'"])
        #expect(found.first?.hint ?? "" == hint)
    }

    @Test("whatever stands in the country's place by mistake, a reason shows none of its digits")
    func masked() throws {
        let told = try RecipientRun.told(to, #"{"phone": "98450 61237", "country": "98450 61237"}"#)
        #expect(told.first?.contains("98450") == false)
        #expect(told.first?.contains("61237") == false)
    }

    @Test(
        "where the event states none, the file's country stands in, then the source's",
        arguments: [
            "{}", #"{"country": null}"#, #"{"country": ""}"#, #"{"country": "  "}"#, #"{"country": false}"#,
        ]
    )
    func missing(body: String) throws {
        let body = body == "{}" ? #"{"phone": "98450 61237"}"# : #"{"phone": "98450 61237", "# + body.dropFirst()
        #expect(try RecipientRun.told(to, body) == ["919845061237"])
        #expect(try RecipientRun.told(to, body, defaults: "{mode: live}", country: "IN") == ["919845061237"])
        #expect(try RecipientRun.country(to, body)?.origin == .defaults)
        #expect(try RecipientRun.country(to, body, defaults: "{mode: live}", country: "IN")?.origin == .source)
    }

    @Test("it is told which country was used, and who stated it")
    func told() throws {
        let event = #"{"phone": "(984) 506-1237", "country": "United States"}"#
        #expect(
            try RecipientRun.country(to, event) == CountryUse(code: "US", origin: .event, written: "United States")
        )
        #expect(
            try RecipientRun.country(#"{phone: "{{ phone }}", country: US}"#, event)
                == CountryUse(code: "US", origin: .rule)
        )
        #expect(
            try RecipientRun.country(to, #"{"phone": "+44 7400 123456", "country": "US"}"#)
                == CountryUse(code: "GB", origin: .number)
        )
        #expect(
            try RecipientRun.country(to, #"{"phone": "1", "country": "Narnia"}"#)
                == CountryUse(code: nil, origin: .event, written: "Narnia")
        )
        #expect(try RecipientRun.country(#"{contact_id: "{{ phone }}"}"#, event) == nil)
        let rules = try Shop.rules("  - {name: a, to: \(to), send: {text: hi}}", defaults: "{country: IN}")
        #expect(
            rules.explain(try Shop.event("x", event), in: Shop.context()).text
                == "a: matched: sends a text to …37 (read in US, which the event states as 'United States')\n"
        )
    }

    @Test("a rule's own country may be a name; one that nobody knows is a mistake of the file")
    func constant() throws {
        let to = #"{phone: "{{ phone }}", country: "United Kingdom"}"#
        #expect(try RecipientRun.told(to, #"{"phone": "07400 123456"}"#) == ["447400123456"])
    }

    @Test("what the filter 'phone' has read is not read once more in another country")
    func filtered() throws {
        // Its digits without a plus are ten, as those of an Indian mobile are.
        let body = #"{"phone": "8123 4567", "country": "Singapore"}"#
        let to = #""{{ phone | phone: country }}""#
        #expect(try RecipientRun.told(to, body) == ["6581234567"])
        let lets = #"{p: "{{ phone | phone: country }}", q: "{{ p }}"}"#
        #expect(try RecipientRun.told(#""{{ q }}""#, body, lets: lets) == ["6581234567"])
        #expect(
            try RecipientRun.told(#"{phone: ["{{ nobody | phone: 'SG' }}", "{{ p }}"]}"#, body, lets: lets) == [
                "6581234567"
            ]
        )
    }
}
