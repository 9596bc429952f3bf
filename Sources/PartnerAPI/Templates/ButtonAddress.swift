// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// The address of a URL button, behind whose beginning each message puts its own end.
///
/// Meta keeps the beginning with the template, and puts what a message gives behind it as it stands. Whoever gives a
/// whole address gets it doubled: `https://shop.example/o/https://shop.example/o/abc`.
///
/// - SeeAlso: [shridarpatil/frappe_whatsapp#188](https://github.com/shridarpatil/frappe_whatsapp/issues/188)
struct ButtonAddress {
    private let prefix: String

    init(_ address: TemplateText) {
        prefix = address.prefix
    }

    /// What is wrong with a value.
    ///
    /// - Parameter value: What the message puts behind the address's beginning.
    /// - Returns: The sentence's end, without the value, and what a rule does about it; `nil` when the address comes
    ///   out whole.
    func fault(of value: String) -> (reason: String, advice: String)? {
        guard isDoubled(value) else { return nil }
        let reason = "puts the value behind '\(prefix)', and the value is a full address itself; expected its end alone"
        return (reason, "the filter url_suffix: '\(prefix)' cuts it")
    }

    private func isDoubled(_ value: String) -> Bool {
        let value = value.lowercased()
        let own = prefix.lowercased()
        guard own.contains(":"), !value.isEmpty else { return false }
        let host = own.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first.map(String.init) ?? ""
        if value.hasPrefix(own) || value == own.trimmingTrailingSlash { return true }
        if !host.isEmpty, value == host || value.hasPrefix(host + "/") { return true }
        // Behind `?to=` a whole address is a value like any other.
        guard !own.contains("?"), !own.contains("#") else { return false }
        if Self.beginsAddress(value) { return true }
        return Self.path(of: own).map { $0.count > 1 && value.hasPrefix($0) } ?? false
    }

    /// Whether a text begins as a whole address does, percent-encoded or not, with or without its scheme.
    private static func beginsAddress(_ value: String) -> Bool {
        let letters = value.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "+.-".contains($0)) }
        let rest = value.dropFirst(letters.count)
        if !letters.isEmpty, rest.hasPrefix("://") || rest.hasPrefix("%3a%2f%2f") { return true }
        return value.hasPrefix("//") || value.hasPrefix("www.")
    }

    /// The path of an address, from its slash on.
    private static func path(of address: String) -> Substring? {
        guard let scheme = address.firstRange(of: "://") else { return nil }
        return address[scheme.upperBound...].firstIndex(of: "/").map { address[$0...] }
    }
}

extension String {
    fileprivate var trimmingTrailingSlash: String { hasSuffix("/") ? String(dropLast()) : self }
}
