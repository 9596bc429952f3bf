// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes

extension Preset {
    /// Any sender that signs with a keyed hash or presents a token; its settings say the rest.
    package static let generic = Preset(
        name: "generic",
        title: "Any other sender",
        methods: [.post, .put],
        verification: .hmac(HMACScheme(header: "X-Signature")),
        eventType: ["header.X-Event-Type", "body.type", "body.event"],
        eventID: ["header.X-Event-Id", "body.id"],
        body: .any,
        dedupe: Dedupe(key: "body_hash", window: .seconds(86_400)),
        traps: [
            "Without dedupe in the settings two equal bodies within a day are one event.",
            "A token proves who sent, not what: anyone who reads one request can send others.",
            "XML becomes an object named like its root: body.ENVELOPE.HEADER, attributes with @ in front, repeated elements as a list, everything text; a document type is refused.",
            "Forms become an object: repeated fields as a list, items[] as items, customer[name] as customer.name. Charsets other than UTF-8 are read when the sender names them.",
            "How the sender checks the address is said by handshake in the settings (docs/configuration.md).",
            "Tally has no webhooks of its own: an add-on (TDL) posts such XML. Let it send a token header, and set verify: {scheme: token} and body: xml.",
            "{timestamp} in the signed text is read from X-Timestamp unless timestamp_header says otherwise.",
        ],
        steps: [
            "Find out how the sender signs, and write it under verify in the source's settings; verify: {scheme: bearer} for a token.",
            "Point the sender at the source's https address.",
            "Say where the type and the id are with event_type and event_id.",
        ],
        documentation: "https://www.rfc-editor.org/rfc/rfc2104"
    )
}
