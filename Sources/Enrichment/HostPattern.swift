// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// An entry of `hosts`: `api.xero.com`, `erp.lan:8443`, `*.myshopify.com`.
struct HostPattern: Hashable, Sendable {
    private let host: WebHost
    private let port: Int
    /// Whether it stands for all names below ``host``, and not for that itself.
    let isWildcard: Bool

    /// Second-level labels under which countries sell names as others do under `com`.
    private static let commonSuffixLabels: Set<Substring> = [
        "ac", "co", "com", "edu", "gov", "ltd", "net", "or", "org",
    ]

    /// Reads an entry.
    ///
    /// - Parameter text: As configuration writes it.
    /// - Throws: ``WebAddressError`` that fits behind the entry.
    init(_ text: String) throws(WebAddressError) {
        var (name, port) = (text[...], 443)
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            guard let number = WebAddress.port(text[text.index(after: colon)...]) else {
                throw WebAddressError(
                    "has a port that is no number from 1 to 65535; expected a host such as api.xero.com"
                )
            }
            (name, port) = (text[..<colon], number)
        }
        isWildcard = name.hasPrefix("*.")
        if isWildcard { name = name.dropFirst(2) }
        guard let host = WebHost(name) else {
            throw WebAddressError("is no host; expected one such as api.xero.com or *.myshopify.com")
        }
        if isWildcard, host.isAddress || Self.isSuffixOfMany(host) {
            throw WebAddressError("covers hosts of many owners; expected a domain of one, such as *.myshopify.com")
        }
        self.host = host
        self.port = port
    }

    private static func isSuffixOfMany(_ host: WebHost) -> Bool {
        let labels = host.labels
        if labels.count < 2 { return true }
        return labels.count == 2 && labels[1].count == 2 && commonSuffixLabels.contains(labels[0])
    }

    /// Whether an address may be asked, host and port.
    func allows(_ address: WebAddress) -> Bool {
        covers(address.host) && address.port == port
    }

    /// Whether a host is meant, whatever its port.
    func covers(_ other: WebHost) -> Bool {
        guard isWildcard else { return other == host }
        return !other.isAddress && other.description.hasSuffix(".\(host)")
    }
}
