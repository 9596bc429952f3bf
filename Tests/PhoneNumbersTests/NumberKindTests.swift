// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PhoneNumbers

@Suite("Kinds of numbers that are allowed")
struct NumberKindTests {
    private func read(_ text: String, _ country: String?, _ allowed: Set<NumberKind>) -> String {
        do {
            return try PhoneNumber(text, country: country, allowing: allowed).digits
        } catch {
            return error.code.rawValue
        }
    }

    @Test("a landline goes where landlines are allowed")
    func landlines() {
        #expect(read("022 2345 6789", "IN", []) == "landline")
        #expect(read("022 2345 6789", "IN", [.testNumber]) == "landline")
        #expect(read("022 2345 6789", "IN", [.landline]) == "912223456789")
        #expect(read("1800 123 4567", "IN", [.landline, .testNumber]) == "service_number")
    }

    @Test("what looks like a test number and exists goes where those are allowed")
    func testNumbers() {
        #expect(read("+91 99999 99999", nil, []) == "test_number")
        #expect(read("+91 99999 99999", nil, [.testNumber]) == "919999999999")
        #expect(read("+998 90 123 45 67", nil, []) == "test_number")
        #expect(read("+998 90 123 45 67", nil, [.testNumber]) == "998901234567")
        #expect(read("0000000000", "IN", [.testNumber]) != "test_number")
    }
}

@Suite("WhatsApp ids")
struct WhatsAppIDTests {
    @Test(
        "an id is taken as it stands, though no numbering plan has it",
        arguments: [
            ("558588123456", "558588123456"), ("541123456781", "541123456781"), ("5491123456781", "5491123456781"),
            ("5215512345678", "5215512345678"), ("+919845061237", "919845061237"), (" 919845061237\n", "919845061237"),
            ("558588123456@c.us", "558588123456"), ("919845061237@s.whatsapp.net", "919845061237"),
            ("919845061237:12@s.whatsapp.net", "919845061237"), ("\u{200E}919845061237", "919845061237"),
        ]
    )
    func taken(text: String, digits: String) throws {
        #expect(try WhatsAppID(text).digits == digits)
    }

    @Test(
        "what cannot be the id of a person is refused, without its digits",
        arguments: [
            ("", WhatsAppIDError.empty), ("+", .empty), ("98450 61237", .notDigits), ("120363025@g.us", .notDigits),
            ("US.13491208655302741918", .notDigits), ("09845061237", .impossible), ("123456", .impossible),
            ("1234567890123456", .impossible),
        ]
    )
    func refused(text: String, error: WhatsAppIDError) {
        #expect(throws: error) { try WhatsAppID(text) }
        #expect(!error.description.contains("98450"))
    }

    @Test("an id prints its last two digits alone")
    func masked() throws {
        #expect("\(try WhatsAppID("558588123456"))" == "WhatsApp id ending in 56")
    }
}
