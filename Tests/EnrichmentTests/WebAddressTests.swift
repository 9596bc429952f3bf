// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Enrichment

@Suite("An address")
struct WebAddressTests {
    @Test(
        "is put together again from what was checked",
        arguments: [
            ("https://api.example.com/a", "https://api.example.com/a"),
            ("HTTPS://API.Example.COM./A?b=C", "https://api.example.com/A?b=C"),
            ("https://api.example.com", "https://api.example.com/"),
            ("https://api.example.com?x=1", "https://api.example.com/?x=1"),
            ("https://api.example.com:443/", "https://api.example.com/"),
            ("https://api.example.com:8443/", "https://api.example.com:8443/"),
            ("http://erp.lan:80/", "http://erp.lan/"), ("http://10.0.0.7/x", "http://10.0.0.7/x"),
            ("http://[::1]:8080/x", "http://[::1]:8080/x"),
            ("https://bücher.example/", "https://xn--bcher-kva.example/"),
            ("https://ｅxample.com/", "https://example.com/"), ("https://a.example/b//c/", "https://a.example/b//c/"),
            ("https://a.example/q?filter[x]=1&u=https://b/../c", "https://a.example/q?filter[x]=1&u=https://b/../c"),
            ("https://a.example/...", "https://a.example/..."), ("https://a.example/a.b", "https://a.example/a.b"),
        ]
    )
    func plain(text: String, expected: String) throws {
        #expect(try WebAddress(text).text == expected)
    }

    @Test(
        "that two readers could understand differently is refused",
        arguments: [
            ("", "https://"), ("ftp://a.example/", "https://"), ("//a.example/", "https://"),
            (" https://a.example/", "https://"), ("https:/a.example/", "https://"),
            ("https://user@a.example/", "user name"), ("https://a.example@evil.example/", "user name"),
            ("https://:@a.example/", "user name"), ("https://a.example\\@evil.example/", "character"),
            ("https://a.example#@evil.example/", "fragment"), ("https://a.example/x#y", "fragment"),
            ("https:///x", "host"), ("https://?x", "host"), ("https://a..example/", "host"),
            ("https://a.example:/", "port"), ("https://a.example:0/", "port"), ("https://a.example:65536/", "port"),
            ("https://a.example:4 43/", "port"), ("https://a.example:+443/", "port"), ("https://a%2eexample/", "host"),
            ("https://a example/", "host"), ("https://a.example\t/", "host"), ("https://127.1/", "host"),
            ("https://2130706433/", "host"), ("https://0x7f000001/", "host"), ("https://0177.0.0.1/", "host"),
            ("https://1.2.3.4.5/", "host"), ("https://a.0x1/", "host"), ("https://[::1/", "host"),
            ("https://[::1%25lo]/", "host"), ("https://[127.0.0.1]/", "host"), ("https://::1/", "host"),
            ("https://a.example/a b", "character"), ("https://a.example/\r\nX: y", "character"),
            ("https://a.example/é", "character"), ("https://a.example/<x>", "character"),
            ("https://a.example/%", "character"), ("https://a.example/%4", "character"),
            ("https://a.example/%zz", "character"), ("https://a.example/\0", "character"),
            ("https://a.example/a\\b", "character"), ("https://a.example/.", "'..'"),
            ("https://a.example/a/../b", "'..'"), ("https://a.example/a/..", "'..'"),
            ("https://a.example/%2e%2E/b", "'..'"), ("https://a.example/a/.%2e?x", "'..'"),
            ("https://a.example/..%2F..%2Fb", "'..'"), ("https://a.example/a%5C..%5Cb", "'..'"),
            ("https://a.example/%252e%252e/b", "'..'"), ("https://a.example/x%252f..%252fy", "'..'"),
        ]
    )
    func refused(text: String, expected: String) {
        let error = #expect(throws: WebAddressError.self) { try WebAddress(text) }
        #expect(error?.reason.contains(expected) == true, "\(error?.reason ?? "")")
    }

    @Test("has bounds")
    func bounds() {
        let long = "https://a.example/" + String(repeating: "x", count: WebAddress.maxBytes)
        #expect(throws: WebAddressError.self) { try WebAddress(long) }
        let label = String(repeating: "x", count: 64)
        #expect(throws: WebAddressError.self) { try WebAddress("https://\(label).example/") }
    }
}

@Suite("An entry of 'hosts'")
struct HostPatternTests {
    @Test(
        "allows that host, or with '*.' every name below, on its port",
        arguments: [
            ("api.xero.com", "https://api.xero.com/x", true), ("API.Xero.com.", "https://api.xero.com/", true),
            ("api.xero.com", "https://xero.com/", false), ("api.xero.com", "https://evil-api.xero.com/", false),
            ("api.xero.com", "https://api.xero.com.evil.example/", false),
            ("api.xero.com", "https://api.xero.com:8443/", false), ("erp.lan:8443", "https://erp.lan:8443/", true),
            ("erp.lan:8443", "https://erp.lan/", false), ("*.myshopify.com", "https://a.myshopify.com/", true),
            ("*.myshopify.com", "https://a.b.MYSHOPIFY.com/", true),
            ("*.myshopify.com", "https://myshopify.com/", false),
            ("*.myshopify.com", "https://evilmyshopify.com/", false),
            ("*.myshopify.com", "https://a.myshopify.com.evil.example/", false),
            ("*.bücher.example", "https://a.xn--bcher-kva.example/", true), ("10.0.0.7", "https://10.0.0.7/", true),
            ("10.0.0.7", "https://10.0.0.8/", false), ("[::1]:8443", "https://[::1]:8443/", true),
        ]
    )
    func allows(pattern: String, address: String, isAllowed: Bool) throws {
        let (pattern, address) = (try HostPattern(pattern), try WebAddress(address))
        #expect(pattern.allows(address) == isAllowed)
    }

    @Test(
        "is refused where it is no host, or covers those of many owners",
        arguments: [
            "", "*", "*.", "*.com", "*.localhost", "*.co.in", "*.com.au", "a.*.com", "*a.example.com",
            "https://a.example",
            "a.example/x", "a b", "a.example:x", "127.1", "*.0.0.1", "*.10.0.0.7", "user@a.example", "**.a.example",
        ]
    )
    func refused(text: String) {
        #expect(throws: WebAddressError.self) { try HostPattern(text) }
    }
}
