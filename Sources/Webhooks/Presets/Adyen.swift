// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPValues

extension Preset {
    /// Adyen: payments, in its standard notifications.
    package static let adyen = Preset(
        name: "adyen",
        title: "Adyen (standard webhooks)",
        verification: .withLogin(
            .itemHash(
                ItemHashScheme(
                    items: adyenItems,
                    fields: [
                        adyenItem("pspReference"), adyenItem("originalReference"), adyenItem("merchantAccountCode"),
                        adyenItem("merchantReference"), adyenItem("amount", "value"), adyenItem("amount", "currency"),
                        adyenItem("eventCode"), adyenItem("success"),
                    ],
                    signature: adyenItem("additionalData", "hmacSignature")
                )
            )
        ),
        eventType: "body.NotificationRequestItem.eventCode",
        eventID: "body.NotificationRequestItem.pspReference",
        eventTime: EventTime(place: "body.NotificationRequestItem.eventDate"),
        // The flag that tells test from live stands once, around the items.
        batch: .elements(at: FieldPath(steps: ["notificationItems"]), keeping: ["live"]),
        dedupe: Dedupe(
            key: .joined([
                "body.NotificationRequestItem.pspReference", "body.NotificationRequestItem.eventCode",
                "body.NotificationRequestItem.success",
            ]),
            // Adyen repeats for 30 days.
            window: .seconds(31 * 86_400)
        ),
        success: .fixed(.plainText("[accepted]")),
        address: .https(443, 8443, 8843),
        money: .minor,
        conventions: adyenConventions,
        minorUnitsDocumentation: "https://docs.adyen.com/development-resources/currency-codes/",
        traps: [
            "The secret is the webhook's HMAC key in hex; a new key takes some minutes to be used.",
            "Not signed: reason, eventDate, paymentMethod, everything in additionalData, and all other fields but the eight in the scheme.",
            "eventCode alone says little: AUTHORISATION with success false is a refused payment.",
            "live is false for Adyen's test system; like most fields it is not signed.",
            "Values are minor units. There is no phone number: put one into merchantReference, or fetch the order with enrich (docs/enrichment.md).",
            "User name and password may be set beside the HMAC key: list user:password as one more secret, and then both must be right. OAuth 2.0 is not understood.",
            "Without an answer of 2xx within ten seconds Adyen queues all later webhooks for this address, and repeats for 30 days.",
        ],
        steps: [
            "In Adyen's Customer Area open Developers > Webhooks and add a Standard webhook.",
            "Under Server configuration enter the source's https address and choose JSON.",
            "Under Security generate an HMAC key, copy it (it is the secret), and save.",
            "Use Test configuration to send a test event.",
        ],
        unconfirmed: ["That two webhooks with the same pspReference, eventCode and success are always one fact."],
        documentation: "https://docs.adyen.com/development-resources/webhooks/"
    )

    /// Adyen for Platforms, Issuing and Management: transfers, account holders, balance accounts.
    package static let adyenPlatform = Preset(
        name: "adyen-platform",
        title: "Adyen (platform webhooks)",
        verification: .withLogin(.hmac(HMACScheme(encoding: .base64, key: .hex, header: "HmacSignature"))),
        eventType: "body.type",
        eventID: "body.data.id",
        eventTime: EventTime(place: "body.timestamp"),
        // data.id is the object's, and an object has many events of one type.
        dedupe: Dedupe(key: "body_hash", window: .seconds(31 * 86_400)),
        address: .https(443, 8443, 8843),
        money: .minor,
        conventions: adyenConventions,
        minorUnitsDocumentation: "https://docs.adyen.com/development-resources/currency-codes/",
        traps: [
            "The secret is the webhook's HMAC key in hex; user:password as one more secret asks for that login as well.",
            "Standard payment webhooks are signed otherwise: use the preset adyen for them.",
            "Values are minor units, and there is no phone number.",
        ],
        steps: [
            "In Adyen's Customer Area (or the Balance Platform's own) open Developers > Webhooks and add the webhook of your product.",
            "Enter the source's https address, generate an HMAC key under Security, and copy it: it is the secret.",
        ],
        unconfirmed: ["That data.id is in every kind of these webhooks."],
        documentation: "https://docs.adyen.com/platforms/webhooks/"
    )

    /// The four currencies that Adyen's table marks as different from the standard.
    private static let adyenConventions = DataConventions(
        writer: "Adyen",
        minorUnitPlaces: ["CLP": 2, "CVE": 0, "IDR": 0, "ISK": 2]
    )

    private static let adyenItems = Batch.elements(at: FieldPath(steps: ["notificationItems"]))

    private static func adyenItem(_ steps: String...) -> FieldPath {
        FieldPath(steps: ["NotificationRequestItem"] + steps)
    }
}
