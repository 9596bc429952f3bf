// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// An IP address: 4 or 16 bytes.
struct IPAddress: Hashable, Sendable {
    let bytes: [UInt8]

    /// Reads an IPv4 address (`10.0.0.7`) or an IPv6 address (`2001:db8::7`, also with an IPv4 address at its end).
    ///
    /// Leading zeros of an IPv4 part are decimal. An IPv4 address inside an IPv6 one (`::ffff:10.0.0.7`) is the IPv4
    /// address itself, so that a block of IPv4 addresses also covers what a dual-stack server writes.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count <= 45, let first = text.first, Self.hexValue(first) != nil || first == UInt8(ascii: ":") else {
            return nil
        }
        guard text.contains(UInt8(ascii: ":")) else {
            guard let parts = Self.quad(text[...]) else { return nil }
            bytes = parts
            return
        }
        guard let parts = Self.words(text) else { return nil }
        bytes = parts.starts(with: Self.mapped) ? Array(parts.dropFirst(12)) : parts
    }

    /// The first 96 bits of an IPv6 address that holds an IPv4 address (RFC 4291, section 2.5.5.2).
    private static let mapped: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF]

    private static func quad(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8]? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard !part.isEmpty, part.allSatisfy(PatternNumber.isDigit) else { return nil }
            let value = part.reduce(0) { min($0 * 10 + Int($1 &- UInt8(ascii: "0")), 256) }
            guard value < 256 else { return nil }
            bytes.append(UInt8(value))
        }
        return bytes
    }

    private static func words(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        let colon = UInt8(ascii: ":")
        guard let gap = text.indices.dropLast().first(where: { text[$0] == colon && text[$0 + 1] == colon }) else {
            guard let all = groups(text[...], allowsQuad: true), all.count == 16 else { return nil }
            return all
        }
        guard let head = groups(text[..<gap], allowsQuad: false) else { return nil }
        guard let tail = groups(text[(gap + 2)...], allowsQuad: true) else { return nil }
        guard head.count + tail.count <= 14 else { return nil }
        return head + Array(repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    private static func groups(_ text: Slice<UnsafeBufferPointer<UInt8>>, allowsQuad: Bool) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for (position, part) in parts.enumerated() {
            if allowsQuad, position == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let quad = quad(part) else { return nil }
                return bytes + quad
            }
            guard let word = word(part) else { return nil }
            bytes += [UInt8(word >> 8), UInt8(word & 0xFF)]
        }
        return bytes
    }

    private static func word(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        guard (1...4).contains(text.count) else { return nil }
        var value = 0
        for byte in text {
            guard let digit = hexValue(byte) else { return nil }
            value = value << 4 | digit
        }
        return value
    }

    private static func hexValue(_ byte: UInt8) -> Int? {
        if PatternNumber.isDigit(byte) { return Int(byte &- UInt8(ascii: "0")) }
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? Int(letter) + 10 : nil
    }
}

/// A block of IP addresses in CIDR notation, such as `10.0.0.0/8` or `2001:db8::/32`.
struct AddressBlock: Hashable, Sendable {
    /// The bits that all addresses of the block share; the others are zero.
    let network: [UInt8]
    /// How many bits those are.
    let bits: Int

    /// Why a text is no block.
    enum Mistake: Error, Equatable {
        case slash
        case address
        case bits(max: Int)
    }

    init(_ text: String) throws(Mistake) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .slash }
        let address = Array(parts[0]).withUnsafeBufferPointer { IPAddress($0) }
        guard let address else { throw .address }
        let max = address.bytes.count * 8 - 1
        guard parts[1].allSatisfy(PatternNumber.isDigit), let bits = Int(String(parts[1]) ?? ""), bits <= max else {
            throw .bits(max: max)
        }
        self.bits = bits
        network = Self.masked(address.bytes, to: bits)
    }

    func contains(_ address: IPAddress) -> Bool {
        address.bytes.count == network.count && Self.masked(address.bytes, to: bits) == network
    }

    /// The address with all bits zero but the first ones.
    static func masked(_ address: [UInt8], to bits: Int) -> [UInt8] {
        address.enumerated().map { position, byte in
            let kept = min(max(bits - position * 8, 0), 8)
            return byte & ~UInt8(truncatingIfNeeded: 0xFF >> kept)
        }
    }
}
