// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import PartnerAPI
import Testing

@testable import Rules

/// 26: whose clocks count: the rule's, else those of the number's region, else those that the file falls back to.
@Suite struct QuietZoneTests {
    private func quiet(
        _ to: String,
        _ body: String = "{}",
        quiet: String = "{from: '21:00', to: '09:00'}",
        defaults: String = "{country: IN, zone: Asia/Dubai}"
    ) throws -> QuietHours? {
        let rules = try Shop.rules(
            "  - {name: a, to: \(to), quiet_hours: \(quiet), send: {text: hi}}",
            defaults: defaults
        )
        let messages = rules.evaluate(try Shop.event("x", body), in: Shop.context()).messages
        return try #require(messages.first).terms.quiet
    }

    @Test(
        "a number goes by the clocks of its region, where they leave enough of a day",
        arguments: [
            ("+919845061237", ["Asia/Kolkata"]), ("+447400123456", ["Europe/London"]),
            ("+59995181234", ["America/Curacao"]), ("9845061237", ["Asia/Kolkata"]),
            // Eleven zones of Russia leave two hours of a day: the fallback decides.
            ("+79161234567", ["Asia/Dubai"]),
        ]
    )
    func regions(_ number: String, _ zones: [String]) throws {
        #expect(try quiet("'\(number)'")?.zones == zones)
    }

    @Test(
        "of a region with several clocks each counts",
        arguments: [
            ("+12125550123", "America/New_York", "Pacific/Honolulu"),
            ("+61412345678", "Australia/Lord_Howe", "Australia/Perth"),
            ("+5511961234567", "America/Noronha", "America/Campo_Grande"),
        ]
    )
    func several(_ number: String, _ first: String, _ second: String) throws {
        let zones = try #require(try quiet("'\(number)'")?.zones)
        #expect(zones.contains(first) && zones.contains(second), "\(zones)")
    }

    @Test("who has no number, or one of no region, goes by the file's zone, else by those of its country")
    func fallback() throws {
        #expect(try quiet("{contact_id: c1}")?.zones == ["Asia/Dubai"])
        #expect(try quiet("{contact_id: c1}", defaults: "{country: IN}")?.zones == ["Asia/Kolkata"])
        #expect(try quiet("{whatsapp_id: '447400123456'}")?.zones == ["Europe/London"])
    }

    @Test("a zone of the rule counts for everybody, by its name of today (28)")
    func named() throws {
        let hours = try quiet("'+447400123456'", quiet: "{from: '21:00', to: '09:00', zone: Asia/Calcutta, spread: 5m}")
        let place = QuietHours.place(of: "phone:447400123456")
        let zones = ["Asia/Kolkata"]
        #expect(hours == QuietHours(from: 1_260, to: 540, zones: zones, spread: .seconds(300), place: place))
    }

    @Test("a file's quiet hours do not hold what says who somebody is; a rule's own do (30)")
    func authentication() throws {
        let json = try JSON(parsing: try Fixture.named("templates.json").text())
        let catalogue = try #require(TemplateCatalogue(json))
        let quiet = "quiet_hours: {from: '21:00', to: '09:00'}"
        let rules = try Shop.rules(
            """
              - {name: inherited, to: '9845061237', send: {template: login_code, variables: ["1"]}}
              - {name: own, \(quiet), to: '9845061237', send: {template: login_code, variables: ["1"]}}
              - {name: other, to: '9845061237', send: {template: thanks, variables: [a]}}
            """,
            defaults: "{country: IN, \(quiet)}"
        )
        let messages = rules.evaluate(try Shop.event("x", "{}"), in: Shop.context(catalogue)).messages
        #expect(messages.map { $0.terms.quiet != nil } == [false, true, true])
    }

    @Test("an explanation says which gate holds a message and when it would leave")
    func explained() throws {
        // It is 10:00 in India.
        let rules = try Shop.rules(
            """
              - {name: night, to: '9845061237', quiet_hours: {from: '09:00', to: '11:00', spread: 0s}, send: {text: a}}
              - {name: late, to: '9845061237', delay: 30m, quiet_hours: {from: '10:15', to: '11:00', spread: 0s}, send: {text: a}}
              - {name: stale, to: '9845061237', expires_after: 30m, quiet_hours: {from: '09:00', to: '11:00'}, send: {text: a}}
              - name: few
                to: ['9845061237', '9845061237']
                for_each: "{{ items }}"
                limit: {count: 1, every: 1d}
                send: {text: "{{ item }}"}
            """
        )
        let event = try Shop.event("x", #"{"items": ["a", "b"]}"#)
        let sentences = rules.explain(event, in: Shop.context()).entries.map(\.sentence)
        let to = "to …37 (read in IN, which the file's defaults state)"
        let limit = "limit: at most 1 to this recipient in 1d, one more is dropped; what left before is not known here"
        #expect(
            sentences == [
                "matched: sends a text \(to); quiet hours: 09:00 to 11:00 in Asia/Kolkata until 2026-01-15T05:30:00.000Z",
                "matched: sends a text \(to); it waits for 2026-01-15T05:00:00.000Z; quiet hours: 10:15 to 11:00 in "
                    + "Asia/Kolkata until 2026-01-15T05:30:00.000Z",
                "matched: does not send a text \(to); quiet hours: 09:00 to 11:00 in Asia/Kolkata until "
                    + "2026-01-15T05:30:00.000Z, and it expires at 2026-01-15T05:00:00.000Z",
                "matched: sends a text \(to); \(limit); does not send a text \(to); limit: 1 of 1 since "
                    + "2026-01-15T04:30:00.000Z, next at 2026-01-16T04:30:00.000Z",
            ]
        )
    }
}
