// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Liquid

/// The `url` of a look-up: Liquid whose outputs cannot leave their place, and the hosts it may lead to.
///
/// Each output is percent-encoded whole, so that `../../customers?x=` stays a part of the path or a value of the
/// query. An output at the very start is taken as it is: some senders put the whole address into the event.
/// `url_encode` does nothing here, because it happens anyway and twice would be wrong.
struct AddressTemplate: Sendable {
    /// Where a look-up goes.
    struct Place: Hashable {
        let address: WebAddress
        let refusesPrivateAddresses: Bool
    }

    private let template: LiquidTemplate
    /// The start of the address, where it stands literally in the template up to the path: it decides the host.
    let literal: WebAddress?
    private let hosts: [HostPattern]

    /// Compiles an address.
    ///
    /// - Parameters:
    ///   - source: The template.
    ///   - hosts: Where it may lead, besides the host that stands in it.
    /// - Throws: ``WebAddressError`` for a mistake in the template or its literal start.
    init(_ source: String, hosts: [HostPattern]) throws(WebAddressError) {
        let source = source.trimmingWhitespace
        do throws(LiquidError) {
            template = try LiquidTemplate(source, environment: Self.environment)
        } catch {
            throw WebAddressError("is no Liquid: \(error)")
        }
        self.hosts = hosts
        if let constant = template.constant {
            literal = try WebAddress(constant)
        } else {
            literal = try Self.literal(of: source)
        }
    }

    private static let environment: LiquidEnvironment = {
        var environment = LiquidEnvironment.standard
        environment.limits.outputBytes = 4 * WebAddress.maxBytes
        environment.register("url_encode", arguments: 0...0) { input, _, _ in input }
        environment.escape = { text, before throws(LiquidError) in
            if before.isEmpty { return text }
            if text.isEmpty, before.hasSuffix("/"), !before.contains("?") {
                // Without its id, the address of a record is that of all records.
                throw .argument("the value is empty where a part of the path is expected")
            }
            return PercentEncoding.encode(text)
        }
        return environment
    }()

    /// The address up to the first Liquid; `nil` when that begins within the host or before.
    private static func literal(of source: String) throws(WebAddressError) -> WebAddress? {
        let end = [source.firstRange(of: "{{"), source.firstRange(of: "{%")].compactMap { $0?.lowerBound }.min()
        let start = source[..<(end ?? source.endIndex)]
        guard let slashes = start.firstRange(of: "://") else { return nil }
        guard let hostEnd = start[slashes.upperBound...].firstIndex(where: { "/?".contains($0) }) else { return nil }
        // Only the host: a path may be complete behind the first output alone.
        return try WebAddress(String(start[..<hostEnd]))
    }

    /// Whether a host that the template names is one of `hosts`.
    var isLiteralAmongHosts: Bool {
        guard let literal else { return true }
        return hosts.isEmpty || hosts.contains { $0.covers(literal.host) }
    }

    /// Fills in the address for an event.
    ///
    /// - Parameter scope: The event's values.
    /// - Returns: The address, which is allowed.
    /// - Throws: ``WebAddressError`` when a value is missing, or the outcome is no address or not allowed.
    func render(_ scope: LiquidScope) throws(WebAddressError) -> Place {
        let text: String
        do throws(LiquidError) {
            text = try template.render(scope)
        } catch {
            throw WebAddressError("cannot be filled in: \(error)")
        }
        let address = try WebAddress(text)
        if let literal {
            guard (address.scheme, address.host, address.port) == (literal.scheme, literal.host, literal.port) else {
                throw WebAddressError("leads to \(address.host), which is not the host in the template")
            }
            return Place(address: address, refusesPrivateAddresses: false)
        }
        guard address.scheme == .https else { throw WebAddressError("from the event is http; expected https") }
        let matches = hosts.filter { $0.allows(address) }
        guard !matches.isEmpty else {
            let port = address.port == 443 ? "" : ":\(address.port)"
            throw WebAddressError("leads to \(address.host)\(port), which is not among 'hosts'")
        }
        // Who writes a host down means it, be it in the own network; a wildcard means what is outside.
        return Place(address: address, refusesPrivateAddresses: matches.allSatisfy(\.isWildcard))
    }
}

extension String {
    /// The text without white space at its ends, such as the line break that a YAML block has.
    var trimmingWhitespace: String {
        let start = drop(while: \.isWhitespace)
        let end = start.lastIndex { !$0.isWhitespace }.map(start.index(after:)) ?? start.startIndex
        return String(start[..<end])
    }
}
