// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Preset {
    /// QuickBooks Online: changes of customers, invoices, payments as CloudEvents; thin events.
    package static let quickbooks = Preset(
        name: "quickbooks",
        title: "QuickBooks Online",
        verification: .hmac(HMACScheme(encoding: .base64, header: "intuit-signature")),
        eventType: "body.type",
        eventID: "body.id",
        eventTime: EventTime(place: "body.time"),
        batch: .elements(at: nil),
        dedupe: Dedupe(key: "body.id", window: .seconds(7 * 86_400)),
        address: .https,
        traps: [
            "The secret is the verifier token of the app's webhook page.",
            "An event says only which record changed: name, phone number and amount are not in it. Fetch the rest with enrich (docs/enrichment.md).",
            "An invoice was sent by e-mail only when its EmailStatus is EmailSent; a credit note that is set off makes a payment over 0.",
            "The answer must be 200 within three seconds; while one delivery fails, later ones are held back.",
            "The old eventNotifications format ended in May 2026 and arrives as one event without a type.",
        ],
        steps: [
            "In the Intuit developer portal open your app and, under Production or Development, Webhooks.",
            "Enter the source's https address and choose the entities.",
            "Save, choose Show Token and copy the verifier token: it is the secret.",
        ],
        unconfirmed: [
            "The names on the buttons, which are known from other receivers' guides.",
            "That a sent invoice causes the event qbo.invoice.emailed.v1: its old name was Emailed.",
        ],
        documentation: "https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks"
    )
}
