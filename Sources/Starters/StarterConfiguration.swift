// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import PartnerAPI
internal import Webhooks

/// The text of a first `hookline.yaml`.
struct StarterConfiguration {
    let preset: Preset
    let source: String
    /// Where phone numbers without country code are from.
    let country: String?
    let secrets: StarterSecrets

    var text: String {
        let lines =
            account + ["", "sources:", "  \(source):" + comment("posts to \(path)", after: source.count + 3)] + sender
        return lines.joined(separator: "\n") + "\n"
    }

    private var account: [String] {
        [
            "# Made by 'hookline init'. Mistakes in it are reported with their places by any command; 'hookline config schema'",
            "# prints every key.",
            "accounts:",
            "  main:",
            "    # Until these two variables are set, messages go to the sandbox on this machine ('hookline dev').",
            "    api_key: ${FLOWZIAC_API_KEY:-\(PartnerAddress.sandboxKey)}",
            "    api_secret: ${FLOWZIAC_API_SECRET:-\(PartnerAddress.sandboxSecret)}",
            "    rate: 20/s                 # the most messages in which time",
            "    pair_interval: 6s          # between two messages to the same recipient, as WhatsApp wants it",
        ]
    }

    private var sender: [String] {
        var lines = ["    preset: \(preset.name)", "    secrets: [file:\(secrets.secretPath)]"]
        if !preset.address.forbidden.isEmpty { lines.append("    path: /in/parcels") }
        if preset.verification.needsPublicURL {
            lines.append("    public_url: https://hooks.example.com/hooks/\(source)   # your own: the sender signs it")
        }
        if secrets.token != nil { lines.append("    handshake_token: file:\(secrets.tokenPath)") }
        if preset.handshakes.contains(.allowedOrigin) {
            lines.append("    allowed_origins: [sender.example.com]   # the sender's own")
        }
        if let country {
            lines.append("    country: \(country)                # where phone numbers without country code are from")
        }
        if preset.name == "generic" {
            lines += [
                "    # verify: {header: X-Signature, scheme: hmac-sha256}   # how your shop signs; this is what it is expected to do",
                "    event_type: body.type", "    event_id: body.id",
            ]
        }
        return lines
    }

    private var path: String { preset.address.forbidden.isEmpty ? "/hooks/\(source)" : "/in/parcels" }

    private func comment(_ text: String, after width: Int) -> String {
        String(repeating: " ", count: max(1, 31 - width)) + "# \(text)"
    }
}

/// The secrets of a first configuration: random ones, for whatever the sender lets one choose.
struct StarterSecrets {
    private let source: String
    private let secret: String
    /// What answers the sender's handshake; `nil` where it has none with a token.
    let token: String?

    init(_ preset: Preset, source: String, using generator: inout some RandomNumberGenerator) {
        self.source = source
        switch preset.name {
        case "adobe-commerce": secret = "Put the public key here that Adobe Commerce shows (PEM).\n"
        case "paytm": secret = Self.hex(8, using: &generator)
        case "phonepe": secret = "hookline:\(Self.hex(16, using: &generator))"
        default: secret = Self.hex(32, using: &generator)
        }
        token = preset.handshakes.contains(where: \.needsToken) ? Self.hex(16, using: &generator) : nil
    }

    var secretPath: String { "secrets/\(source)" }
    var tokenPath: String { "secrets/\(source)-token" }

    var files: [Starter.File] {
        [.init(secretPath, Array(secret.utf8), isSecret: true)]
            + (token.map { [.init(tokenPath, Array($0.utf8), isSecret: true)] } ?? [])
    }

    private static func hex(_ bytes: Int, using generator: inout some RandomNumberGenerator) -> String {
        (0..<bytes).map { _ in
            let byte = UInt8.random(in: 0...255, using: &generator)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        .joined()
    }
}
