// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@Suite("A rate")
struct RateTests {
    @Test(
        "reads as a configuration says it",
        arguments: [("20/s", 20, 1), ("600/min", 600, 60), ("1000/h", 1_000, 3_600)]
    )
    func rates(text: String, count: Int, seconds: Int) throws {
        let rate = try #require(Rate(text))
        #expect(rate == Rate(count, per: .seconds(seconds)))
        #expect(rate.description == text)
    }

    @Test(
        "is not read from anything else",
        arguments: ["", "20", "0/s", "-1/s", "20/", "/s", "20/day", "1.5/s", "20/s/s"]
    )
    func badRates(text: String) {
        #expect(Rate(text) == nil)
    }
}
