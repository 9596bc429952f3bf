// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What a sender demands of the address that it posts to, beyond being one.
///
/// A sender refuses other addresses in its own form, or accepts them and never posts: neither shows up here.
package struct AddressRules: Hashable, Sendable {
    /// Whether only https will do.
    package var onlyHTTPS = false
    /// The ports that it connects to; any when empty.
    package var ports: [Int] = []
    /// Words, in lower case, that it takes nowhere in an address.
    package var forbidden: [String] = []

    /// A sender that posts anywhere.
    package static let none = AddressRules()

    /// A sender that posts to https on any port.
    static let https = AddressRules(onlyHTTPS: true)

    /// A sender that posts to https on these ports.
    ///
    /// - Parameter ports: At least one.
    /// - Returns: The rules.
    static func https(_ ports: Int...) -> AddressRules {
        AddressRules(onlyHTTPS: true, ports: ports)
    }

    /// Why the sender would not take an address.
    ///
    /// - Parameters:
    ///   - address: A whole address.
    ///   - sender: What people call the sender.
    /// - Returns: What was found and what is expected; `nil` when nothing speaks against it.
    func objection(to address: String, sender: String) -> String? {
        guard let url = URL(string: address), let scheme = url.scheme?.lowercased() else { return nil }
        if onlyHTTPS && scheme != "https" { return "'\(address)' is not https; \(sender) posts only to https" }
        let port = url.port ?? (scheme == "http" ? 80 : 443)
        if !ports.isEmpty && !ports.contains(port) {
            return
                "'\(address)' has the port \(port); \(sender) posts only to port \(Self.list(ports.map(String.init)))"
        }
        return objection(toPart: address, sender: sender)
    }

    /// Why the sender would not take an address with this path, whatever its host.
    ///
    /// - Parameters:
    ///   - part: A path, or a whole address.
    ///   - sender: What people call the sender.
    /// - Returns: What was found and what is expected; `nil` when nothing speaks against it.
    func objection(toPart part: String, sender: String) -> String? {
        let lowercased = part.lowercased()
        guard let word = forbidden.first(where: { lowercased.contains($0) }) else { return nil }
        return "'\(part)' holds '\(word)'; \(sender) takes no address with \(Self.list(forbidden)) in it; "
            + "expected one such as /in/parcels"
    }

    private static func list(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.joined() }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}

extension AddressRules: CustomStringConvertible {
    /// One line for people; empty when there are no rules.
    package var description: String {
        var parts: [String] = []
        if onlyHTTPS { parts.append("https") }
        if !ports.isEmpty { parts.append("port \(Self.list(ports.map(String.init)))") }
        if !forbidden.isEmpty { parts.append("without \(Self.list(forbidden)) anywhere in it") }
        return parts.joined(separator: ", ")
    }
}
