// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import BigInt
import Events
import ExtremeNumbers
import Testing

@Suite("Numbers at and beyond the ends of a machine's")
struct ExtremeNumberTests {
    @Test("every number of JSON is kept as it was written, and compares without ending the process")
    func numbers() throws {
        let numbers = try ExtremeNumbers.json.map { try #require(JSONNumber($0), "\($0)") }
        for (number, text) in zip(numbers, ExtremeNumbers.json) {
            #expect(number.text == text)
            if let int = number.int { #expect(number.decimal == ExactDecimal(int)) }
            if let decimal = number.decimal {
                #expect(ExactDecimal(decimal.description) == decimal)
                #expect(decimal.double.isNaN == false)
                if decimal.isInteger, decimal.exponent <= 400 { #expect(BigInt(decimal.description) != nil) }
            }
            for other in numbers where number < other { #expect(!(other < number)) }
        }
    }

    @Test("what is no number of JSON is none", arguments: ExtremeNumbers.texts)
    func texts(_ text: String) {
        #expect(JSONNumber(text) == nil)
        #expect((try? JSON(parsing: Array("[\(text)]".utf8)))?.array?.isEmpty != false)
    }
}
