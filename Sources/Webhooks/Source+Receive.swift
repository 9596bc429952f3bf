// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import HTTPTypes
package import HTTPValues

extension Source {
    /// Decides what a request is: address, method, size and coding, handshake, signature, then the body.
    ///
    /// Nothing of the body is parsed before its signature is good, but where the signature stands in the body; and
    /// nothing is stored here.
    ///
    /// - Parameters:
    ///   - request: The request as it was received.
    ///   - now: Our clock.
    ///   - keys: Senders' public keys that were fetched so far.
    /// - Returns: What to store and what to answer, or which key is needed to tell.
    package func receive(_ request: InboundRequest, now: Timestamp, keys: FetchedKeys = [:]) -> Reception {
        if let rejection = strangersRefusal(request) { return .rejected(rejection) }
        if let reply = unsignedHandshake(request) { return reply }
        if let rejection = refusal(of: request) { return .rejected(rejection) }
        let label: String?
        do {
            label = try verifier.verify(request, now: now, keys: keys)
        } catch {
            if let url = error.neededCertificate { return .needs(url) }
            return .rejected(rejection(401, .badSignature, error.description))
        }
        do {
            return accept(request, try preset.body.decode(request), label, now)
        } catch {
            return .parked(park(request, reason: error.description, label, now))
        }
    }

    /// Why a request does not come from where its sender is; without the address, of which a stranger may have any number.
    private func strangersRefusal(_ request: InboundRequest) -> Rejection? {
        guard !allowedAddresses.isEmpty, !allowedAddresses.include(request.client) else { return nil }
        let reason = "it came from an address that 'allow_from' does not list"
        let hint = ", a private one: is it a proxy's, which 'trusted_proxies' does not name?"
        let isInside = AddressList.inside.include(request.client)
        return rejection(403, .addressNotAllowed, isInside ? reason + hint : reason)
    }

    private func refusal(of request: InboundRequest) -> Rejection? {
        guard preset.methods.contains(request.method) else {
            let allowed = preset.methods.map(\.rawValue).joined(separator: ", ")
            let reason =
                "found the method \(request.method.rawValue.prefix(16)); events come to this source by \(allowed)"
            return rejection(405, .methodNotAllowed, reason, headers: [.allow: allowed])
        }
        guard request.body.count <= maxBodyBytes else {
            let reason =
                "the body has \(request.body.count) bytes; at most \(SettingValue.text(bytes: maxBodyBytes)) are allowed"
            return rejection(413, .bodyTooLarge, reason)
        }
        let coding = request.headers.value(of: .contentEncoding)
        guard coding == nil || coding?.lowercased() == "identity" else {
            let reason = "the body is compressed; only bodies as they are can be verified"
            return rejection(415, .unsupportedEncoding, reason, headers: [.acceptEncoding: "identity"])
        }
        return nil
    }

    func rejection(_ status: Int, _ code: Rejection.Code, _ reason: String, headers: HTTPFields = [:]) -> Rejection {
        Rejection(
            status: status,
            code: code,
            reason: reason,
            headers: headers,
            hasEmptyBody: preset.refusesWithEmptyBody
        )
    }

    private func accept(_ request: InboundRequest, _ document: JSONDocument, _ label: String?, _ now: Timestamp)
        -> Reception
    {
        if let reception = signedHandshake(request, document) { return reception }
        guard let batch = preset.batch else {
            let values = RequestValues(request: request, payload: document, hashedBytes: request.body)
            return .events([event(values, document, label, now)])
        }
        do {
            let payloads = try batch.split(document)
            guard !payloads.isEmpty else {
                return .parked(park(request, reason: "the batch holds no event", label, now))
            }
            let keepsParts = payloads.count * request.body.count > Batch.maxCopiedBytes
            return .events(
                try payloads.map { payload in
                    let bytes = payload.encoded()
                    let part = try JSONDocument(bytes)
                    let values = RequestValues(request: request, payload: part, hashedBytes: bytes)
                    return event(values, part, label, now, rawBody: keepsParts ? bytes : nil)
                }
            )
        } catch {
            return .parked(park(request, reason: "\(error)", label, now))
        }
    }

    private func event(
        _ values: RequestValues,
        _ payload: JSONDocument,
        _ label: String?,
        _ now: Timestamp,
        rawBody: [UInt8]? = nil
    ) -> ReceivedEvent {
        let event = Event(
            id: EventID(at: now),
            source: name,
            type: values.value(of: preset.eventType) ?? "",
            senderID: values.value(of: preset.eventID),
            time: values.value(of: preset.eventTime.place).flatMap(preset.eventTime.read),
            receivedAt: now,
            headers: recordable(values.request.headers),
            rawBody: rawBody ?? values.request.body,
            payload: payload
        )
        let key = dedupeKey(values)
        return ReceivedEvent(
            event: event,
            dedupeKey: key,
            dedupeWindow: preset.dedupe.window,
            secretLabel: label,
            feedback: preset.feedback?.read(values) ?? []
        )
    }

    private func park(_ request: InboundRequest, reason: String, _ label: String?, _ now: Timestamp) -> ParkedBody {
        let values = RequestValues(request: request, payload: nil, hashedBytes: request.body)
        return ParkedBody(
            id: EventID(at: now),
            source: name,
            reason: reason,
            receivedAt: now,
            headers: recordable(request.headers),
            rawBody: request.body,
            dedupeKey: DedupeKey.text(source: name, parts: ["body", values.bodyHash]),
            dedupeWindow: preset.dedupe.window,
            secretLabel: label
        )
    }

    private func dedupeKey(_ values: RequestValues) -> String {
        let parts = values.parts(of: preset.dedupe.key)?.values ?? ["body", values.bodyHash]
        return DedupeKey.text(source: name, parts: parts)
    }

    /// The headers as records and rules get them.
    ///
    /// Whoever reads a token there could post as the sender, unlike with a signature, which holds for its body alone.
    private func recordable(_ headers: HTTPFields) -> HTTPFields {
        guard headers.contains(where: { secretHeaders.contains($0.name) }) else { return headers }
        return HTTPFields(
            headers.map { secretHeaders.contains($0.name) ? HTTPField(name: $0.name, value: "[redacted]") : $0 }
        )
    }
}
