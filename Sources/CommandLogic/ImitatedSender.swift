// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CurlTransport
internal import Events
internal import HTTPValues
package import ServiceConfiguration
package import Webhooks

/// Which sender is imitated, and where it posts to.
package struct ImitatedSender: Sendable {
    /// The sender's preset with the secret that it signs with.
    package let source: Source
    /// The whole address on this machine.
    package let url: String
    /// How the service at that address is connected to.
    let options: TransportOptions

    /// The sender of a source.
    ///
    /// - Parameters:
    ///   - settings: The configuration with the source.
    ///   - name: The source's name.
    /// - Throws: ``ImitationError`` when there is no such source.
    package init(_ settings: Settings, source name: String) throws(ImitationError) {
        guard let source = settings.sources.first(where: { $0.name == name }) else {
            let known = settings.sources.map(\.name).joined(separator: ", ")
            throw ImitationError(reason: "there is no source '\(name)'; the configuration has \(known)")
        }
        self.init(settings, source)
    }

    /// The sender of the only source with a preset, or of that which also bears its name.
    ///
    /// - Parameters:
    ///   - settings: The configuration with the source.
    ///   - name: The preset's name or alias.
    /// - Throws: ``ImitationError`` when there is none or the choice is open.
    package init(_ settings: Settings, preset name: String) throws(ImitationError) {
        let preset = try Self.preset(name)
        let sources = settings.sources.filter { $0.preset.name == preset.name }
        guard let source = sources.count == 1 ? sources[0] : sources.first(where: { $0.name == name }) else {
            let found = sources.isEmpty ? "no source" : sources.map(\.name).joined(separator: " and ")
            let expected = sources.isEmpty ? "one, or --secret with what it signs with" : "--source with one of them"
            throw ImitationError(reason: "the configuration has \(found) with the preset \(name); expected \(expected)")
        }
        self.init(settings, source)
    }

    /// A sender that no configuration knows, which posts to `http://127.0.0.1:8080/hooks/<preset>`.
    ///
    /// - Parameters:
    ///   - name: The preset's name or alias.
    ///   - secrets: What it signs with, as a source has it; the key's public half if left out.
    ///   - key: What signs where the secret is a public key.
    ///   - publicURL: The address that it signs, for senders that do.
    /// - Throws: ``ImitationError`` when the secret is none for that sender.
    package init(preset name: String, secrets: [String], key: SenderKey?, publicURL: String?) throws(ImitationError) {
        let preset = try Self.preset(name)
        if let signer = preset.verification.onlySigner {
            try Imitation.checkThatAnybodyCanSign(signer, for: preset, key: key)
        }
        let texts = secrets.isEmpty ? [key?.publicText].compactMap { $0 } : secrets
        if texts.isEmpty && preset.verification.needsSecret {
            throw ImitationError(
                reason: "no secret; expected --secret, or a configuration with a source of the preset \(name)",
                kind: .usage
            )
        }
        var settings = SourceSettings(name: preset.name, preset: name, secrets: texts.map { .init($0) })
        settings.publicURL = publicURL
        // Only a source that is checked itself needs it.
        if preset.handshakes.contains(where: \.needsToken) { settings.handshakeToken = .init("of no importance") }
        do {
            source = try Source(settings)
        } catch {
            throw ImitationError(reason: "\(error)".replacing("public_url", with: "--public-url"), kind: .usage)
        }
        (url, options) = ("http://127.0.0.1:8080/hooks/\(name)", TransportOptions())
    }

    private init(_ settings: Settings, _ source: Source) {
        self.source = source
        let outer = settings.outer
        (url, options) = (outer.base + source.path, outer.options)
    }

    private static func preset(_ name: String) throws(ImitationError) -> Preset {
        guard let preset = Preset.named(name) else {
            throw ImitationError(
                reason: "there is no preset '\(name)'; 'hookline sources list' shows those there are",
                kind: .usage
            )
        }
        return preset
    }
}
