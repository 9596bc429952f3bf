// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CurlTransport

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("An IP address")
struct IPAddressTests {
    @Test(
        "is of the open Internet",
        arguments: [
            "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
            "128.0.0.0", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255", "198.20.0.0", "203.0.112.255", "223.255.255.255", "168.63.129.15", "2606:4700::1111",
            "2a00:1450:4009::200e", "2001:200::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
        ]
    )
    func isPublic(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.isPublic)
    }

    @Test(
        "is of this machine, a private network, a link, a metadata service, a test network or a group",
        arguments: [
            "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255", "127.0.0.1",
            "127.255.255.255", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1",
            "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.7",
            "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16", "::", "::1",
            "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
            "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "100::1", "2001::1", "2001:db8::1",
            "2002:7f00:1::1", "3fff::1", "4000::1",
        ]
    )
    func isPrivate(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(!address.isPublic)
    }

    @Test(
        "is read in its usual form alone",
        arguments: [
            "", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "127.0.0.1.", "1.2.3.4.5", "256.0.0.1", "::1%lo",
            "[::1]", "localhost", "fe80::1%eth0", " 127.0.0.1",
        ]
    )
    func usualForm(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("is found in a socket's address, whatever its version")
    func socketAddresses() throws {
        var version4 = sockaddr_in()
        version4.sin_addr.s_addr = UInt32(0xA9FE_A9FE).bigEndian
        #expect(unsafe IPAddress(&version4, family: AF_INET) == IPAddress("169.254.169.254"))
        var version6 = sockaddr_in6()
        #expect(unsafe inet_pton(AF_INET6, "2606:4700::1111", &version6.sin6_addr) == 1)
        #expect(unsafe IPAddress(&version6, family: AF_INET6) == IPAddress("2606:4700::1111"))
        #expect(unsafe IPAddress(&version6, family: AF_UNIX) == nil)
    }
}
