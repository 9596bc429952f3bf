// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import HTTPTypes
internal import HTTPValues
internal import NIOCore

/// Whose requests come by a connection: who stands at its other end, and for whom that one speaks.
///
/// It is its event loop's.
final class ClientOrigin {
    private let proxies: AddressList
    private let speaksTLS: Bool
    /// Who connected; a header of the PROXY protocol names another.
    private(set) var address: ClientAddress?
    /// Whether that is a proxy whose word counts.
    private(set) var isTrusted = false

    /// - Parameters:
    ///   - proxies: Whose word counts.
    ///   - speaksTLS: Whether the connection speaks TLS.
    init(proxies: AddressList, speaksTLS: Bool = false) {
        self.proxies = proxies
        self.speaksTLS = speaksTLS
    }

    /// Notes who connected.
    ///
    /// - Parameter channel: The connection, which knows it once it is active.
    func connected(_ channel: any Channel) {
        named(ClientAddress(channel.remoteAddress))
    }

    /// Notes for whom a proxy has connected.
    func named(_ client: ClientAddress?) {
        address = client
        isTrusted = proxies.include(client)
    }

    /// Who sent a request, and whether by HTTPS.
    ///
    /// A proxy adds the address that it got a request from at the end of `X-Forwarded-For`. So the list is read from its end, as
    /// long as those who wrote it are trusted: the first that is not is the client, whatever stands before it.
    ///
    /// - Parameter headers: The request's.
    /// - Returns: `nil` for the address where it is none of IP.
    func client(_ headers: HTTPFields) -> (address: ClientAddress?, isSecure: Bool) {
        guard isTrusted else { return (address, speaksTLS) }
        var client = address
        let hops = headers[values: .forwardedFor].joined(separator: ",").split(separator: ",")
        for hop in hops.reversed() {
            guard let named = Self.address(hop) else { break }
            client = named
            guard proxies.include(named) else { break }
        }
        let scheme = headers[values: .forwardedProto].joined(separator: ",").split(separator: ",").last
        let word = scheme.map { $0.filter { $0 != " " }.lowercased() }
        return (client, word.map { $0 == "https" } ?? speaksTLS)
    }

    /// An address as proxies write it: some with a port, those of version 6 then in brackets.
    private static func address(_ text: Substring) -> ClientAddress? {
        let word = text.filter { $0 != " " && $0 != "\t" }
        if word.hasPrefix("["), let end = word.firstIndex(of: "]") {
            return ClientAddress(String(word[word.index(after: word.startIndex)..<end]))
        }
        let parts = word.split(separator: ":", omittingEmptySubsequences: false)
        return ClientAddress(parts.count == 2 ? String(parts[0]) : word)
    }
}

extension ClientAddress {
    /// The address of a socket; `nil` for other families than IP.
    init?(_ address: SocketAddress?) {
        switch address {
        case .v4(let address): self.init(bytes: withUnsafeBytes(of: address.address.sin_addr) { Array($0) })
        case .v6(let address): self.init(bytes: withUnsafeBytes(of: address.address.sin6_addr) { Array($0) })
        case .unixDomainSocket, nil: return nil
        }
    }
}

extension HTTPField.Name {
    fileprivate static let forwardedFor = known("X-Forwarded-For")
    fileprivate static let forwardedProto = known("X-Forwarded-Proto")

    private static func known(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("'\(name)' is a field name") }
        return field
    }
}
