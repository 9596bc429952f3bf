// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An IP address, for the question whether it is one of the open Internet.
package struct IPAddress: Hashable, Sendable {
    /// 4 or 16 bytes in the order of the network.
    private let bytes: [UInt8]

    /// Reads an address in its usual form: four decimal numbers, or the hexadecimal groups of version 6 without zone.
    ///
    /// - Parameter text: Such as `203.0.113.7` or `2001:db8::7`; `nil` comes back for anything else.
    package init?(_ text: String) {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if unsafe inet_pton(family, text, &bytes) == 1 {
                self.bytes = bytes
                return
            }
        }
        return nil
    }

    /// The address of a socket; `nil` for other families than IP.
    init?(_ address: UnsafeRawPointer, family: Int32) {
        switch family {
        case AF_INET:
            let socket = unsafe address.loadUnaligned(as: sockaddr_in.self)
            bytes = unsafe withUnsafeBytes(of: socket.sin_addr) { unsafe Array($0) }
        case AF_INET6:
            let socket = unsafe address.loadUnaligned(as: sockaddr_in6.self)
            bytes = unsafe withUnsafeBytes(of: socket.sin6_addr) { unsafe Array($0) }
        default: return nil
        }
    }

    /// Whether it is of version 6.
    package var isVersion6: Bool { bytes.count == 16 }

    /// Whether it is an address of the open Internet: not of this machine, a private network, a link, a cloud's
    /// metadata service, a test network, or a group.
    ///
    /// Of version 6 only global unicast counts, without the tunnels that lead to any address of version 4. An
    /// address of version 4 inside one of version 6 (mapped, or NAT64) counts as itself.
    ///
    /// - SeeAlso: [IANA's registry for version 4](https://www.iana.org/assignments/iana-ipv4-special-registry), and
    ///   [for version 6](https://www.iana.org/assignments/iana-ipv6-special-registry).
    package var isPublic: Bool {
        if !isVersion6 { return Self.isPublic(bytes[...]) }
        if Self.embeddings.contains(where: { $0.elementsEqual(bytes.prefix(12)) }) {
            return Self.isPublic(bytes.suffix(4))
        }
        return bytes[0] & 0xE0 == 0x20 && !Self.reserved6.contains { $0.covers(bytes[...]) }
    }

    private static func isPublic(_ bytes: ArraySlice<UInt8>) -> Bool {
        !reserved4.contains { $0.covers(bytes) }
    }

    /// `::ffff:0:0/96` and `64:ff9b::/96`.
    private static let embeddings: [[UInt8]] = [
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0],
    ]

    /// A network: the bits that its addresses begin with.
    private struct Network {
        let bytes: [UInt8]
        let bits: Int

        init(_ bytes: UInt8..., bits: Int) {
            self.bytes = bytes
            self.bits = bits
        }

        func covers(_ address: ArraySlice<UInt8>) -> Bool {
            zip(zip(bytes, address), 0...).allSatisfy { pair, index in
                let mask = UInt8(truncatingIfNeeded: 0xFF00 >> min(8, max(0, bits - index * 8)))
                return pair.0 & mask == pair.1 & mask
            }
        }
    }

    private static let reserved4: [Network] = [
        Network(0, bits: 8), Network(10, bits: 8), Network(100, 64, bits: 10), Network(127, bits: 8),
        Network(169, 254, bits: 16), Network(172, 16, bits: 12), Network(192, 0, 0, bits: 24),
        Network(192, 0, 2, bits: 24), Network(192, 88, 99, bits: 24), Network(192, 168, bits: 16),
        Network(198, 18, bits: 15), Network(198, 51, 100, bits: 24), Network(203, 0, 113, bits: 24),
        Network(224, bits: 3),
        // Azure's own service for its machines, inside a public range.
        Network(168, 63, 129, 16, bits: 32),
    ]

    /// Protocol assignments with Teredo, documentation, 6to4, documentation again.
    private static let reserved6: [Network] = [
        Network(0x20, 0x01, 0x00, bits: 23), Network(0x20, 0x01, 0x0D, 0xB8, bits: 32), Network(0x20, 0x02, bits: 16),
        Network(0x3F, 0xFF, 0x00, bits: 20),
    ]
}
