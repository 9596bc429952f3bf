// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPValues

extension Preset {
    /// Shiprocket: tracking updates of parcels in India.
    package static let shiprocket = Preset(
        name: "shiprocket",
        title: "Shiprocket",
        verification: .token(TokenScheme(carrier: .header("x-api-key"))),
        eventType: ["body.current_status", "body.shipment_status"],
        eventID: .none,
        eventTime: EventTime(
            place: "body.current_timestamp",
            format: .pattern("dd MM yyyy HH:mm:ss", zone: "Asia/Kolkata")
        ),
        dedupe: Dedupe(
            key: .joined(["body.awb", "body.shipment_status_id", "body.current_timestamp"]),
            window: .seconds(7 * 86_400)
        ),
        success: .fixed(.empty(200)),
        address: AddressRules(forbidden: ["shiprocket", "kartrocket", "sr", "kr"]),
        country: "IN",
        // Its times name no zone and are India's, as the event's own time above.
        conventions: DataConventions(writer: "Shiprocket", timeZone: "Asia/Kolkata"),
        traps: [
            "Set a token in the webhook's form: it is optional there, and without it every request is refused.",
            "Addresses with shiprocket, kartrocket, sr or kr anywhere in them are not accepted, and the path of a source named shiprocket has one: set path, such as /in/parcels.",
            "The token proves who sent, not what: the body is not signed.",
            "There is no phone number: order_id is the shop's own; fetch the order there with enrich (docs/enrichment.md).",
            "Statuses are in capitals and change; match on current_status_id and shipment_status_id.",
        ],
        steps: [
            "In Shiprocket's panel open Settings > API > Webhooks.",
            "Enter the source's https address, without shiprocket, kartrocket, sr or kr in it, and a long random token: it is the secret.",
            "Enable the webhook.",
        ],
        unconfirmed: [
            "Whether Shiprocket repeats a delivery.",
            "That its times are India's: they say no zone.",
        ],
        documentation: "https://apidocs.shiprocket.in"
    )
}
