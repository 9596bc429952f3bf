// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Foundation

/// The name of a machine in one spelling: lower case, IDNA, no dot at its end; or an IP address, IPv6 in brackets.
///
/// Numbers are taken as IP addresses in their usual form alone: libcurl also reads `0x7f.1` and `2130706433`, and
/// what two readers understand differently is not allowed.
struct WebHost: Hashable, Sendable, CustomStringConvertible {
    let description: String
    /// Whether it is an IP address.
    let isAddress: Bool

    /// Reads a host.
    ///
    /// - Parameter text: As it stands in an address, without port; `nil` comes back for anything else.
    init?(_ text: some StringProtocol) {
        if text.hasPrefix("["), text.hasSuffix("]") {
            guard let address = IPAddress(String(text.dropFirst().dropLast())), address.isVersion6 else { return nil }
            description = text.lowercased()
            isAddress = true
            return
        }
        guard var name = Self.ascii(String(text))?.lowercased() else { return nil }
        if name.hasSuffix(".") { name.removeLast() }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard name.utf8.count <= 253, labels.allSatisfy(Self.isLabel), let last = labels.last else { return nil }
        if Self.looksLikeNumber(last) {
            guard labels.count == 4, IPAddress(name) != nil else { return nil }
            isAddress = true
        } else {
            isAddress = false
        }
        description = name
    }

    /// The name's parts.
    var labels: [Substring] { description.split(separator: ".") }

    /// The name in ASCII: names in other scripts as IDNA writes them.
    private static func ascii(_ text: String) -> String? {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        guard text.utf8.allSatisfy({ $0 >= 0x80 || isNameByte($0) || $0 == UInt8(ascii: ".") }) else { return nil }
        return URLComponents(string: "https://\(text)/")?.encodedHost
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && label.utf8.allSatisfy(isNameByte)
    }

    /// Letters, digits, hyphen, and the underscore that some host names have.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Whether a reader of addresses would take a last label for a number, decimal, octal or hexadecimal.
    private static func looksLikeNumber(_ label: Substring) -> Bool {
        label.allSatisfy { ("0"..."9").contains($0) } || label.hasPrefix("0x")
    }
}
