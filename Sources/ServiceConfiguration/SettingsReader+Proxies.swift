// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
internal import HTTPValues

extension SettingsReader {
    /// Addresses and ranges of them; those that are none are reported.
    mutating func addresses(_ node: YAMLNode?) -> [AddressRange] {
        (node?.elements ?? []).compactMap { element in
            guard let text = element.text else { return nil }
            if let range = AddressRange(text) { return range }
            add(
                .invalidValue,
                at: element.location,
                "found '\(text)'; expected an address or a range of them, such as 192.0.2.1, 10.0.0.0/8 or ::1"
            )
            return nil
        }
    }

    /// Reports a PROXY protocol that is to come from nobody: such a listener would refuse everybody.
    mutating func requireProxies(_ settings: Settings, _ root: YAMLNode) {
        guard settings.takesProxyHeader, settings.trustedProxies.isEmpty,
            root["trusted_proxies"]?.elements?.isEmpty ?? true, let node = root["proxy_protocol"]
        else { return }
        add(.invalidValue, at: node.location, "nobody may send that header; expected 'trusted_proxies' beside it")
    }
}
