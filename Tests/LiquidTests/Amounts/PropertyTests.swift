// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Liquid
import Testing

@Suite("Properties of a list's elements")
struct PropertyTests {
    static let data = #"""
        {"items": [{"title": "Tea", "price": "499.00", "set": {"shop": {"amount": "499.00"}}, "a.b": 1},
                   {"title": "Cup", "price": 299.5, "gift": true, "set": {"shop": {"amount": "299.50"}}, "a.b": 2}],
         "gaps": [{"price": 1}, {"title": "x"}, {"price": null}], "texts": [{"price": "1,499.00"}], "none": []}
        """#

    @Test(
        "a name that no element has is refused with the near one",
        arguments: [
            ("sum: 'prise'", "sum", "prise", "price"), ("map: 'titel'", "map", "titel", "title"),
            ("where: 'titel', 'Tea'", "where", "titel", "title"), ("reject: 'gft'", "reject", "gft", "gift"),
            ("has: 'titel', 'Tea'", "has", "titel", "title"), ("find: 'titel', 'Tea'", "find", "titel", "title"),
            ("find_index: 'titel', 'Tea'", "find_index", "titel", "title"), ("sort: 'prise'", "sort", "prise", "price"),
            ("sort_natural: 'titel'", "sort_natural", "titel", "title"), ("uniq: 'titel'", "uniq", "titel", "title"),
            ("compact: 'gifd'", "compact", "gifd", "gift"),
            ("sum: 'set.shop.amuont'", "sum", "set.shop.amuont", "set.shop.amount"),
            ("map: 'sett.shop.amount'", "map", "sett.shop.amount", "set.shop.amount"),
        ]
    )
    func misspelt(_ call: String, _ filter: String, _ name: String, _ near: String) {
        #expect(
            failure("{{ items | \(call) }}", Self.data)?.message
                == "\(filter): no element of the list has '\(name)'; did you mean '\(near)'?"
        )
    }

    @Test(
        "a property that all elements have without a value is not its own near name",
        arguments: [
            (
                "{{ all | group_by: 'vendor' | size }}",
                "group_by: 'vendor' has no value in any element; group by a property that has one"
            ),
            (
                "{{ all | group_by: 'set.shop' | size }}",
                "group_by: 'set.shop' has no value in any element; group by a property that has one"
            ),
            (
                "{{ all | group_by: 'vendr' | size }}",
                "group_by: no element has the property 'vendr'; did you mean 'vendor'?"
            ),
            (
                "{{ all | group_by: 'set.shpo' | size }}",
                "group_by: no element has the property 'set.shpo'; did you mean 'set.shop'?"
            ),
            ("{{ all | group_by: 'vendor.name' | size }}", "group_by: no element has the property 'vendor.name'"),
            ("{{ all | sum: 'vendor' }}", "sum: element 0 of the list has no 'vendor' to add"),
            (
                "{{ all | uniq: 'vendor.name' | size }}",
                "uniq: no element of the list has 'vendor.name'; they have id, set and vendor"
            ),
        ]
    )
    func withoutValue(_ template: String, _ message: String) {
        let data = #"{"all": [{"id": 1, "vendor": null, "set": {"shop": null}}, {"id": 2, "vendor": null}]}"#
        #expect(failure(template, data)?.message == message)
    }

    @Test(
        "choosing and sorting by a property that all elements have without a value is no mistake",
        arguments: [
            ("{{ all | where: 'vendor' | size }}", "0"), ("{{ all | reject: 'vendor' | size }}", "2"),
            ("{{ all | has: 'vendor' }}", "false"), ("{{ all | sort: 'vendor' | map: 'id' | join }}", "1 2"),
            ("{{ all | compact: 'vendor' | size }}", "0"), ("{{ all | uniq: 'vendor' | size }}", "1"),
        ]
    )
    func chosenWithoutValue(_ template: String, _ expected: String) throws {
        #expect(try render(template, #"{"all": [{"id": 1, "vendor": null}, {"id": 2, "vendor": null}]}"#) == expected)
    }

    @Test("a filter that means nothing without its property names those that there are")
    func needed() {
        #expect(
            failure("{{ items | sum: 'discount' }}", Self.data)?.message
                == "sum: no element of the list has 'discount'; they have gift, price, set, title and 1 more"
        )
    }

    @Test(
        "a property that may be absent chooses nothing, and nested ones are found",
        arguments: [
            ("{{ items | where: 'refunded' | size }}", "0"), ("{{ items | has: 'refunded' }}", "false"),
            ("{{ items | where: 'gift' | map: 'title' | join }}", "Cup"),
            ("{{ items | sum: 'set.shop.amount' }}", "798.5"),
            ("{{ items | map: 'set.shop.amount' | join }}", "499.00 299.50"),
            ("{{ items | where: 'set.shop.amount', '299.50' | map: 'title' | join }}", "Cup"),
            ("{{ items | sort: 'set.shop.amount' | map: 'title' | join }}", "Cup Tea"),
            ("{{ items | sum: 'a.b' }}", "3"),
            ("{{ none | sum: 'prise' }}{{ none | map: 'x' | size }}", "00"),
        ]
    )
    func found(_ template: String, _ expected: String) throws {
        #expect(try render(template, Self.data) == expected)
    }

    @Test("a sum over a list with a gap, or with what is no number, is refused")
    func gaps() {
        let gap = failure("{{ gaps | sum: 'price' }}", Self.data)
        #expect(gap?.message == "sum: element 1 of the list has no 'price' to add")
        #expect(gap?.path == "[1].price")
        #expect(failure("{{ texts | sum: 'price' }}", Self.data)?.code == .argument)
        #expect(failure("{{ items | sum }}", Self.data)?.code == .argument)
    }

    @Test("lax mode is Shopify's")
    func lax() throws {
        let template =
            "{{ items | sum: 'prise' }} {{ gaps | sum: 'price' }} {{ items | map: 'titel' | join }} {{ items | sum: 'set.shop.amount' }}"
        #expect(try render(template, Self.data, .lax) == "0 1   0")
    }
}
