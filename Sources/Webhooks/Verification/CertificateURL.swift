// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// An address of a sender's public key, checked against the sender's own host: the only addresses ever fetched.
package struct CertificateURL: Hashable, Sendable, CustomStringConvertible {
    /// Where a sender keeps its keys.
    package enum Site: Hashable, Sendable, CustomStringConvertible {
        /// The request names a whole address, on this domain or a host below it; most often on one of these hosts.
        case domain(String, usually: [String])
        /// The request names a path on exactly this host.
        case host(String)

        /// Such as `https://*.paypal.com`.
        package var description: String {
            switch self {
            case .domain(let domain, _): "https://*.\(domain)"
            case .host(let host): "https://\(host)"
            }
        }
    }

    private static let maxLength = 512

    /// The host, in the spelling of the address.
    package let host: String
    /// Whether the sender is known to keep its keys on that host; others are asked, too, but have to stand back.
    package let isUsual: Bool
    /// Scheme, host and path; never a query with somebody else's words, a port or a user.
    package let text: String

    /// The address.
    package var description: String { text }

    /// Checks an address that came with a request; `nil` for anything but a plain https address on that site.
    ///
    /// - Parameters:
    ///   - value: The header's value: an address, or a path.
    ///   - site: Where it may lead.
    init?(_ value: String, on site: Site) {
        guard value.utf8.count <= Self.maxLength else { return nil }
        switch site {
        case .host(let host):
            guard Self.isPlain(value[...]), value.hasPrefix("/"), !value.hasPrefix("//"), !value.contains("/.") else {
                return nil
            }
            text = "https://\(host)\(value)"
            self.host = host
            isUsual = true
        case .domain(let domain, let usual):
            guard value.hasPrefix("https://") else { return nil }
            let rest = value.dropFirst("https://".count)
            guard Self.isPlain(rest), let slash = rest.firstIndex(of: "/") else { return nil }
            let host = rest[..<slash]
            // The plain characters hold no ':' and no '@', so what stands before the slash is a host alone.
            guard host == domain || host.hasSuffix("." + domain), !host.contains("..") else { return nil }
            text = value
            self.host = String(host)
            isUsual = usual.contains(self.host)
        }
    }

    /// Letters and digits of ASCII, `-`, `_`, `.`, `~` and `/`.
    private static func isPlain(_ text: Substring) -> Bool {
        text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.~/".contains($0)) }
    }
}
