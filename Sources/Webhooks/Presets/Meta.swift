// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

extension Preset {
    /// Meta: WhatsApp Business, Messenger, Instagram and lead ads, under one app.
    package static let meta = Preset(
        name: "meta",
        title: "Meta (WhatsApp, Messenger, Instagram)",
        verification: .hmac(HMACScheme(header: "X-Hub-Signature-256", prefix: "sha256=")),
        eventType: .first(
            of: .joined(["body.object", "body.entry.0.changes.0.field"], separator: "."),
            "body.object"
        ),
        eventID: ["body.entry.0.changes.0.value.messages.0.id", "body.entry.0.changes.0.value.statuses.0.id"],
        eventTime: EventTime(
            place: [
                "body.entry.0.changes.0.value.messages.0.timestamp",
                "body.entry.0.changes.0.value.statuses.0.timestamp",
                "body.entry.0.time",
            ]
        ),
        batch: .oneElement(
            ofEach: [
                FieldPath(steps: ["entry"]),
                FieldPath(steps: ["entry", "0", "changes"]),
                FieldPath(steps: ["entry", "0", "changes", "0", "value", "messages"]),
                FieldPath(steps: ["entry", "0", "changes", "0", "value", "statuses"]),
            ]
        ),
        dedupe: Dedupe(
            key: .first(
                of: .joined(["'message'", "body.entry.0.changes.0.value.messages.0.id"]),
                // One message goes through sent, delivered and read under one id.
                .joined([
                    "'status'",
                    "body.entry.0.changes.0.value.statuses.0.id",
                    "body.entry.0.changes.0.value.statuses.0.status",
                ])
            ),
            window: .seconds(8 * 86_400)
        ),
        handshakes: [
            .echoWithToken(
                parameter: "hub.challenge",
                token: "hub.verify_token",
                mode: "hub.mode",
                modeValue: "subscribe"
            )
        ],
        address: .https,
        traps: [
            "Two texts of yours: the app secret signs, the verify token (handshake_token) is only for the first check.",
            "One request holds several messages and statuses; each becomes an event with the others taken out.",
            "Failed deliveries are repeated for days.",
        ],
        steps: [
            "In the app dashboard of Meta for Developers copy the app secret under App settings > Basic: it is the secret.",
            "Make up a verify token and set it as handshake_token.",
            "Under Webhooks (or WhatsApp > Configuration) enter the source's https address and the verify token, and choose Verify and save.",
            "Subscribe to the fields that you need, such as messages.",
        ],
        unconfirmed: [
            "How long failed deliveries are repeated: 36 hours and, for WhatsApp, seven days are both told."
        ],
        documentation: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started"
    )
}
