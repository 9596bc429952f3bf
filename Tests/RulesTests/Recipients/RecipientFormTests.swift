// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import PhoneNumbers
import Testing

@testable import Rules

/// The forms of a recipient beside a number: WhatsApp ids, several numbers, kinds of numbers.
@Suite struct RecipientFormTests {
    @Test(
        "a WhatsApp id is taken as it stands",
        arguments: [
            "558588123456", "541123456781", "5491123456781", "5215512345678", "919845061237",
        ]
    )
    func whatsAppID(id: String) throws {
        #expect(try RecipientRun.told(#"{whatsapp_id: "{{ from }}"}"#, #"{"from": "\#(id)"}"#) == [id])
    }

    @Test("the same digits as a number are refused where the numbering plan does not have them")
    func notAsNumber() throws {
        #expect(
            try RecipientRun.told(#""+{{ from }}""#, #"{"from": "558588123456"}"#).first?.hasPrefix("bad_phone") == true
        )
    }

    @Test("what is no WhatsApp id is refused without its digits; a missing one is undefined")
    func noID() throws {
        let to = #"{whatsapp_id: "{{ from }}"}"#
        #expect(
            try RecipientRun.told(to, #"{"from": "98450 61237"}"#) == [
                "bad_whatsapp_id: the WhatsApp id has something else than digits in it; expected digits with the country code"
            ]
        )
        #expect(try RecipientRun.told(to, "{}").first?.hasPrefix("undefined_value") == true)
    }

    @Test("landlines and test numbers go where the recipient, the file or the source allows them; the nearest says so")
    func allowed() throws {
        let landline = #"{"phone": "022 2345 6789"}"#
        let plain = #"{phone: "{{ phone }}"}"#
        let refused = "bad_phone: no phone number to send to: the phone number ending in 89 is a landline in IN"
        let advice = "'allow_numbers: [landline]' lets landlines through"
        #expect(try RecipientRun.told(plain, landline) == ["\(refused), which the file's defaults state; \(advice)"])
        let to = #"{phone: "{{ phone }}", allow_numbers: [landline]}"#
        #expect(try RecipientRun.told(to, landline) == ["912223456789"])
        let defaults = "{country: IN, allow_numbers: [landline, test_number]}"
        #expect(try RecipientRun.told(plain, landline, defaults: defaults) == ["912223456789"])
        #expect(try RecipientRun.told(plain, #"{"phone": "+91 99999 99999"}"#, defaults: defaults) == ["919999999999"])
        #expect(try RecipientRun.told(plain, landline, allowed: [.landline]) == ["912223456789"])
        let none = #"{phone: "{{ phone }}", allow_numbers: []}"#
        #expect(
            try RecipientRun.told(none, landline, defaults: defaults) == [
                "\(refused), which the file's defaults state; \(advice)"
            ]
        )
        #expect(try RecipientRun.told(to, #"{"phone": "+91 99999 99999"}"#).first?.contains("test number") == true)
    }

    @Test("of several numbers in one text the first that can get a message is taken where the rule says so")
    func several() throws {
        let body = #"{"phone": "98450 61237 / 98450 61238"}"#
        #expect(
            try RecipientRun.told(#"{phone: "{{ phone }}"}"#, body).first?.hasSuffix(
                "expected one number; 'several: first' takes the first that is valid"
            ) == true
        )
        let first = #"{phone: "{{ phone }}", several: first}"#
        #expect(try RecipientRun.told(first, body) == ["919845061237"])
        #expect(try RecipientRun.told(first, #"{"phone": "022 2345 6789 or 98450 61238"}"#) == ["919845061238"])
        #expect(
            try RecipientRun.told(first, #"{"phone": "022 2345 6789, 022 2345 6780"}"#).first?.contains(
                "is a landline in IN"
            ) == true
        )
        #expect(try RecipientRun.told(first, #"{"phone": "98450*61237"}"#).first?.contains("'*' (U+002A)") == true)
    }
}
