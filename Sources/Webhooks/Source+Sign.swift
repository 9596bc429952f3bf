// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import HTTPTypes
package import HTTPValues
internal import OrderedCollections

extension Source {
    /// The headers and parameters with which the sender would post a body, so that it can be imitated.
    ///
    /// - Parameters:
    ///   - body: The body to sign.
    ///   - type: The event's type, set where the sender writes it in a header or where its address should say it.
    ///   - id: The sender's id, set where it is in a header or signed; a new one if left out.
    ///   - now: The time to sign with.
    ///   - key: What signs where the source's secret is a public key.
    /// - Returns: Signature, time stamp and naming headers, and another body where the signature stands in it; only
    ///   the naming headers where the source verifies nothing or only the sender can sign (``canSign``).
    package func sign(
        _ body: [UInt8],
        type: String? = nil,
        id: String? = nil,
        now: Timestamp,
        key: SenderKey? = nil
    ) -> SignedHeaders {
        let id = id ?? SortableID.make("msg_", at: now)
        var query: [String: String] = [:]
        if let type, case .query(let name)? = preset.eventType.sendersPlace { query[name] = type }
        var signed = verifier.sign(body, id: id, now: now, extras: SigningExtras(query: query, key: key))
        signed.isProof = signed != SignedHeaders()
        signed.query.merge(query) { signature, _ in signature }
        set(type, in: preset.eventType, of: &signed.headers)
        set(id, in: preset.eventID, of: &signed.headers)
        setSample(in: preset.dedupe.key, of: &signed.headers)
        signed.headers[.contentType] = contentType(of: signed.body ?? body)
        return signed
    }

    /// The body as the sender would post it: where that is a form, a JSON object of scalars becomes one.
    ///
    /// - Parameter body: A form, or what the source would make of one.
    /// - Returns: The form; the body as it is where the sender posts no forms or it has no such content.
    package func posted(_ body: [UInt8]) -> [UInt8] {
        guard preset.body.isForm, let members = (try? JSON(parsing: body))?.object else { return body }
        let fields = members.compactMap { name, value in
            value.scalarText.map { FormFields.Field(name: name, value: $0) }
        }
        return fields.count == members.count ? FormFields(fields).encoded : body
    }

    /// Whether the sender writes the event's type where only the caller can know it: in a header or the address.
    package var needsTypeToSign: Bool {
        switch preset.eventType.sendersPlace {
        case .header, .query: true
        case .body, .bodyHash, .constant, nil: false
        }
    }

    /// Whether a request makes an event without a type; `false` for what makes no event at all.
    ///
    /// - Parameters:
    ///   - request: The request as it would be posted; its signature does not matter.
    ///   - now: The time of its arrival.
    /// - Returns: Whether the source finds no type in it, in none of the places where it looks.
    package func leavesOutType(_ request: InboundRequest, now: Timestamp) -> Bool {
        guard case .events(let events) = withoutVerification.receive(request, now: now) else { return false }
        return events.contains { $0.event.type.isEmpty }
    }

    /// Who can sign for the sender.
    package var signer: Signer { verifier.signer }

    /// Whether a request of this sender can be imitated with what is configured.
    package var canSign: Bool { preset.verification.canSign }

    /// What the sender says that a body is; of a sender with several kinds, what the body looks like.
    private func contentType(of body: [UInt8]) -> String {
        var format = preset.body.standard
        if preset.body.looksAtBody {
            format = BodyDecoding.shape(of: body) ?? (body.contains(UInt8(ascii: "=")) ? .form : format)
        }
        return switch format {
        case .json: "application/json"
        case .form, .formField: "application/x-www-form-urlencoded"
        case .xml: "application/xml"
        case .cloudEvent: "application/cloudevents+json"
        }
    }

    /// Names the shop, or whatever else tells two events apart in a header: without it the body's hash would, and the same
    /// body under another type or id would pass for a repetition.
    private func setSample(in key: Extraction, of headers: inout HTTPFields) {
        let type = preset.eventType.sendersPlace
        for place in key.alternatives.first?.parts ?? [] where place != type {
            if case .header(let name) = place, headers[name.field] == nil { headers[name.field] = "shop.example" }
        }
    }

    private func set(_ value: String?, in extraction: Extraction, of headers: inout HTTPFields) {
        guard let value, case .header(let name)? = extraction.sendersPlace else { return }
        if headers[name.field] == nil { headers[name.field] = value }
    }
}

extension Extraction {
    /// Where the sender writes the value.
    fileprivate var sendersPlace: Place? { alternatives.first?.parts.first }
}

extension JSON {
    /// What a form says for the value; `nil` for what no form can say.
    fileprivate var scalarText: String? {
        switch self {
        case .string(let text): text
        case .number(let number): number.text
        case .bool(let value): value ? "true" : "false"
        case .null: ""
        case .array, .object: nil
        }
    }
}
