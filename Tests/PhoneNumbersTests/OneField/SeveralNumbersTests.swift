// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PhoneNumbers

/// Several numbers in one field of a form.
@Suite("Several numbers in one text")
struct SeveralNumbersTests {
    @Test(
        "two numbers are said to be two, whatever stands between them",
        arguments: [
            "98450 61237 / 98450 61238", "9845061237/9845061238", "98450 61237, 98450 61238", "9845061237;9845061238",
            "98450 61237 or 98450 61238", "9845061237 oder 9845061238", "98450 61237 | 98450 61238",
            "98450 61237\n98450 61238", "98450 61237\u{2028}98450 61238", "98450 61237 & 98450 61238",
            "+91 98450 61237 +91 98450 61238", "98450 61237 98450 61238", "98450 61237 - 98450 61238",
            "98450 61237 (home), 98450 61238 (work)", "98450 61237\u{3001}98450 61238", "98450 61237 या 98450 61238",
        ]
    )
    func two(text: String) {
        #expect(WrittenRow(text, "IN", "").actual == "several_numbers")
    }

    @Test(
        "a second ending behind a whole number is never joined to it",
        arguments: [
            WrittenRow("0664 1234567/89", "AT", "several_numbers"),
            WrittenRow("+43 664 1234567/89", nil, "several_numbers"),
            WrittenRow("98450 61237/38", "IN", "several_numbers"),
        ]
    )
    func endings(row: WrittenRow) {
        #expect(row.actual == row.expected)
    }

    @Test(
        "a slash behind an area code is within one number, and what a list leaves at the ends does not count",
        arguments: [
            WrittenRow("0151/23456789", "DE", "4915123456789"),
            WrittenRow("+49 151/23456789", nil, "4915123456789"),
            WrittenRow("+49 1511/2345678", nil, "4915112345678"),
            WrittenRow("0049 1511/2345678", nil, "4915112345678"),
            WrittenRow("0664/1234567", "AT", "436641234567"),
            WrittenRow("98450/61237", "IN", "919845061237"),
            WrittenRow("98450 61237,", "IN", "919845061237"),
            WrittenRow("; 98450 61237 |", "IN", "919845061237"),
            WrittenRow("98450\n61237", "IN", "919845061237"),
        ]
    )
    func one(row: WrittenRow) {
        #expect(row.actual == row.expected)
    }

    @Test("each number of a text can be had as it is written there")
    func parts() {
        #expect(PhoneNumber.parts(of: "0664 1234567/89") == ["0664 1234567"])
        #expect(PhoneNumber.parts(of: "98450 61237 or +91 98450 61238") == ["98450 61237 ", "+91 98450 61238"])
        #expect(PhoneNumber.parts(of: "(022) 2345678; 98450 61238") == ["(022) 2345678", "98450 61238"])
        #expect(PhoneNumber.parts(of: "n/a") == [])
    }

    @Test("the reason shows what stands between them")
    func reason() {
        let error = #expect(throws: PhoneNumberError.self) {
            try PhoneNumber("98450 61237 / 98450 61238", country: "IN")
        }
        #expect(
            error?.description
                == "the phone number ending in 38 is more than one number, or has a second ending: found '/' (U+002F); expected one number"
        )
    }
}
