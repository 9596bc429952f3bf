// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import Liquid
import Testing

@Suite("date")
struct DateFilterTests {
    @Test(
        "reads what senders write",
        arguments: [
            ("1768451400", "2026-01-15 04:30:00 +0000"), ("'1768451400'", "2026-01-15 04:30:00 +0000"),
            ("1768451400999", "2026-01-15 04:30:00 +0000"), ("'1768451400999'", "2026-01-15 04:30:00 +0000"),
            ("1768451400.75", "2026-01-15 04:30:00 +0000"), ("0", "1970-01-01 00:00:00 +0000"),
            ("-1", "1969-12-31 23:59:59 +0000"), ("'now'", "2026-01-15 04:30:00 +0000"),
            ("'Today'", "2026-01-15 04:30:00 +0000"),
            ("'2026-01-15T10:00:00+05:30'", "2026-01-15 10:00:00 +0530"),
            ("'2026-01-15T10:00:00.123456Z'", "2026-01-15 10:00:00 +0000"),
            ("'2026-01-15T10:00:00+0530'", "2026-01-15 10:00:00 +0530"),
            ("'2026-01-15 10:00:00 -08'", "2026-01-15 10:00:00 -0800"),
            ("'2026-01-15 10:00:00.123456'", "2026-01-15 10:00:00 +0000"),
            ("'2026-01-15'", "2026-01-15 00:00:00 +0000"),
            ("'20260115T100000Z'", "2026-01-15 10:00:00 +0000"), ("'2026/1/5 9:05'", "2026-01-05 09:05:00 +0000"),
            ("'Thu, 15 Jan 2026 10:00:00 +0530'", "2026-01-15 10:00:00 +0530"),
            ("'15 Jan 2026 10:00:00 GMT'", "2026-01-15 10:00:00 +0000"),
            ("'Thu Jan 15 10:00:00 UTC 2026'", "2026-01-15 10:00:00 +0000"),
            ("'Thu Jan 15 2026 10:00:00 GMT+0530 (India Standard Time)'", "2026-01-15 10:00:00 +0530"),
            ("'January 15, 2026 9:30 PM'", "2026-01-15 21:30:00 +0000"),
            ("'15th March 2026, 12:05 am'", "2026-03-15 00:05:00 +0000"),
            ("'15-Jan-2026'", "2026-01-15 00:00:00 +0000"), ("'15/01/2026'", "2026-01-15 00:00:00 +0000"),
            ("'15.01.2026 10:00'", "2026-01-15 10:00:00 +0000"), ("'March 2026'", "2026-03-01 00:00:00 +0000"),
            ("'29 Feb 2024'", "2024-02-29 00:00:00 +0000"),
        ]
    )
    func reading(_ input: String, _ expected: String) throws {
        #expect(try render("{{ \(input) | date: '%Y-%m-%d %H:%M:%S %z' }}") == expected)
    }

    @Test(
        "refuses what is no date; in lax mode it comes back unchanged",
        arguments: [
            "soon", "2026-13-01", "29 Feb 2026", "2024-02-30", "01/15/2026", "-1152098955", "10:00",
            "2026-01-15T25:00:00", "1 of 2", "20230230", "/Date(x)/",
        ]
    )
    func unreadable(_ text: String) throws {
        #expect(failure("{{ '\(text)' | date: '%Y' }}")?.code == .argument)
        #expect(try render("{{ '\(text)' | date: '%Y' }}", "{}", .lax) == text)
    }

    @Test("in lax mode an empty format and a boolean come back unchanged")
    func lax() throws {
        #expect(try render("{{ true | date: '%Y' }}{{ '2026-01-15' | date: '' }}", "{}", .lax) == "true2026-01-15")
    }

    @Test(
        "shows the zone that it is asked for",
        arguments: [
            ("1768451400", "Asia/Kolkata", "15 10:00 IST"), ("1768451400", "America/New_York", "14 23:30 GMT-5"),
            ("'2026-07-01T12:00:00Z'", "America/New_York", "01 08:00 GMT-4"),
            ("'2026-01-15T10:00:00+05:30'", "UTC", "15 04:30 UTC"),
            ("'2026-01-15 10:00:00'", "Asia/Kolkata", "15 10:00 IST"),
            ("'2026-01-15'", "America/New_York", "15 00:00 GMT-5"),
            ("1768451400", "+05:45", "15 10:15 GMT+5:45"), ("1768451400", "Z", "15 04:30 UTC"),
        ]
    )
    func zones(_ input: String, _ zone: String, _ expected: String) throws {
        #expect(try render("{{ \(input) | date: '%d %H:%M %Z', '\(zone)' }}") == expected)
    }

    @Test("takes the scope's zone for what was written without one")
    func scopeZone() throws {
        let zone = try #require(TimeZone(identifier: "Asia/Kolkata"))
        let scope = LiquidScope(root: nil, now: testNow, timeZone: zone)
        let template = try LiquidTemplate(
            "{{ 'now' | date: '%H:%M' }} {{ '2026-01-15 09:00' | date: '%s' }} {{ '2026-01-15T09:00:00Z' | date: '%H' }}"
        )
        #expect(try template.render(scope) == "10:00 1768447800 09")
    }

    @Test("the hour that a change of the clocks leaves out or repeats does not hang or trap")
    func clockChange() throws {
        #expect(try render("{{ '2026-03-08 01:59:59' | date: '%s', 'America/New_York' }}") == "1772953199")
        #expect(try render("{{ '2026-03-08 03:00:00' | date: '%s', 'America/New_York' }}") == "1772953200")
        #expect(try render("{{ '2026-03-08 02:30:00' | date: '%H:%M', 'America/New_York' }}") == "03:30")
        #expect(try render("{{ '2026-03-29 02:30:00' | date: '%H:%M', 'Europe/Berlin' }}") == "03:30")
        #expect(try render("{{ '2026-11-01 01:30:00' | date: '%H:%M %z', 'America/New_York' }}") == "01:30 -0400")
    }

    @Test(
        "knows Ruby's directives",
        arguments: [
            ("%Y %C %y %m %B %b %h %d %e %j", "2026 20 26 01 January Jan Jan 05 \u{20}5 005"),
            ("%H %k %I %l %M %S %L %N %3N %6N %p %P", "09 \u{20}9 09 \u{20}9 07 03 250 250000000 250 250000 AM am"),
            ("%z %:z %::z %s %%|%n%t|", "+0530 +05:30 +05:30:00 1767584223 %|\n\t|"),
            ("%A %a %u %w %G %g %V %U %W", "Monday Mon 1 1 2026 26 02 01 01"),
            (
                "%c|%D|%F|%T|%R|%r|%v|%x|%X",
                "Mon Jan \u{20}5 09:07:03 2026|01/05/26|2026-01-05|09:07:03|09:07|09:07:03 AM|\u{20}5-JAN-2026|01/05/26|09:07:03"
            ),
            (
                "%-d %-m %_m %05d %^a %^B %#p %10A|%-l|%3d",
                "5 1 \u{20}1 00005 MON JANUARY am \u{20}\u{20}\u{20}\u{20}Monday|9|005"
            ),
            ("%9N %N %12N %3N", "250000000 250000000 250000000000 250"), ("%Q %", "%Q %"),
        ]
    )
    func directives(_ format: String, _ expected: String) throws {
        #expect(try render("{{ '2026-01-05T09:07:03.250+05:30' | date: '\(format)' }}") == expected)
    }

    @Test("refuses a zone that does not exist", arguments: ["Asia/Nowhere", "IST", "+25:00", ""])
    func unknownZone(_ zone: String) {
        #expect(failure("{{ 0 | date: '%Y', '\(zone)' }}")?.code == .argument)
    }
}
