// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import HTTPValues

extension Preset {
    /// Adobe Commerce (Magento): its webhooks module, which asks and waits for an answer.
    package static let adobeCommerce = Preset(
        name: "adobe-commerce",
        title: "Adobe Commerce webhooks",
        verification: .publicKey(
            PublicKeyScheme(
                algorithm: .rsaSHA256,
                header: "x-adobe-commerce-webhook-signature",
                signed: "{body_base64}"
            )
        ),
        eventType: ["query.event", "body.event"],
        eventID: .none,
        // Nothing is repeated; two equal bodies within a minute are one click made twice.
        dedupe: Dedupe(key: "body_hash", window: .seconds(60)),
        success: .fixed(
            Reply(
                status: 200,
                headers: [.contentType: "application/json"],
                body: Array(#"[{"op":"success"}]"#.utf8)
            )
        ),
        money: .major,
        conventions: adobeConventions,
        timesDocumentation: adobeTimes,
        traps: [
            "The shop waits for the answer before it goes on: for messages, Adobe I/O Events are the better way.",
            "The secret is the public key in PEM; sign and post need a key pair of your own and --key.",
            "Nothing in a request names the event: put ?event=… behind the address, which is not signed, or a field into the hook.",
            "Magento Open Source has no webhooks; other vendors' modules need the preset generic.",
        ],
        steps: [
            "In the Admin open Stores > Settings > Configuration > Adobe Services > Webhooks.",
            "Enable signature verification and choose Regenerate key pair; copy the public key: it is the secret.",
            "Register the webhook in webhooks.xml or the Admin's Webhooks page with the source's https address.",
        ],
        unconfirmed: [
            "Adobe's text calls the signature HMAC; its own example checks RSA-SHA256 over the body in base64, and that is done here."
        ],
        documentation: "https://developer.adobe.com/commerce/extensibility/webhooks/signature-verification/"
    )

    /// Adobe I/O Events: Commerce, Experience Platform, Creative Cloud.
    package static let adobeIO = Preset(
        name: "adobe-io",
        title: "Adobe I/O Events",
        verification: .certificate(
            CertificateScheme(
                signatures: [adobeSignature("1"), adobeSignature("2")],
                signed: [.body],
                recipient: [FieldPath(steps: ["recipient_client_id"]), FieldPath(steps: ["recipientclientid"])]
            )
        ),
        eventType: ["body.type", "body.event.@type"],
        eventID: ["body.id", "body.event_id"],
        eventTime: EventTime(place: "body.time"),
        batch: .elements(at: nil),
        dedupe: Dedupe(
            key: .first(of: .joined(["body.source", "body.id"]), "body.event_id"),
            window: .seconds(2 * 86_400)
        ),
        handshakes: [.echo(parameter: "challenge")],
        money: .major,
        conventions: adobeConventions,
        timesDocumentation: adobeTimes,
        traps: [
            "The secret is the project's client id (API key): a correctly signed event for another client is refused.",
            "The keys are fetched from static.adobeioevents.com at the first delivery, so the service must reach that host.",
            "Only Adobe can sign, so sign and post cannot imitate it.",
            "Which fields an event has is chosen in the shop's event subscription: tick the customer's phone number there.",
        ],
        steps: [
            "In the Adobe Developer Console create a project and add Events with the provider of your shop.",
            "As the way of delivery choose Webhook and enter the source's https address; the challenge is answered by itself.",
            "Copy the project's client id (API key): it is the secret.",
        ],
        unconfirmed: [
            "Adobe says that the event's payload is signed; that this is the body byte for byte is our reading.",
            "How long a failed delivery is repeated, and the menus of the Developer Console.",
        ],
        documentation: "https://developer.adobe.com/events/docs/guides/"
    )

    private static func adobeSignature(_ number: String) -> CertificateScheme.Signature {
        CertificateScheme.Signature(
            header: HeaderName(stringLiteral: "x-adobe-digital-signature-\(number)"),
            location: HeaderName(stringLiteral: "x-adobe-public-key\(number)-path"),
            site: .host("static.adobeioevents.com")
        )
    }

    /// Where the shop's PHP is told to be in UTC, whatever the machine's zone is.
    private static let adobeTimes = "https://github.com/magento/magento2/blob/2.4-develop/app/bootstrap.php"

    /// The shop keeps the times of its records in UTC and sends them so, without a zone.
    private static let adobeConventions = DataConventions(
        writer: "Adobe Commerce",
        utcEndings: ["created_at", "updated_at"]
    )
}
