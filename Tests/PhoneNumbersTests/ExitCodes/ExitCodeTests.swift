// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PhoneNumbers

/// International numbers as they are dialled in the country that the event states.
@Suite("Exit codes")
struct ExitCodeTests {
    @Test(
        "a country's own exit codes come first",
        arguments: [
            WrittenRow("001 65 9234 5678", "TH", "6592345678"),
            WrittenRow("0011 47 922 34 567", "AU", "4792234567"),
            WrittenRow("0011 91 98765 43210", "AU", "919876543210"),
            WrittenRow("000 254 712 345678", "KE", "254712345678"),
            WrittenRow("009 44 7400 123456", "NG", "447400123456"),
            WrittenRow("002 886 912 345 678", "TW", "886912345678"),
            WrittenRow("0015 44 7400 123456", "BR", "447400123456"),
            WrittenRow("0021 1 415 826 5309", "BR", "14158265309"),
            WrittenRow("0031 44 7400 123456", "BR", "447400123456"),
            WrittenRow("011 44 7400 123456", "US", "447400123456"),
            WrittenRow("010 44 7400 123456", "JP", "447400123456"),
            WrittenRow("8 10 44 7400 123456", "RU", "447400123456"),
            WrittenRow("012 44 7400 123456", "IL", "447400123456"),
            WrittenRow("008 44 7400 123456", "ID", "447400123456"),
            WrittenRow("001 44 7400 123456", "KR", "447400123456"),
            WrittenRow("00700 44 7400 123456", "KR", "447400123456"),
            WrittenRow("119 44 7400 123456", "CU", "447400123456"),
        ]
    )
    func own(row: WrittenRow) {
        #expect(row.actual == row.expected)
    }

    @Test(
        "00 is read where the country's own exit codes make nothing of it",
        arguments: [
            WrittenRow("00 91 98765 43210", "US", "919876543210"),
            WrittenRow("0044 7400 123456", "TH", "447400123456"),
            WrittenRow("0091 98765 43210", "AU", "919876543210"),
            WrittenRow("00254 712 345678", "KE", "254712345678"),
            WrittenRow("00234 802 123 4567", "NG", "2348021234567"),
            WrittenRow("0055 11 96123-4567", "BR", "5511961234567"),
            WrittenRow("0081 90-1234-5679", "JP", "819012345679"),
            WrittenRow("0049 151 23456789", "RU", "4915123456789"),
            WrittenRow("+00 91 98765 43210", "IN", "919876543210"),
        ]
    )
    func zeros(row: WrittenRow) {
        #expect(row.actual == row.expected)
    }

    @Test("what is a possible number behind the country's own exit code is never tried as another one")
    func neverAnother() {
        // Behind `00` this would be +1 652 234 5671, somebody's in America as soon as 652 is an area code.
        let row = WrittenRow("001 65 2234 5671", "TH", "invalid_for_country")
        #expect(row.actual == row.expected)
        // And this is one in Minnesota today.
        let other = WrittenRow("001 65 1452 6718", "TH", "invalid_for_country")
        #expect(other.actual == other.expected)
        #expect(WrittenRow("+1 651 452 6718", nil, "").actual == "16514526718")
    }

    @Test("a number with an exit code is international, one without is not")
    func international() throws {
        #expect(try PhoneNumber("0011 47 922 34 567", country: "AU").isInternational)
        #expect(try PhoneNumber("0091 98765 43210", country: "US").isInternational)
        #expect(try PhoneNumber("+91 98765 43210", country: "US").isInternational)
        #expect(try !PhoneNumber("98765 43210", country: "IN").isInternational)
        #expect(try !PhoneNumber("919876543210", country: "IN").isInternational)
    }

    @Test("a refusal names the number's own country, not the one that was given")
    func country() {
        func error(_ text: String, _ country: String?) -> String? {
            #expect(throws: PhoneNumberError.self) { try PhoneNumber(text, country: country) }?.description
        }
        #expect(error("+229 01 90 01 12 345", "IN") == "the phone number ending in 45 is too long in BJ")
        #expect(error("+44 7400 12345", "IN")?.hasSuffix(" in GB") == true)
        #expect(error("0011 47 922 34", "AU")?.hasSuffix(" in NO") == true)
        #expect(error("98450 612379999", "IN")?.contains(" in IN") == true)
    }
}
