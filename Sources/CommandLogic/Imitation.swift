// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CurlTransport
package import Events
internal import Foundation
package import HTTPTypes
internal import HTTPValues
package import Webhooks

/// Why a sender cannot be imitated.
package struct ImitationError: Error, Hashable, Sendable {
    /// Where the mistake is.
    package enum Kind: Hashable, Sendable {
        /// In what was asked for.
        case usage
        /// In the configuration.
        case configuration
        /// In the body.
        case body
        /// Nobody answered.
        case unavailable
    }

    /// One sentence.
    package let reason: String
    /// Where the mistake is.
    package let kind: Kind

    package init(reason: String, kind: Kind = .configuration) {
        self.reason = reason
        self.kind = kind
    }
}

/// What the service answered to a posted event.
package struct PostAnswer: Hashable, Sendable {
    /// The HTTP status.
    package let status: Int
    /// The body as text.
    package let text: String
    /// The events that the answer names; none where the sender gets its own answer.
    package let events: [Event]

    /// The ids of the messages that the answer names; `nil` where the sender wants another answer than our report, as
    /// Adyen and Xero do.
    package var messages: [String]? { events.isEmpty ? nil : events.flatMap(\.messages) }

    /// An answer.
    ///
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - body: The body, a report or what the sender wants instead.
    package init(status: Int, body: [UInt8]) {
        self.status = status
        text = String(decoding: body, as: UTF8.self)
        events = (try? JSON(parsing: body)).map(Event.all) ?? []
    }

    /// What the answer says of one event.
    package struct Event: Hashable, Sendable {
        /// Its id; for a repetition that of the event that came first.
        package let id: String
        /// Whether the event had come before.
        package let isDuplicate: Bool
        /// The ids of its messages.
        package let messages: [String]

        package init(id: String, isDuplicate: Bool, messages: [String] = []) {
            self.id = id
            self.isDuplicate = isDuplicate
            self.messages = messages
        }
    }
}

extension PostAnswer.Event {
    /// The events of an answer's body: one, or those of a batch.
    fileprivate static func all(in answer: JSON) -> [Self] {
        (answer["events"]?.array ?? [answer]).compactMap { event in
            guard let id = event["event"]?.string else { return nil }
            let messages = (event["messages"]?.array ?? []).compactMap { $0["id"]?.string }
            return Self(id: id, isDuplicate: event["duplicate"] == true, messages: messages)
        }
    }
}

/// A body with the headers that its sender would post it with.
package struct Imitation: Sendable {
    /// What the caller knows of the event beside its body.
    package struct Details: Sendable {
        /// The event's type, where it is in a header or in the address.
        package var type: String?
        /// The sender's id of the event; a new one if left out.
        package var id: String?
        /// More headers; they win over those of the sender.
        package var headers: HTTPFields
        /// What signs where the source's secret is a public key.
        package var key: SenderKey?

        package init(type: String? = nil, id: String? = nil, headers: HTTPFields = [:], key: SenderKey? = nil) {
            self.type = type
            self.id = id
            self.headers = headers
            self.key = key
        }
    }

    /// Signature, time stamp and naming headers.
    package let headers: HTTPFields
    /// The same as `NAME: value` lines.
    package var headerLines: [String] { headers.map { "\($0.name.rawName): \($0.value)" } }
    /// Parameters that the sender adds to the address, as `NAME=VALUE` lines, not percent-encoded.
    package var queryLines: [String] { query.map { "\($0.name)=\($0.value ?? "")" } }
    /// The body that the sender would post, where that is another one than was given: the signature stands in it, or
    /// it is a form.
    package let changedBody: [UInt8]?
    /// What the request will lack; `nil` when it is whole.
    package let warning: String?
    /// The name of the source that the body is posted to, or of the preset where no configuration has one.
    package let source: String
    /// Parameters that the sender adds to the address.
    private let query: [URLQueryItem]
    private let body: [UInt8]
    private let url: String
    private let options: TransportOptions

    /// Signs a body as a sender would.
    ///
    /// - Parameters:
    ///   - sender: The sender.
    ///   - body: What to sign, byte for byte; for senders of forms also a JSON object of the fields.
    ///   - details: What else is known of the event.
    ///   - clock: The time to sign with.
    /// - Throws: ``ImitationError`` when only the sender can sign, or the body is none of its.
    package init(
        _ sender: ImitatedSender,
        body: [UInt8],
        _ details: Details = Details(),
        clock: any WallClock = SystemClock()
    ) throws(ImitationError) {
        let source = sender.source
        try Self.checkThatAnybodyCanSign(source.signer, for: source.preset, key: details.key)
        let given = source.posted(body)
        let signed = source.sign(given, type: details.type, id: details.id, now: clock.now, key: details.key)
        if source.preset.verification.needsSecret && !signed.isProof {
            let expected = details.key == nil ? "a body as \(source.preset.title) posts it" : "a key of that kind"
            throw ImitationError(
                reason: "nothing to sign for \(source.preset.verification); expected \(expected)",
                kind: .body
            )
        }
        self.source = source.name
        var headers = signed.headers
        for field in details.headers { headers[field.name] = field.value }
        self.headers = headers
        query = signed.queryItems
        self.body = signed.body ?? given
        changedBody = self.body == body ? nil : self.body
        (url, options) = (sender.url, sender.options)
        let place = source.preset.eventType.description
        let request = InboundRequest(
            method: source.preset.methods.first ?? .post,
            target: source.path + signed.queryString,
            headers: headers,
            body: self.body
        )
        warning =
            source.needsTypeToSign && source.leavesOutType(request, now: clock.now)
            ? "the event's type is missing: \(source.preset.title) has it in \(place); expected --type" : nil
    }

    /// Throws when only the sender can sign, or a key is missing or of no use.
    static func checkThatAnybodyCanSign(_ signer: Signer, for preset: Preset, key: SenderKey?) throws(ImitationError) {
        let sender = preset.title
        switch (signer, key) {
        case (.senderAlone(let site), _):
            let why = "it signs with a private key whose public half is fetched from \(site)"
            throw ImitationError(reason: "\(sender) cannot be imitated: \(why)", kind: .usage)
        case (.privateKey, nil):
            let way = "make a pair of your own, give the source the public half, and --key the private one"
            throw ImitationError(reason: "\(sender) signs with a private key; \(way)", kind: .usage)
        case (.secret, .some), (.nobody, .some):
            throw ImitationError(reason: "\(sender) does not sign with a private key; expected no --key", kind: .usage)
        case (.secret, nil), (.nobody, nil), (.privateKey, .some): return
        }
    }

    /// Posts the body.
    ///
    /// - Parameter address: The whole address; the sender's own on this machine if left out.
    /// - Returns: The answer, whatever its status.
    /// - Throws: ``ImitationError`` when there was none.
    package func post(to address: String?) async throws(ImitationError) -> PostAnswer {
        let transport: CurlHTTPTransport
        do {
            transport = try CurlHTTPTransport(address == nil ? options : TransportOptions())
        } catch {
            throw ImitationError(reason: "\(error)", kind: .unavailable)
        }
        let result = await answer(from: transport, address: addressWithQuery(address ?? url))
        await transport.shutdown()
        return try result.get()
    }

    private func addressWithQuery(_ address: String) -> String {
        guard !query.isEmpty, var components = URLComponents(string: address) else { return address }
        let own = [components.percentEncodedQuery].compactMap { $0 }
        components.percentEncodedQuery = (own + [query.encodedQuery]).joined(separator: "&")
        return components.string ?? address
    }

    private func answer(from transport: CurlHTTPTransport, address: String) async -> Result<PostAnswer, ImitationError>
    {
        let fields = headers.map { HeaderField($0.name.rawName, $0.value) }
        do {
            let request = TransferRequest(method: .post, url: address, headers: try HeaderList(fields), body: body)
            let response = try await transport.perform(request)
            return .success(PostAnswer(status: response.status, body: response.body))
        } catch {
            let place = address.prefix { $0 != "?" }
            return .failure(ImitationError(reason: "\(place): \(error)", kind: .unavailable))
        }
    }
}

extension SignedHeaders {
    /// The parameters that the sender adds to the address, by name.
    var queryItems: [URLQueryItem] {
        query.sorted { $0.key < $1.key }.map { URLQueryItem(name: $0.key, value: $0.value) }
    }
}

extension [URLQueryItem] {
    /// As a query, with everything escaped that any reader could take for something else: `URLComponents` lets a plus
    /// sign stand, which forms read as a space.
    var encodedQuery: String {
        map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value ?? ""))" }.joined(separator: "&")
    }
}
