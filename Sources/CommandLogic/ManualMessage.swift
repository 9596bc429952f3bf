// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import Messages
internal import OrderedCollections
internal import Outbox
package import PartnerAPI
internal import PartnerClient
internal import Presentation
package import ServiceConfiguration

/// One message by hand, straight to the partner.
package enum ManualMessage {
    /// Puts a request together from a command's options.
    ///
    /// - Parameters:
    ///   - to: The recipient's number.
    ///   - template: The template's name, or `nil` for a text.
    ///   - language: The template's language.
    ///   - variables: Each `SLOT=VALUE`, or `NAME=VALUE` where the gaps have names.
    ///   - text: The text, where there is no template.
    ///   - catalogue: The account's templates, which say what a name is for; `nil` takes names for the body's.
    /// - Returns: The request.
    /// - Throws: `MessageRequestError` for what the API would refuse.
    package static func request(
        to: String,
        template: String?,
        language: String?,
        variables: [String],
        text: String?,
        catalogue: TemplateCatalogue? = nil
    ) throws(MessageRequestError) -> MessageRequest {
        let content: MessageRequest.Content
        if let template {
            let pairs = variables.map { variable -> (String, String) in
                let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
            }
            let parts = TemplateParts(variables: OrderedDictionary(pairs) { $1 })
            var known: MessageTemplate?
            if case .found(let found)? = catalogue?.choose(template, languages: language.map { [$0] } ?? []) {
                known = found
            }
            let payload = try parts.payload(for: known)
            content = .template(try TemplateMessage(name: template, language: language, payload: payload))
        } else {
            content = .text(text ?? "")
        }
        return try MessageRequest(recipient: .phone(PhoneNumberDigits(to)), content: content)
    }

    /// The templates that names of variables are looked up in.
    ///
    /// - Parameters:
    ///   - variables: Each `SLOT=VALUE` or `NAME=VALUE`.
    ///   - account: The account; the first if left out.
    ///   - settings: The configuration.
    /// - Returns: `nil` where all are slots, which need none, and where the partner does not give them.
    package static func catalogue(
        for variables: [String],
        account: String?,
        settings: Settings
    ) async -> TemplateCatalogue? {
        guard variables.contains(where: { Slot(String($0.prefix { $0 != "=" })) == nil }) else { return nil }
        return try? await PartnerAccess.catalogue(account: account, settings: settings)
    }

    /// Reads a request from the API's own body.
    ///
    /// - Parameters:
    ///   - body: The body of `POST /messages/send`, of any type.
    ///   - to: A number that takes the place of the body's recipient.
    /// - Returns: The request.
    /// - Throws: `MessageRequestError` for what the API would refuse.
    package static func request(body: JSON, to: String?) throws(MessageRequestError) -> MessageRequest {
        guard let to, var members = body.object else { return try MessageRequest(json: body) }
        members["phone"] = .string(to)
        members["contactId"] = nil
        return try MessageRequest(json: .object(members))
    }

    /// How the one attempt ended.
    package struct Report: Sendable {
        let outcome: Outcome

        /// Whether the partner took it.
        package var isAccepted: Bool { outcome.name == .accepted }

        /// One line for people.
        package var text: String {
            if case .accepted(let id, _) = outcome { return "accepted: \(VisibleText.line("\(id)"))" }
            return "\(outcome.name.rawValue): \(VisibleText.line(outcome.detail?.reason ?? ""))"
        }

        /// The same as data.
        package var json: JSON {
            var id: JSON = .null
            if case .accepted(let partnerID, _) = outcome { id = .string(partnerID) }
            return [
                "outcome": .string(outcome.name.rawValue), "id": id,
                "status": outcome.detail?.status.map { .number(JSONNumber($0)) } ?? .null,
                "code": outcome.detail.map { .string($0.code) } ?? .null,
                "reason": outcome.detail.map { .string($0.reason) } ?? .null,
            ]
        }
    }

    /// The message as its customer reads it, drawn for a terminal.
    ///
    /// - Parameters:
    ///   - request: The message.
    ///   - account: The account whose templates it uses; the first if left out.
    ///   - settings: The configuration.
    /// - Returns: `nil` when the account's templates cannot be had or lack this one.
    package static func bubble(_ request: MessageRequest, account: String?, settings: Settings) async -> String? {
        guard let catalogue = try? await PartnerAccess.catalogue(account: account, settings: settings) else {
            return nil
        }
        return catalogue.render(request).map(ChatBubble.draw)
    }

    /// Sends it once, past the outbox: no retry, no record.
    ///
    /// - Parameters:
    ///   - request: What to send.
    ///   - account: The account of the configuration; the first if left out.
    ///   - settings: The configuration.
    /// - Returns: How it ended.
    package static func send(_ request: MessageRequest, account: String?, settings: Settings) async -> Report {
        let name = account ?? settings.defaultAccount ?? ""
        do {
            return try await PartnerAccess.withClient(settings) { client in
                Report(outcome: await client.send(RenderedRequest(request), account: name))
            }
        } catch {
            return Report(outcome: .retryable(AttemptDetail(code: "not_sent", reason: error.reason), retryAfter: nil))
        }
    }
}
