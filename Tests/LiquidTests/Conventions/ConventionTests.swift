// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Liquid
import Testing

/// Renders a template over a JSON text of a sender with these conventions.
private func render(_ template: String, _ data: String, _ conventions: DataConventions) throws -> String {
    let root = try JSONDocument(Array(data.utf8)).root
    let scope = LiquidScope(root: root, now: testNow, conventions: conventions)
    return try LiquidTemplate(template).render(scope)
}

private func failure(_ template: String, _ data: String, _ conventions: DataConventions) -> LiquidError? {
    #expect(throws: LiquidError.self) { try render(template, data, conventions) }
}

@Suite("Minor units as the sender writes them")
struct MinorUnitConventionTests {
    private static let krona = DataConventions(writer: "Stripe", minorUnitPlaces: ["ISK": 2, "MGA": 0])

    @Test(
        "a currency has the sender's places, else those of ISO 4217",
        arguments: [
            ("ISK", "200000", "2000.00"), ("isk", "200000", "2000.00"), ("MGA", "500", "500"), ("JPY", "500", "500"),
            ("INR", "149900", "1499.00"), ("KWD", "12340", "12.340"),
        ]
    )
    func places(_ currency: String, _ amount: String, _ expected: String) throws {
        let printed = try render(
            "{{ amount | minor_units: c }}",
            #"{"amount": \#(amount), "c": "\#(currency)"}"#,
            Self.krona
        )
        #expect(printed == expected)
    }

    @Test("places by hand come before everything")
    func byHand() throws {
        #expect(try render("{{ 200000 | minor_units: 'ISK', 3 }}", "{}", Self.krona) == "200.000")
        #expect(try render("{{ 200000 | minor_units: 'INR', 0 }}", "{}", DataConventions.standard) == "200000")
        #expect(
            failure("{{ 1 | minor_units: 'INR', 19 }}", "{}", DataConventions.standard)?.message
                == "minor_units: the number of decimal places must be 0 to 18, not 19"
        )
    }
}

@Suite("false for an empty field")
struct FalseIsMissingTests {
    private static let odoo = DataConventions(writer: "Odoo", falseIsMissing: true)
    private static let data = #"""
        {"ref": false, "date": false, "name": "Gauri", "active": false, "lines": [{"note": false}, {"note": "fragile"}]}
        """#

    @Test(
        "is refused in an output, with or without filters, and the reason says why",
        arguments: [
            "Hi {{ ref }}", "Hi {{ ref | upcase }}", "Hi {{ ref | append: '!' }}", "Hi {{ ref | date: '%d %B' }}",
            "Hi {{ other | default: ref }}", "{% assign x = ref %}Hi {{ x }}", "{{ name | append: ref }}",
        ]
    )
    func refused(_ template: String) {
        let error = failure(template, Self.data, Self.odoo)
        #expect(error?.code == .undefined)
        #expect(error?.path == "ref" || error?.path == "x")
        #expect(error?.message.contains("is false, which Odoo writes for an empty field; add `| default:") == true)
    }

    @Test(
        "stands aside for default and is false in conditions",
        arguments: [
            ("{{ ref | default: 'none' }}", "none"), ("{{ ref | upcase | default: 'none' }}", "none"),
            ("{% if ref %}yes{% else %}no{% endif %}", "no"), ("{% if active == false %}no{% endif %}", "no"),
            ("{% assign x = ref %}{% if x == false %}no{% endif %}", "no"),
            ("{{ lines | map: 'note' | compact | join: ', ' }}", "fragile"),
            ("{{ lines | where: 'note' | map: 'note' | first }}", "fragile"),
        ]
    )
    func allowed(_ template: String, _ expected: String) throws {
        #expect(try render(template, Self.data, Self.odoo) == expected)
    }

    @Test(
        "does not show up in a list",
        arguments: ["{{ lines | map: 'note' | join: ', ' }}", "{{ lines | list: '{note}' }}"]
    )
    func lists(_ template: String) {
        #expect(failure(template, Self.data, Self.odoo)?.code == .undefined)
    }

    @Test("is the word false from everybody else")
    func others() throws {
        #expect(try render("{{ active }}", Self.data, DataConventions.standard) == "false")
    }
}

@Suite("Times without a zone")
struct ZoneConventionTests {
    private static let odoo = DataConventions(writer: "Odoo", timeZone: "UTC")
    private static let shop = DataConventions(writer: "WooCommerce", utcEndings: ["_gmt"])
    private static let data = #"""
        {"date_order": "2026-01-15 18:45:00", "due": "2026-01-15", "stated": "2026-01-15T18:45:00+02:00",
         "date_paid": "2026-01-16T00:15:00", "date_paid_gmt": "2026-01-15T18:45:00",
         "refunds": [{"date_gmt": "2026-01-15T18:45:00.250"}]}
        """#

    @Test(
        "are in the zone of the sender that has one",
        arguments: [
            ("date_order", "'Asia/Kolkata'", "16 January 00:15"),
            ("date_order", "'America/New_York'", "15 January 13:45"),
            ("due", "'America/New_York'", "15 January 00:00"), ("due", "'Asia/Kolkata'", "15 January 00:00"),
            ("stated", "'Asia/Kolkata'", "15 January 22:15"),
        ]
    )
    func zone(_ field: String, _ zone: String, _ expected: String) throws {
        #expect(try render("{{ \(field) | date: '%-d %B %H:%M', \(zone) }}", Self.data, Self.odoo) == expected)
    }

    @Test(
        "are UTC in fields that say so by their name, wherever the value is carried",
        arguments: [
            "{{ date_paid_gmt | date: '%-d %B %H:%M', 'Asia/Kolkata' }}",
            "{% assign at = date_paid_gmt %}{{ at | date: '%-d %B %H:%M', 'Asia/Kolkata' }}",
            "{{ nothing | default: date_paid_gmt | date: '%-d %B %H:%M', 'Asia/Kolkata' }}",
            "{% for r in refunds %}{{ r.date_gmt | date: '%-d %B %H:%M', 'Asia/Kolkata' }}{% endfor %}",
            "{{ refunds | map: 'date_gmt' | first | date: '%-d %B %H:%M', 'Asia/Kolkata' }}",
            "{{ date_paid | date: '%-d %B %H:%M', 'Asia/Kolkata' }}",
        ]
    )
    func ending(_ template: String) throws {
        #expect(try render(template, Self.data, Self.shop) == "16 January 00:15")
    }
}
