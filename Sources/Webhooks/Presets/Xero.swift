// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPValues

extension Preset {
    /// Xero: contacts, invoices, credit notes, subscriptions of an accounting product; thin events.
    package static let xero = Preset(
        name: "xero",
        title: "Xero",
        verification: .hmac(HMACScheme(encoding: .base64, header: "x-xero-signature")),
        eventType: .joined(["body.eventCategory", "body.eventType"], separator: "."),
        // Sequence numbers are per webhook, and there is nothing else.
        eventID: .none,
        eventTime: EventTime(place: "body.eventDateUtc"),
        batch: .elements(at: FieldPath(steps: ["events"])),
        dedupe: Dedupe(
            key: .joined(["body.resourceId", "body.eventDateUtc", "body.eventCategory", "body.eventType"]),
            window: .seconds(2 * 86_400)
        ),
        success: .fixed(.empty(200)),
        refusesWithEmptyBody: true,
        handshakes: [.emptyArray(FieldPath(steps: ["events"]))],
        address: .https(443),
        // eventDateUtc, UpdatedDateUTC: UTC by name, without saying so in the value.
        conventions: DataConventions(writer: "Xero", utcEndings: ["Utc", "UTC"]),
        traps: [
            "Before it sends anything Xero posts right and wrong signatures and wants exactly 200 and 401, without a body.",
            "The key looks like base64 and is used as text.",
            "An event says only which record changed: name, phone number and amount are not in it. Fetch the rest with enrich (docs/enrichment.md).",
            "A contact's number is in three parts, and the country code is often empty: put a plus before it only where it is not.",
            "An approved invoice is in the customer's e-mail only when SentToContact is true.",
            "The answer must come within five seconds; after a day of failures the webhook is disabled.",
        ],
        steps: [
            "In the Xero developer portal open your app and its Webhooks page.",
            "Tick the events, enter the source's https address, save, and copy the webhooks key: it is the secret.",
            "With the service running, choose Send Intent to receive, and wait until the status is OK.",
        ],
        unconfirmed: [
            "The menus, which are known from other receivers' guides.",
            "That its times in fields named …Utc and …UTC are UTC: only their names say it.",
        ],
        documentation: "https://developer.xero.com/documentation/guides/webhooks/overview/"
    )
}
