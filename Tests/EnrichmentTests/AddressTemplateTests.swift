// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Liquid
import Testing

@testable import Enrichment

@Suite("The url of a look-up")
struct AddressTemplateTests {
    private static let data = #"""
        {"id": 15, "evil": "../../customers?x=1#y", "up": "..", "dot": "%2e%2e", "name": "Asha & Söhne/1", "empty": "",
         "nothing": null, "url": "https://api.xero.com/api.xro/2.0/Invoices/9b?x=%20", "bad": "https://evil.example/",
         "plain": "http://api.xero.com/", "user": "https://api.xero.com@evil.example/", "shop": "asha.myshopify.com",
         "host": "evil.example/", "crlf": "a\r\nHost: evil", "list": ["a/b", "c"], "ip": "https://169.254.169.254/",
         "port": "https://api.xero.com:8443/", "steps": "https://api.xero.com/a/../b", "rest": "?x=1"}
        """#

    private func place(_ template: String, _ hosts: [String] = []) throws -> AddressTemplate.Place {
        let scope = LiquidScope(root: try JSONDocument(Array(Self.data.utf8)).root, now: Timestamp(seconds: 0))
        let hosts = try hosts.map { try HostPattern($0) }
        return try AddressTemplate(template, hosts: hosts).render(scope)
    }

    private func refusal(_ template: String, _ hosts: [String] = []) -> String {
        #expect(throws: WebAddressError.self) { try place(template, hosts) }?.reason ?? ""
    }

    @Test(
        "keeps every output in its place",
        arguments: [
            ("https://a.example/orders/{{ id }}", "https://a.example/orders/15"),
            ("https://a.example/q?x={{ evil }}&y=1", "https://a.example/q?x=..%2F..%2Fcustomers%3Fx%3D1%23y&y=1"),
            ("https://a.example/{{ name }}/x", "https://a.example/Asha%20%26%20S%C3%B6hne%2F1/x"),
            ("https://a.example/q?x={{ dot }}", "https://a.example/q?x=%252e%252e"),
            ("https://a.example/q?x={{ crlf }}", "https://a.example/q?x=a%0D%0AHost%3A%20evil"),
            ("https://a.example/q?x={{ empty }}&y={{ list }}", "https://a.example/q?x=&y=a%2Fbc"),
            ("https://a.example/{{ name | url_encode }}", "https://a.example/Asha%20%26%20S%C3%B6hne%2F1"),
            ("https://a.example/{% if id %}x{{ id }}{% endif %}", "https://a.example/x15"),
            ("https://a.example/{% capture p %}{{ id }}/{% endcapture %}{{ p }}", "https://a.example/15%2F"),
            ("https://a.example/orders{{ rest }}", "https://a.example/orders%3Fx%3D1"),
            ("\n  https://a.example/{{ id }}\n", "https://a.example/15"),
            ("http://erp.lan:8080/api/{{ id }}", "http://erp.lan:8080/api/15"),
        ]
    )
    func encoding(template: String, expected: String) throws {
        let place = try place(template)
        #expect(place.address.text == expected)
        #expect(!place.refusesPrivateAddresses)
    }

    @Test(
        "is refused for an event whose values would lead elsewhere, or are missing",
        arguments: [
            ("https://a.example/orders/{{ evil }}", "'..'"), ("https://a.example/orders/{{ up }}", "'..'"),
            ("https://a.example/orders/{{ up }}/x", "'..'"), ("https://a.example/orders/.{{ '.' }}/x", "'..'"),
            ("https://a.example/{{ dot }}/x", "'..'"),
            ("https://a.example/{{ missing.id }}", "'missing.id' is undefined"),
            ("https://a.example/{{ nothing }}", "'nothing' is null"), ("https://a.example/orders/{{ empty }}", "empty"),
            ("https://a.example/a b/{{ id }}", "character"), ("https://a.example/{{ id }}#x", "fragment"),
        ]
    )
    func refused(template: String, expected: String) {
        let reason = refusal(template)
        #expect(reason.contains(expected), "\(reason)")
    }

    @Test("may stand in the event as a whole, and then only leads to 'hosts'")
    func wholeAddress() throws {
        let place = try place("{{ url }}", ["api.xero.com"])
        #expect(place.address.text == "https://api.xero.com/api.xro/2.0/Invoices/9b?x=%20")
        #expect(!place.refusesPrivateAddresses)
        #expect(
            try self.place("{{ url }}&y={{ name }}", ["*.xero.com"]).address.text.hasSuffix(
                "&y=Asha%20%26%20S%C3%B6hne%2F1"
            )
        )
        #expect(try self.place("{{ url }}", ["*.xero.com"]).refusesPrivateAddresses)
        #expect(try !self.place("{{ url }}", ["*.xero.com", "api.xero.com"]).refusesPrivateAddresses)
    }

    @Test(
        "from the event is refused outside 'hosts', without https, and with anything odd in it",
        arguments: [
            ("{{ bad }}", "evil.example, which is not among"), ("{{ plain }}", "http; expected https"),
            ("{{ user }}", "user name"), ("{{ ip }}", "169.254.169.254, which is not among"),
            ("{{ port }}", "api.xero.com:8443, which is not among"), ("{{ steps }}", "'..'"),
            ("{{ empty }}", "https://"),
            ("{{ empty }}{{ bad }}", "not among"), ("https://{{ host }}.myshopify.com/", "host"),
            ("https://{{ shop }}@evil.example/", "user name"), ("https://{{ evil }}", "host"),
            ("https://api.xero.com{{ '.evil.example' }}/", "not among"), ("https://api.xero.com{{ rest }}/", "host"),
            ("https://api.xero.com:{{ id }}/", "not among"), ("{% if id %}{{ bad }}{% endif %}", "not among"),
        ]
    )
    func wholeAddressRefused(template: String, expected: String) {
        let reason = refusal(template, ["api.xero.com", "*.myshopify.com"])
        #expect(reason.contains(expected), "\(reason)")
    }

    @Test("may have a host from the event below a domain of 'hosts', outside the own network")
    func hostFromEvent() throws {
        let place = try place("https://{{ shop }}/admin/orders/{{ id }}.json", ["*.myshopify.com"])
        #expect(place.address.text == "https://asha.myshopify.com/admin/orders/15.json")
        #expect(place.refusesPrivateAddresses)
    }
}
