// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@Suite("Retry-After")
struct RetryAfterTests {
    /// 1994-11-06 08:49:37 UTC, the example of RFC 9110.
    private static let example = Timestamp(seconds: 784_111_777)

    @Test(
        "is read as seconds or as a date in any of HTTP's forms, never negative and at most an hour",
        arguments: [
            ("7", Duration.seconds(7)), (" 0 ", nil), ("0", .zero), ("99999", .seconds(3_600)),
            ("99999999999999999999999", .seconds(3_600)), ("-1", nil), ("1.5", nil), ("soon", nil), ("", nil),
            ("Sun, 06 Nov 1994 08:49:47 GMT", .seconds(10)), ("Sun Nov  6 08:50:37 1994", .seconds(60)),
            ("Sun, 06 Nov 1994 08:40:00 GMT", .zero), ("Mon, 07 Nov 1994 08:49:37 GMT", .seconds(3_600)),
            ("Sun, 06 Nov 1994 08:49 GMT", nil), ("Sun, 06 Foo 1994 08:49:47 GMT", nil),
            ("Sun, 99 Nov 1994 08:49:47 GMT", nil), ("Sun, 06 Nov 1994 25:49:47 GMT", nil),
        ] as [(String, Duration?)]
    )
    func reads(value: String, delay: Duration?) {
        #expect(RetryAfter.delay(value, now: Self.example) == delay)
    }

    @Test(
        "knows the calendar",
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", Int64(0)), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Thu, 29 Feb 2024 12:00:00 GMT", 1_709_208_000), ("Friday, 01-Mar-24 00:00:00 GMT", 1_709_251_200),
            ("Wed, 31 Dec 2025 23:59:59 GMT", 1_767_225_599),
        ]
    )
    func calendar(text: String, seconds: Int64) {
        #expect(RetryAfter.date(text)?.seconds == seconds)
    }
}
