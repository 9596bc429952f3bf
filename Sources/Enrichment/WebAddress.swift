// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events

/// An `http` or `https` address, taken apart strictly: what is not plain is refused, not repaired.
///
/// No user name, no fragment, no `.` or `..` in the path however it is encoded, no character that RFC 3986 does not
/// have. ``text`` is put together again from the parts that were checked, so that libcurl reads what was checked.
struct WebAddress: Hashable, Sendable {
    /// The protocol.
    enum Scheme: String, Hashable, Sendable {
        case https
        case http

        /// The port that an address does not have to name.
        var port: Int { self == .https ? 443 : 80 }
    }

    /// The most bytes of an address.
    static let maxBytes = 8_192

    let scheme: Scheme
    let host: WebHost
    let port: Int
    /// Path and query, beginning with a slash.
    let target: String

    /// Takes an address apart.
    ///
    /// - Parameter text: The whole address.
    /// - Throws: ``WebAddressError`` with the first mistake.
    init(_ text: String) throws(WebAddressError) {
        guard text.utf8.count <= Self.maxBytes else {
            throw WebAddressError("has more than \(Self.maxBytes) bytes")
        }
        let (scheme, rest) = try Self.scheme(of: text)
        let end = rest.firstIndex { "/?#\\".contains($0) } ?? rest.endIndex
        (host, port) = try Self.authority(rest[..<end], scheme)
        self.scheme = scheme
        target = (rest[end...].hasPrefix("/") ? "" : "/") + rest[end...]
        try Self.check(target: target)
    }

    /// The address.
    var text: String {
        "\(scheme.rawValue)://\(host)\(port == scheme.port ? "" : ":\(port)")\(target)"
    }

    private static func scheme(of text: String) throws(WebAddressError) -> (Scheme, Substring) {
        for scheme in [Scheme.https, .http] {
            let prefix = scheme.rawValue + "://"
            let start = text.prefix(prefix.count)
            if start.lowercased() == prefix { return (scheme, text[start.endIndex...]) }
        }
        throw WebAddressError("does not begin with https://")
    }

    private static func authority(_ text: Substring, _ scheme: Scheme) throws(WebAddressError) -> (WebHost, Int) {
        guard !text.contains("@") else {
            throw WebAddressError("has a user name in it; expected credentials in 'headers'")
        }
        var (name, port) = (text, scheme.port)
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            guard let number = Self.port(text[text.index(after: colon)...]) else {
                throw WebAddressError("has a port that is no number from 1 to 65535")
            }
            (name, port) = (text[..<colon], number)
        }
        guard let host = WebHost(name) else {
            throw WebAddressError("has no host of letters, digits, dots and hyphens, and no plain IP address")
        }
        return (host, port)
    }

    /// Reads a port's number.
    static func port(_ digits: Substring) -> Int? {
        guard (1...5).contains(digits.utf8.count), digits.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
        return Int(digits).flatMap { (1...65_535).contains($0) ? $0 : nil }
    }

    private static func check(target: String) throws(WebAddressError) {
        if target.contains("#") { throw WebAddressError("has a fragment ('#…'), which is never sent") }
        guard target.utf8.allSatisfy(PercentEncoding.mayStandInAddress), PercentEncoding.isSound(target) else {
            throw WebAddressError(
                "has a character that an address cannot have, such as a space; expected it percent-encoded"
            )
        }
        let path = target.prefix { $0 != "?" }
        if path.split(separator: "/").contains(where: PercentEncoding.hidesDotSegment) {
            throw WebAddressError("has '.' or '..' in its path, which could lead elsewhere")
        }
    }
}

/// Why a text is no address that a look-up may go to; a sentence's end that fits behind `url`.
struct WebAddressError: Error, Hashable {
    /// Of the address it names the host at most.
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
