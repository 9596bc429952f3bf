// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import HTTPValues
import Testing

@Suite("Addresses of clients")
struct ClientAddressTests {
    @Test(
        "are read and written in their usual form, those of version 4 also from within version 6",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("::1", "::1"),
            ("2001:DB8:0::7", "2001:db8::7"),
            ("0.0.0.0", "0.0.0.0"), ("::", "::"),
        ]
    )
    func read(_ text: String, _ written: String) {
        #expect(ClientAddress(text)?.description == written)
    }

    @Test(
        "are nothing else",
        arguments: ["", "192.0.2", "192.0.2.256", "192.0.2.1:80", "[::1]", "fe80::1%eth0", "localhost", "010.1.1.1"]
    )
    func refused(_ text: String) {
        #expect(ClientAddress(text) == nil)
    }

    @Test(
        "of their bytes are the same",
        arguments: [([192, 0, 2, 1], "192.0.2.1"), ([UInt8](repeating: 0, count: 15) + [1], "::1")]
    )
    func bytes(_ bytes: [UInt8], _ text: String) {
        #expect(ClientAddress(bytes: bytes) == ClientAddress(text))
        #expect(ClientAddress(bytes: bytes.dropLast()) == nil)
    }
}

@Suite("Ranges of addresses")
struct AddressRangeTests {
    @Test(
        "hold what begins like them",
        arguments: [
            (
                "10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"],
                ["9.255.255.255", "11.0.0.0", "::10.0.0.1"]
            ),
            ("192.0.2.7", ["192.0.2.7"], ["192.0.2.6", "192.0.2.8"]), ("0.0.0.0/0", ["255.1.1.1"], ["::1"]),
            ("2001:db8::/33", ["2001:db8:7fff::1"], ["2001:db8:8000::1"]), ("::1", ["::1"], ["::2", "127.0.0.1"]),
            ("::/0", ["::1", "10.0.0.1"], []), ("192.0.2.128/25", ["192.0.2.128", "192.0.2.255"], ["192.0.2.127"]),
        ]
    )
    func contains(_ text: String, _ inside: [String], _ outside: [String]) throws {
        let list = AddressList([try #require(AddressRange(text))])
        for address in inside { #expect(list.include(ClientAddress(address)), "\(address)") }
        for address in outside { #expect(!list.include(ClientAddress(address)), "\(address)") }
        #expect(!list.include(nil))
    }

    @Test(
        "are refused where nobody knows what is meant",
        arguments: [
            "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "/8", "::1/127", "a/8", "10.0.0.0/8/8", "",
        ]
    )
    func refused(_ text: String) {
        #expect(AddressRange(text) == nil)
    }
}
