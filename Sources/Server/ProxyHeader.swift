// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPValues
internal import NIOCore

/// What a proxy says at the beginning of a connection, in version 1 or 2 of HAProxy's PROXY protocol: a value.
///
/// - SeeAlso: [The PROXY protocol](https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt)
enum ProxyHeader: Equatable {
    /// More of it has to come.
    case unfinished
    /// It is whole.
    case whole(ClientAddress?, length: Int)
    /// It is none, or longer than any has to be.
    case malformed

    /// The most bytes that are waited for: version 1 has 107, and version 2 16 and, without the notes that nobody here reads, 216.
    static let mostBytes = 536
    private static let mostBytesOfVersion1 = 107
    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    private static let word = Array("PROXY ".utf8)

    /// Reads what has come of a connection.
    ///
    /// - Parameter bytes: From the first one on.
    init(_ bytes: some RandomAccessCollection<UInt8>) {
        let start = Array(bytes.prefix(Self.mostBytes))
        if Self.begins(start, like: Self.signature) {
            self = Self.version2(start)
        } else if Self.begins(start, like: Self.word) {
            self = Self.version1(start)
        } else {
            self = .malformed
        }
    }

    /// Whether all that is there could be the beginning.
    private static func begins(_ bytes: [UInt8], like beginning: [UInt8]) -> Bool {
        zip(bytes, beginning).allSatisfy { $0 == $1 }
    }

    /// Such as `PROXY TCP4 192.0.2.1 192.0.2.2 51234 443` and a line break.
    private static func version1(_ bytes: [UInt8]) -> ProxyHeader {
        let line = bytes.prefix(mostBytesOfVersion1)
        guard let end = line.firstRange(of: [0x0D, 0x0A]) else {
            return bytes.count < mostBytesOfVersion1 ? .unfinished : .malformed
        }
        let words = String(decoding: line[..<end.lowerBound], as: UTF8.self).split(
            separator: " ",
            omittingEmptySubsequences: false
        )
        // A proxy that asks for itself.
        if words.count >= 2, words[1] == "UNKNOWN" { return .whole(nil, length: end.upperBound) }
        guard words.count == 6, ["TCP4", "TCP6"].contains(words[1]), let client = ClientAddress(String(words[2])),
            words[2].contains(":") == (words[1] == "TCP6")
        else { return .malformed }
        return .whole(client, length: end.upperBound)
    }

    private static func version2(_ bytes: [UInt8]) -> ProxyHeader {
        guard bytes.count >= 16 else { return .unfinished }
        let length = 16 + Int(bytes[14]) * 256 + Int(bytes[15])
        guard length <= mostBytes, bytes[12] >> 4 == 2 else { return .malformed }
        guard bytes.count >= length else { return .unfinished }
        switch (bytes[12] & 0x0F, bytes[13] >> 4) {
        // A proxy that asks for itself, such as whether we are well; and what is neither version of IP.
        case (0, _), (1, 0), (1, 3): return .whole(nil, length: length)
        case (1, 1) where length >= 16 + 12: return .whole(ClientAddress(bytes: bytes[16..<20]), length: length)
        case (1, 2) where length >= 16 + 36: return .whole(ClientAddress(bytes: bytes[16..<32]), length: length)
        default: return .malformed
        }
    }
}
