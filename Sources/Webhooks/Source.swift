// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import HTTPTypes

/// One configured sender: where it posts to, how it is verified, how its requests become events.
///
/// A value without clock and store; ``receive(_:now:)`` is a pure function but for the random part of new ids.
package struct Source: Sendable {
    /// The name in the configuration, which rules refer to.
    package let name: String
    /// The preset with the settings' changes in it.
    package let preset: Preset
    /// The path that the sender posts to, such as `/hooks/shop`.
    package let path: String
    /// The largest body that is accepted.
    package let maxBodyBytes: Int
    /// The most events that are taken; `nil` for as many as come.
    package let rate: Rate?
    /// Where a phone number without country code is at home; an ISO 3166 code in upper case.
    package let country: String?
    /// Kinds of phone numbers that are allowed and otherwise refused, by the words of rule files.
    package let allowedNumbers: [String]
    fileprivate(set) var verifier: Verifier
    /// Headers that hold a secret itself, rather than what was made with one.
    let secretHeaders: [HTTPField.Name]
    let handshakeToken: Secret?
    /// The newest secret, for handshakes whose answer proves that we have it.
    let handshakeSecret: Secret?
    /// Origins in lower case that are told they may post; `*` for any.
    let allowedOrigins: [String]
    /// Requests a minute that they are told; `nil` for no limit.
    let allowedRate: Int?
    /// What works here and will not work with the sender, such as a path that it does not accept.
    package let warnings: [SourceMistakes.Mistake]

    /// What the sender gets for everything that was stored, duplicates and parked bodies included.
    package var success: SuccessAnswer { preset.success }

    /// Labels of the live secrets, the newest first.
    package var secretLabels: [String] { verifier.labels }
}

extension Source {
    /// The source as if its sender proved nothing: for questions about a body that nobody has sent.
    package var withoutVerification: Source {
        var source = self
        source.verifier = .none
        return source
    }
}
