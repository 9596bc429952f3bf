// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import OrderedCollections

extension Event {
    /// The name below which rules find what was fetched.
    package static let enrichedField = "enriched"

    /// The event with what was fetched for it in its payload, as the field `enriched`.
    ///
    /// A field of that name which the sender has put there is replaced. Everything else is unchanged; the raw body
    /// stays what was received and signed.
    ///
    /// - Parameter enriched: What ``Enricher/enrich(_:with:)`` returned.
    /// - Returns: The event for the rules.
    /// - Throws: ``LookUpFailure``, final, when the payload is no object or would nest too deeply.
    package func adding(enriched: JSON) throws(LookUpFailure) -> Event {
        guard case .object(var members) = payload.root.value else { throw .payloadIsNoObject }
        members[Self.enrichedField] = enriched
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(JSON.object(members).encoded())
        } catch {
            throw LookUpFailure("what was fetched does not fit into the event's payload: \(error)", isFinal: true)
        }
        return replacing(payload: document)
    }
}

extension LookUpFailure {
    static let payloadIsNoObject = LookUpFailure(
        "the event's payload is no object, so there is no place for what would be fetched",
        isFinal: true
    )
}
