// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation
internal import HTTPTypes
internal import HTTPValues

extension Source {
    /// The answer to a check of the address that comes without a signature.
    ///
    /// - Parameter request: The request.
    /// - Returns: `nil` when the request is no such check.
    func unsignedHandshake(_ request: InboundRequest) -> Reception? {
        for handshake in preset.handshakes {
            switch handshake {
            case .echo(let parameter):
                guard request.method == .get, let value = request.query(parameter) else { continue }
                return .handshake(.plainText(value))
            case .echoWithToken(let parameter, let token, let mode, let modeValue):
                guard request.method == .get, let challenge = request.query(parameter) else { continue }
                guard request.query(mode) == modeValue, isHandshakeToken(request.query(token)) else {
                    return .rejected(
                        rejection(403, .handshakeRefused, "the handshake's \(mode) or \(token) is not ours")
                    )
                }
                return .handshake(.plainText(challenge))
            case .probe:
                if Self.isProbe(request) { return .handshake(.empty(200)) }
            case .unsignedForm(let field):
                if isUnsignedForm(request, field) { return .handshake(.empty(200)) }
            case .allowedOrigin:
                if request.method == .options { return consent(request) }
            case .configured(let check):
                if let reception = unsigned(check, request) { return reception }
            case .emptyArray, .eventType: continue
            }
        }
        return nil
    }

    /// The answer to a correctly signed request that is a check and no event.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - document: Its body.
    /// - Returns: `nil` when the request is an event.
    func signedHandshake(_ request: InboundRequest, _ document: JSONDocument) -> Reception? {
        for case .configured(let check) in preset.handshakes where check.isSigned {
            let values = RequestValues(request: request, payload: document, hashedBytes: [])
            if let event = check.event, values.value(of: preset.eventType) != event { continue }
            if let reception = answer(check, values) { return reception }
        }
        let isHandshake = preset.handshakes.contains { handshake in
            switch handshake {
            case .emptyArray(let path): isEmptyArray(document.root[path])
            case .eventType(let type):
                RequestValues(request: request, payload: document, hashedBytes: []).value(of: preset.eventType) == type
            case .echo, .echoWithToken, .probe, .unsignedForm, .allowedOrigin, .configured: false
            }
        }
        return isHandshake ? .handshake(.empty(200)) : nil
    }

    /// A check without a signature comes by GET or HEAD, or by a POST in whose address everything stands.
    private func unsigned(_ check: ConfiguredHandshake, _ request: InboundRequest) -> Reception? {
        guard !check.isSigned, Self.isProbe(request) else { return nil }
        return answer(check, RequestValues(request: request, payload: nil, hashedBytes: []))
    }

    /// `nil` when the request does not hold what is to be sent back.
    private func answer(_ check: ConfiguredHandshake, _ values: RequestValues) -> Reception? {
        var text = ""
        if let echo = check.echo {
            guard let found = values.value(of: Extraction(echo)) else { return nil }
            text = found
        }
        if let token = check.token, !isHandshakeToken(values.value(of: Extraction(token))) {
            return .rejected(rejection(403, .handshakeRefused, "the handshake's \(token) is not handshake_token"))
        }
        guard check.echo != nil else { return .handshake(.empty(200)) }
        return .handshake(check.reply(to: values.request, echo: text, secret: handshakeSecret))
    }

    /// CloudEvents' abuse protection: consent is the header, not the status.
    ///
    /// - SeeAlso: [HTTP webhooks, section 4](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md)
    private func consent(_ request: InboundRequest) -> Reception {
        let origin = request.headers[HeaderName(stringLiteral: "WebHook-Request-Origin").field] ?? ""
        guard !origin.isEmpty, allowedOrigins.contains("*") || allowedOrigins.contains(origin.lowercased()) else {
            // As if OPTIONS were not known at all, which is what the specification advises.
            let allowed = preset.methods.map(\.rawValue).joined(separator: ", ")
            let reason = "the origin '\(origin.prefix(64))' is none of allowed_origins"
            return .rejected(rejection(405, .handshakeRefused, reason, headers: [.allow: allowed]))
        }
        var headers: HTTPFields = [.allow: "POST"]
        headers[HeaderName(stringLiteral: "WebHook-Allowed-Origin").field] = origin
        if request.headers.contains(HeaderName(stringLiteral: "WebHook-Request-Rate").field) {
            headers[HeaderName(stringLiteral: "WebHook-Allowed-Rate").field] = allowedRate.map(String.init) ?? "*"
        }
        return .handshake(Reply(status: 200, headers: headers))
    }

    /// Somebody who only looks whether there is anybody: nothing came that could become an event.
    private static func isProbe(_ request: InboundRequest) -> Bool {
        switch request.method {
        case .get, .head: true
        case .post: request.body.isEmpty
        default: false
        }
    }

    private func isEmptyArray(_ node: JSONNode?) -> Bool {
        node.map { $0.kind == .array && $0.count == 0 } ?? false
    }

    /// A form with one field of digits and no signature header: nothing in it is believed, it is only answered.
    private func isUnsignedForm(_ request: InboundRequest, _ field: String) -> Bool {
        guard request.method == .post, request.body.count <= 64 else { return false }
        let text = String(decoding: request.body, as: UTF8.self)
        guard text.hasPrefix(field + "=") else { return false }
        return text.utf8.dropFirst(field.utf8.count + 1).allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
    }

    private func isHandshakeToken(_ presented: String?) -> Bool {
        guard let presented, let handshakeToken else { return false }
        return handshakeToken.isSame(as: presented)
    }
}
