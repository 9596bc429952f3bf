// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Liquid
import Testing

@Suite("Forms of dates")
struct DateFormTests {
    @Test(
        "programs write dates without separators, in Microsoft's JSON, and as Unix time of any precision",
        arguments: [
            ("'20231207170112'", "2023-12-07 17:01:12.000000000 +0000"),
            ("20231207170112", "2023-12-07 17:01:12.000000000 +0000"),
            ("'20231207'", "2023-12-07 00:00:00.000000000 +0000"), ("20231207", "2023-12-07 00:00:00.000000000 +0000"),
            ("'202312071701'", "2023-12-07 17:01:00.000000000 +0000"),
            ("'/Date(1451988985943+1300)/'", "2016-01-05 23:16:25.943000000 +1300"),
            ("'/Date(1451988985943)/'", "2016-01-05 10:16:25.943000000 +0000"),
            ("'/Date(-86400000-0500)/'", "1969-12-30 19:00:00.000000000 -0500"),
            ("1768451400123", "2026-01-15 04:30:00.123000000 +0000"),
            ("1768451400123456", "2026-01-15 04:30:00.123456000 +0000"),
            ("1768451400123456789", "2026-01-15 04:30:00.123456789 +0000"),
            ("'1768451400123456789'", "2026-01-15 04:30:00.123456789 +0000"),
            ("'2026-01-15T09:52:26.739266876+02:00'", "2026-01-15 09:52:26.739266876 +0200"),
            ("'0001-01-01T00:00:00Z'", "0001-01-01 00:00:00.000000000 +0000"),
        ]
    )
    func forms(_ input: String, _ expected: String) throws {
        #expect(try render("{{ \(input) | date: '%Y-%m-%d %H:%M:%S.%9N %z' }}") == expected)
    }

    @Test("a month is its name or its first letters, never a word of another language that begins alike")
    func foreignMonths() throws {
        #expect(try render("{{ '15 Nov 2026' | date: '%m' }} {{ 'Sept 3, 2026' | date: '%m' }}") == "11 09")
        for word in ["marraskuu", "decaf", "janitor"] {
            #expect(
                failure("{{ '15 \(word) 2026' | date: '%m' }}")?.message.contains("cannot be read as a date") == true
            )
        }
    }

    @Test(
        "from says how a date is written",
        arguments: [
            ("01/13/2024", "%m/%d/%Y", "2024-01-13 00:00:00"), ("03/04/2024", "%m/%d/%Y", "2024-03-04 00:00:00"),
            ("03/04/2024", "%d/%m/%Y", "2024-04-03 00:00:00"), ("3/4/24", "%-d/%-m/%y", "2024-04-03 00:00:00"),
            ("23 05 2023 11:43:52", "%d %m %Y %H:%M:%S", "2023-05-23 11:43:52"),
            ("7 Dec 2023, 5:01 PM", "%e %b %Y, %I:%M %p", "2023-12-07 17:01:00"),
            ("Thursday 7 December 2023", "%A %d %B %Y", "2023-12-07 00:00:00"),
            ("07122023", "%d%m%Y", "2023-12-07 00:00:00"), ("2023-12-07T17:01:12.5", "%FT%T.%L", "2023-12-07 17:01:12"),
            ("12:00 am 1/2/2026", "%I:%M %p %d/%m/%Y", "2026-02-01 00:00:00"),
            ("1701968472", "%s", "2023-12-07 17:01:12"),
            ("07.12.2023 17:01 +0530", "%d.%m.%Y %H:%M %z", "2023-12-07 17:01:00"),
        ]
    )
    func from(_ text: String, _ pattern: String, _ expected: String) throws {
        #expect(try render("{{ '\(text)' | date: '%Y-%m-%d %H:%M:%S', from: '\(pattern)' }}") == expected)
    }

    @Test(
        "what is not written so is refused, and so is a day that there is not",
        arguments: [
            ("31/02/2024", "%d/%m/%Y"), ("2024-01-13", "%d/%m/%Y"), ("13/01/2024 10:00", "%d/%m/%Y"), ("", "%d/%m/%Y"),
            ("25:00", "%H:%M"), ("13:00 PM", "%I:%M %p"),
        ]
    )
    func notSo(_ text: String, _ pattern: String) {
        let error = failure("{{ '\(text)' | date: '%Y', from: '\(pattern)' }}")
        #expect(error?.message.contains("cannot be read as a date; it is not written as 'from' says") == true)
    }

    @Test("a pattern that reads nothing is refused", arguments: ["DD/MM/YYYY", "%Q", "", "%"])
    func badPattern(_ pattern: String) {
        #expect(failure("{{ 'now' | date: '%Y', from: '\(pattern)' }}")?.code == .argument)
    }

    @Test("a day and a month that could be the other way round are refused until somebody says which is which")
    func ambiguous() throws {
        let message =
            "date: the text '03/04/2024' can be read in two ways; "
            + "say how it is written: `from: '%d/%m/%Y'` or `from: '%m/%d/%Y'`"
        #expect(failure("{{ '03/04/2024' | date: '%d %B' }}")?.message == message)
        #expect(failure("{{ '3-4-2024 10:00' | date: '%d %B' }}")?.code == .argument)
        #expect(
            try render("{{ '04/04/2024' | date: '%d %B' }} {{ '03.04.2024' | date: '%d %B' }}") == "04 April 03 April"
        )
        #expect(try render("{{ '03/04/2024' | date: '%d %B' }}", "{}", .lax) == "03 April")
    }

    @Test("what is no text and no number is no date", arguments: ["true", "false", "line_items", "obj"])
    func otherTypes(_ value: String) {
        let error = failure("{{ \(value) | date: '%Y' }}", #"{"line_items": [1], "obj": {"a": 1}}"#)
        #expect(error?.message.hasPrefix("date: expected a date, found") == true)
    }

    @Test(
        "a number beyond every calendar is no date",
        arguments: ["-9223372036854775808", "9223372036854775807", "1e30"]
    )
    func beyond(_ number: String) throws {
        #expect(failure("{{ a | date: '%Y' }}", #"{"a": \#(number)}"#)?.code == .argument)
    }

    @Test("a format that prints nothing of the date is refused", arguments: ["DD/MM/YYYY", "d M Y", ""])
    func format(_ format: String) {
        let error = failure("{{ 0 | date: '\(format)' }}")
        #expect(
            error?.message
                == "date: the format '\(format)' prints nothing of the date; expected directives such as '%d/%m/%Y'"
        )
    }
}
