// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import HTTPTypes

extension Source {
    /// The headers and parameters with which the sender would post a body, so that it can be imitated.
    ///
    /// - Parameters:
    ///   - body: The body to sign.
    ///   - type: The event's type, set where the sender writes it in a header.
    ///   - id: The sender's id, set where it is in a header or signed; a new one if left out.
    ///   - now: The time to sign with.
    /// - Returns: Signature, time stamp and naming headers, and another body where the signature stands in it; only
    ///   the naming headers where the source verifies nothing or only the sender can sign (``canSign``).
    package func sign(_ body: [UInt8], type: String? = nil, id: String? = nil, now: Timestamp) -> SignedHeaders {
        let id = id ?? "msg_" + SortableID.make(at: now)
        var signed = verifier.sign(body, id: id, now: now)
        set(type, in: preset.eventType, of: &signed.headers)
        set(id, in: preset.eventID, of: &signed.headers)
        signed.headers[.contentType] = contentType(of: signed.body ?? body)
        return signed
    }

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

    private func set(_ value: String?, in extraction: Extraction, of headers: inout HTTPFields) {
        guard let value, case .header(let name)? = extraction.alternatives.first?.parts.first else { return }
        if headers[name.field] == nil { headers[name.field] = value }
    }
}
