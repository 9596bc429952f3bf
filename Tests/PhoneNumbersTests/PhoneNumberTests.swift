// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PhoneNumbers

/// A written number, the country it is read in, and what must come out: digits or the reason.
struct WrittenRow: Sendable, CustomTestStringConvertible {
    let text: String
    let country: String?
    let expected: String

    init(_ text: String, _ country: String?, _ expected: String) {
        self.text = text
        self.country = country
        self.expected = expected
    }

    var testDescription: String { "'\(text)' in \(country ?? "no country") is \(expected)" }

    /// What the parser says: the digits, or the code of the refusal.
    var actual: String {
        do {
            return try PhoneNumber(text, country: country).digits
        } catch {
            return error.code.rawValue
        }
    }
}

@Suite("Phone numbers")
struct PhoneNumberTests {
    @Test(
        "one number in many notations",
        arguments: [
            WrittenRow("9876543210", "IN", "919876543210"),
            WrittenRow("09876543210", "IN", "919876543210"),
            WrittenRow("919876543210", "IN", "919876543210"),
            WrittenRow("0919876543210", "IN", "919876543210"),
            WrittenRow("+919876543210", "IN", "919876543210"),
            WrittenRow("+91 98765 43210", "US", "919876543210"),
            WrittenRow("+919876543210", nil, "919876543210"),
            WrittenRow("00919876543210", nil, "919876543210"),
            WrittenRow("00 91 98765-43210", "IN", "919876543210"),
            WrittenRow("+91-9876543210", "in", "919876543210"),
            WrittenRow("(+91) 98765 43210", nil, "919876543210"),
            WrittenRow("[98765] 43210", "IN", "919876543210"),
            WrittenRow("98765.43210", "IN", "919876543210"),
            WrittenRow("98765\u{2013}43210", "IN", "919876543210"),
            WrittenRow("\u{202A}+91 98765 43210\u{202C}", nil, "919876543210"),
            WrittenRow("\u{200B}98765\u{00A0}43210\n", "IN", "919876543210"),
            WrittenRow("९८७६५४३२१०", "IN", "919876543210"),
            WrittenRow("+٩١٩٨٧٦٥٤٣٢١٠", nil, "919876543210"),
            WrittenRow("＋９１９８７６５４３２１０", nil, "919876543210"),
            WrittenRow("tel:+919876543210", nil, "919876543210"),
            WrittenRow("whatsapp:+919876543210", nil, "919876543210"),
            WrittenRow("+91 (0) 98765 43210", nil, "919876543210"),
        ]
    )
    func notations(row: WrittenRow) {
        #expect(row.actual == row.expected)
    }

    @Test(
        "mobile numbers of many countries, as they are written at home",
        arguments: [
            WrittenRow("(415) 826-5309", "US", "14158265309"),
            WrittenRow("1 415 826 5309", "US", "14158265309"),
            WrittenRow("07911 234567", "GB", "447911234567"),
            WrittenRow("+44 (0)7911 234567", nil, "447911234567"),
            WrittenRow("050 623 4581", "AE", "971506234581"),
            WrittenRow("971506234581", "AE", "971506234581"),
            WrittenRow("8123 4568", "SG", "6581234568"),
            WrittenRow("(11) 96123-4567", "BR", "5511961234567"),
            WrittenRow("0 11 96123-4567", "BR", "5511961234567"),
            WrittenRow("0151 23456789", "DE", "4915123456789"),
            WrittenRow("0151/23456789", "DE", "4915123456789"),
            WrittenRow("011 15-2345-6781", "AR", "5491123456781"),
            WrittenRow("+54 9 11 2345-6781", nil, "5491123456781"),
            WrittenRow("222 123 4567", "MX", "522221234567"),
            WrittenRow("0812-3456-7891", "ID", "6281234567891"),
            WrittenRow("0802 123 4567", "NG", "2348021234567"),
            WrittenRow("06 12 34 56 87", "FR", "33612345687"),
            WrittenRow("312 345 6789", "IT", "393123456789"),
            WrittenRow("082 345 6781", "ZA", "27823456781"),
            WrittenRow("0300 1234568", "PK", "923001234568"),
            WrittenRow("01812-345678", "BD", "8801812345678"),
            WrittenRow("0712 345678", "KE", "254712345678"),
            WrittenRow("0412 345 678", "AU", "61412345678"),
            WrittenRow("8 912 345-67-89", "RU", "79123456789"),
            WrittenRow("090-1234-5679", "JP", "819012345679"),
        ]
    )
    func countries(row: WrittenRow) {
        #expect(row.actual == row.expected)
    }

    @Test(
        "what no message may go to is refused with its reason",
        arguments: [
            WrittenRow("", "IN", "empty"),
            WrittenRow(" \u{200E}\t", "IN", "empty"),
            WrittenRow("n/a", "IN", "letters"),
            WrittenRow("-", "IN", "not_a_number"),
            WrittenRow("555-555-SHIP", "US", "letters"),
            WrittenRow("1-800-FLOWERS", "US", "letters"),
            WrittenRow("98765xxxxx", "IN", "letters"),
            WrittenRow("98765*****", "IN", "not_a_number"),
            WrittenRow("9.19876543210E+11", "IN", "letters"),
            WrittenRow("919876543210.0", "IN", "not_a_number"),
            WrittenRow("9876543210, 9876543211", "IN", "several_numbers"),
            WrittenRow("9876543210 / 9876543211", "IN", "several_numbers"),
            WrittenRow("++919876543210", nil, "not_a_number"),
            WrittenRow("91+9876543210", nil, "not_a_number"),
            WrittenRow("+91 98765 43210 ext. 12", nil, "has_extension"),
            WrittenRow("415 826 5309 x12", "US", "has_extension"),
            WrittenRow("415 826 5309 extension 12", "US", "has_extension"),
            WrittenRow("tel:+14158265309;ext=12", nil, "has_extension"),
            WrittenRow("+9198765", nil, "too_short"),
            WrittenRow("98765", "IN", "too_short"),
            WrittenRow("+9198765432101", nil, "invalid_for_country"),
            WrittenRow("98765432101234", "IN", "too_long"),
            WrittenRow(String(repeating: "7", count: 70), "IN", "not_a_number"),
            WrittenRow("9876543210", nil, "no_country"),
            WrittenRow("919876543210", nil, "no_country"),
            WrittenRow("9876543210", "XX", "unknown_country"),
            WrittenRow("9876543210", "Narnia", "unknown_country"),
            WrittenRow("9876543210", "", "no_country"),
            WrittenRow("+999123456789", nil, "unknown_calling_code"),
            WrittenRow("5076543210", "IN", "invalid_for_country"),
            WrittenRow("(999) 826-5309", "US", "invalid_for_country"),
            WrittenRow("+4471", nil, "too_short"),
            WrittenRow("022 2345 6789", "IN", "landline"),
            WrittenRow("020 7946 0958", "GB", "landline"),
            WrittenRow("030 12345678", "DE", "landline"),
            WrittenRow("1800 123 4567", "IN", "service_number"),
            WrittenRow("1-900-826-5309", "US", "service_number"),
            WrittenRow("0800 123 4568", "GB", "service_number"),
            WrittenRow("112", "IN", "service_number"),
            WrittenRow("123123123", "CA", "test_number"),
            WrittenRow("1234567890", "IN", "test_number"),
            WrittenRow("9999999999", "IN", "test_number"),
            WrittenRow("+919999999999", nil, "test_number"),
            WrittenRow("00000000000", "IN", "test_number"),
            WrittenRow("+1 555 555 5555", nil, "test_number"),
            // Eleven digits that begin like Sri Lanka's calling code stay an Indian number or nothing.
            WrittenRow("94712345678", "IN", "invalid_for_country"),
            // Brazil's mobile numbers have had a ninth digit since 2016; without it they reach nobody.
            WrittenRow("(11) 8123-4567", "BR", "invalid_for_country"),
        ]
    )
    func refusals(row: WrittenRow) {
        #expect(row.actual == row.expected)
    }

    @Test("a fancy number of repeated pairs is somebody's number")
    func fancyNumber() throws {
        #expect(try PhoneNumber("98989 89898", country: "IN").digits == "919898989898")
    }

    @Test("the country comes from the number, not from where it was read")
    func country() throws {
        #expect(try PhoneNumber("+971506234581", country: "IN").country == "AE")
        #expect(try PhoneNumber("+1 204 826 5309", country: "US").country == "CA")
    }

    @Test(
        "neither a number nor a refusal prints more than the last two digits",
        arguments: [
            "98765432", "98765xxxx10", "9876543210 / 9876543211", "+919876543210987",
        ]
    )
    func nothingLeaks(text: String) throws {
        let number = try PhoneNumber("+919876543210", country: nil)
        #expect("\(number)" == "number ending in 10")
        var dumped = ""
        dump(number, to: &dumped)
        #expect(!dumped.contains("9876"))
        let error = try #require(throws: PhoneNumberError.self) { try PhoneNumber(text, country: "IN") }
        // The character that no number has is named by its number in Unicode.
        let digits = error.description.replacing(#/U\+[0-9A-F]+/#, with: "").filter(\.isNumber)
        #expect(digits == text.filter(\.isNumber).suffix(2))
    }

    @Test("of a number with less than six digits nothing is shown")
    func shortNumberIsHidden() {
        let error = #expect(throws: PhoneNumberError.self) { try PhoneNumber("12345", country: "IN") }
        #expect(error?.description.contains(where: \.isNumber) == false)
    }

    @Test("many tasks at once read the same numbers alike")
    func concurrency() async {
        let digits = await withTaskGroup { group in
            for position in 0..<64 {
                group.addTask { WrittenRow("98765432\(10 + position % 8)", "IN", "").actual }
            }
            return await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(digits == Set((0..<8).map { "9198765432\(10 + $0)" }))
    }
}
