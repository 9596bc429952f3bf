// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Cryptography
package import Events
internal import HTTPTypes
internal import HTTPValues

/// A check of the address that the source's settings describe, for senders without a preset.
///
/// | sender | settings |
/// |---|---|
/// | any that looks whether there is anybody (Trello by HEAD, Intercom by HEAD, Mailchimp by GET) | `handshake: probe` |
/// | Dropbox, Nylas | `{echo: query.challenge}` |
/// | Microsoft Graph | `{echo: query.validationToken}` |
/// | WebSub | `{echo: query.hub.challenge}` |
/// | PubSubHubbub before it was WebSub | `{echo: query.hub.challenge, token: query.hub.verify_token}` |
/// | Strava | the same with `answer: {hub.challenge: "{echo}"}` |
/// | Slack | `{echo: body.challenge, event: url_verification}` |
/// | monday.com | `{echo: body.challenge, answer: {challenge: "{echo}"}}` |
/// | Okta | `{echo: header.X-Okta-Verification-Challenge, answer: {verification: "{echo}"}}` |
/// | Zoom | `{echo: body.payload.plainToken, answer: {plainToken: "{echo}", encryptedToken: "{hmac_hex}"}}` |
///
/// - SeeAlso: [Trello](https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks),
///   [Intercom](https://developers.intercom.com/docs/webhooks/setting-up-webhooks),
///   [Mailchimp](https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks/),
///   [Dropbox](https://www.dropbox.com/developers/reference/webhooks),
///   [Microsoft Graph](https://learn.microsoft.com/graph/change-notifications-delivery-webhooks),
///   [WebSub](https://www.w3.org/TR/websub/), [Strava](https://developers.strava.com/docs/webhooks/),
///   [Slack](https://api.slack.com/events/url_verification),
///   [monday.com](https://developer.monday.com/api-reference/docs/webhooks),
///   [Okta](https://developer.okta.com/docs/concepts/event-hooks/),
///   [Zoom](https://developers.zoom.us/docs/api/webhooks/)
package struct ConfiguredHandshake: Hashable, Sendable {
    /// What is sent back; `nil` for an empty 200.
    package let echo: Place?
    /// Where the sender must present the source's handshake token; `nil` when it presents none.
    package let token: Place?
    /// The type of event that the check is; `nil` for any request in which ``echo`` is.
    package let event: String?
    /// The members of the answer's JSON object; empty for the echo as it is.
    let answer: [Member]

    /// A member of a JSON answer.
    struct Member: Hashable, Sendable {
        let name: String
        let template: String
    }

    /// What stands for the echo in a template, and for its HMAC-SHA256 under the source's newest secret.
    static let variables = ["{echo}", "{hmac_hex}", "{hmac_base64}"]

    /// Whether the answer proves that we have the secret.
    var needsSecret: Bool { answer.contains { $0.template.contains("{hmac_") } }

    /// Whether the check comes with the signature of an event, and is answered after that was found good.
    var isSigned: Bool {
        if case .body? = echo { true } else { event != nil }
    }

    /// The answer.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - text: What is sent back.
    ///   - secret: The source's newest secret.
    /// - Returns: Text that no browser takes for HTML, a JSON object, or the header again.
    func reply(to request: InboundRequest, echo text: String, secret: Secret?) -> Reply {
        if request.method == .head { return .empty(200) }
        if answer.isEmpty {
            guard case .header(let name)? = echo else { return .plainText(text) }
            return Reply(status: 200, headers: [name.field: text])
        }
        let code = secret.map { Self.code(of: text, under: $0) } ?? []
        let members = answer.map { member in
            let value = member.template
                .replacing("{hmac_hex}", with: HMACScheme.Encoding.hex.encode(code))
                .replacing("{hmac_base64}", with: HMACScheme.Encoding.base64.encode(code))
                // Last, so that nothing in a stranger's text is taken for a variable.
                .replacing("{echo}", with: text)
            return (member.name, JSON.string(value))
        }
        let json = members.map { "\(JSON.string($0.0).text()):\($0.1.text())" }.joined(separator: ",")
        return Reply(
            status: 200,
            headers: [.contentType: "application/json", .xContentTypeOptions: "nosniff"],
            body: Array("{\(json)}".utf8)
        )
    }

    private static func code(of text: String, under secret: Secret) -> [UInt8] {
        KeyedHash(.sha256, key: Array(secret.reveal().utf8)).code(over: Array(text.utf8))
    }
}

extension ConfiguredHandshake: CustomStringConvertible {
    /// The check, for people.
    package var description: String {
        guard let echo else { return "a GET, a HEAD or an empty POST, answered with 200" }
        let way = isSigned ? "a signed request" : "a GET, a HEAD or an empty POST"
        let proof = token.map { ", when \($0) is handshake_token" } ?? ""
        return "\(way) whose \(echo) is sent back\(proof)"
    }
}

/// A request by which a sender checks the address and that is no event.
package enum Handshake: Hashable, Sendable {
    /// A GET whose parameter is echoed as plain text (Adobe I/O).
    case echo(parameter: String)
    /// A GET whose parameter is echoed when another one holds the source's handshake token (Meta); 403 otherwise.
    case echoWithToken(parameter: String, token: String, mode: String, modeValue: String)
    /// A GET, a HEAD, or a POST without a body, none of them signed: answered with an empty 200 (Zoho Payments, which
    /// does not say how it tries an address).
    case probe
    /// An unsigned form with just this field, answered with an empty 200 (WooCommerce when a hook is saved).
    case unsignedForm(field: String)
    /// A correctly signed body whose array at this path is empty (Xero's intent to receive).
    case emptyArray(FieldPath)
    /// A correctly signed event of this type (GitHub's `ping`).
    case eventType(String)
    /// An OPTIONS that names the sender's origin, answered with consent when the settings allow it (CloudEvents).
    case allowedOrigin

    /// A check that the source's settings describe.
    case configured(ConfiguredHandshake)

    /// Whether the source's settings must hold a handshake token.
    package var needsToken: Bool {
        if case .echoWithToken = self { true } else { false }
    }
}
