// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Where a client is: an address of IP version 4 or 6.
///
/// An address of version 4 inside one of version 6 (`::ffff:192.0.2.1`), as a socket for both has them, is the address of version 4.
package struct ClientAddress: Hashable, Sendable, CustomStringConvertible {
    /// Of version 6; those of version 4 in their place there.
    fileprivate let bits: UInt128

    private static let mapped = UInt128(0xFFFF) << 32

    /// Reads an address.
    ///
    /// - Parameter text: Such as `192.0.2.1` or `2001:db8::1`, without port, brackets and zone; `nil` comes back for anything else.
    package init?(_ text: String) {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            guard inet_pton(family, text, &bytes) == 1 else { continue }
            self.init(bytes: bytes)
            return
        }
        return nil
    }

    /// An address of its bytes in the order of the network.
    ///
    /// - Parameter bytes: 4 or 16; `nil` comes back for any other number.
    package init?(bytes: some Collection<UInt8>) {
        let bits = bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        switch bytes.count {
        case 4: self.bits = bits | Self.mapped
        case 16: self.bits = bits
        default: return nil
        }
    }

    package var description: String {
        let isOld = bits >> 32 == 0xFFFF
        let bytes = (0..<16).map { UInt8(truncatingIfNeeded: bits >> (120 - 8 * $0)) }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let found = inet_ntop(
            isOld ? AF_INET : AF_INET6,
            Array(isOld ? bytes.suffix(4) : bytes[...]),
            &text,
            socklen_t(text.count)
        )
        return found == nil
            ? "" : String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Addresses that begin with the same bits, such as `10.0.0.0/8`; or one alone.
package struct AddressRange: Hashable, Sendable, CustomStringConvertible {
    private let first: ClientAddress
    private let length: Int
    package let description: String

    /// Reads a range.
    ///
    /// - Parameter text: An address, or one with the number of bits that count; `nil` comes back for anything else, also where other
    ///   bits than those that count are set, for then nobody knows what was meant.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = ClientAddress(String(parts[0])) else { return nil }
        let most = parts[0].contains(":") ? 128 : 32
        guard let length = parts.count == 1 ? most : Self.number(parts[1]), length <= most else { return nil }
        self.length = length + 128 - most
        first = address
        description = text
        guard address.bits & ~mask == 0 else { return nil }
    }

    /// Whether an address is in it.
    package func contains(_ address: ClientAddress) -> Bool { address.bits & mask == first.bits }

    private var mask: UInt128 { length == 0 ? 0 : UInt128.max << (128 - length) }

    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }
}

/// Ranges of addresses that somebody listed.
package struct AddressList: Hashable, Sendable {
    private let ranges: [AddressRange]

    /// None, or these.
    package init(_ ranges: [AddressRange] = []) {
        self.ranges = ranges
    }

    /// This machine, and the networks that everybody may have at home.
    package static let inside = AddressList(
        ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1", "fc00::/7"].compactMap(
            AddressRange.init
        )
    )

    /// Whether nobody is in it.
    package var isEmpty: Bool { ranges.isEmpty }

    /// Whether an address is in it; `nil` is in none.
    package func include(_ address: ClientAddress?) -> Bool {
        guard let address else { return false }
        return ranges.contains { $0.contains(address) }
    }
}
