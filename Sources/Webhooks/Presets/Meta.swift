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
        eventID: [
            "body.entry.0.changes.0.value.messages.0.id", "body.entry.0.changes.0.value.statuses.0.id",
            "body.entry.0.changes.0.value.message_echoes.0.id", "body.entry.0.changes.0.value.calls.0.id",
            "body.entry.0.messaging.0.message.mid",
        ],
        eventTime: EventTime(
            place: [
                "body.entry.0.changes.0.value.messages.0.timestamp",
                "body.entry.0.changes.0.value.statuses.0.timestamp",
                "body.entry.0.changes.0.value.message_echoes.0.timestamp",
                "body.entry.0.changes.0.value.calls.0.timestamp",
                "body.entry.0.changes.0.value.user_preferences.0.timestamp",
                "body.entry.0.messaging.0.timestamp",
                "body.entry.0.time",
            ]
        ),
        batch: .oneElement(ofEach: metaLevels),
        dedupe: Dedupe(key: metaKey, window: .seconds(8 * 86_400)),
        feedback: metaFeedback,
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
            "One request holds several messages, statuses, calls and errors of several people; each becomes an event of its own, with its own contact and without the others.",
            "A status has no contact unless Meta sends one for its own recipient_id: who else wrote in the same request is never in it.",
            "The button Test posts a message of \"test user name\" in the account 0, to whom nobody should write.",
            "Failed deliveries are repeated for days.",
            "Statuses are linked to messages by the id alone that the partner gave for them: where it passes on its own id and not Meta's, they are of no message.",
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

    /// Messenger and Instagram put events into `messaging` and `standby`, everything else into `changes`; WhatsApp puts
    /// several kinds of events beside each other, and the people of all of them into `contacts`.
    ///
    /// - SeeAlso: [WhatsApp: webhook payloads](https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components)
    private static let metaLevels = [
        BatchLevel("entry"),
        BatchLevel("changes", "messaging", "standby", at: ["entry", "0"]),
        BatchLevel(
            "messages",
            "statuses",
            "message_echoes",
            "calls",
            "user_preferences",
            "state_sync",
            "history",
            "groups",
            "errors",
            at: ["entry", "0", "changes", "0", "value"],
            people: BatchLevel.People(
                array: "contacts",
                ids: ["wa_id", "user_id"],
                namedBy: [
                    "messages": ["from", "from_user_id"],
                    "statuses": [
                        "recipient_id", "recipient_user_id", "recipient_participant_id",
                        "recipient_participant_user_id",
                    ],
                    "message_echoes": ["to", "to_user_id"],
                    "calls": ["from", "to", "from_user_id", "to_user_id"],
                    "user_preferences": ["wa_id", "user_id"],
                ]
            )
        ),
    ]

    /// Statuses of messages, what people write and press, and what they choose in WhatsApp.
    ///
    /// - SeeAlso: [WhatsApp: webhook payloads](https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components)
    private static let metaFeedback = FeedbackPlaces(
        status: FeedbackPlaces.Status(
            id: "body.entry.0.changes.0.value.statuses.0.id",
            status: "body.entry.0.changes.0.value.statuses.0.status",
            code: "body.entry.0.changes.0.value.statuses.0.errors.0.code",
            reason: [
                "body.entry.0.changes.0.value.statuses.0.errors.0.error_data.details",
                "body.entry.0.changes.0.value.statuses.0.errors.0.message",
                "body.entry.0.changes.0.value.statuses.0.errors.0.title",
            ],
            // A voice message that was listened to.
            words: ["played": "read"]
        ),
        inbound: FeedbackPlaces.Inbound(
            from: .joined(["'+'", "body.entry.0.changes.0.value.messages.0.from"], separator: ""),
            text: [
                "body.entry.0.changes.0.value.messages.0.text.body",
                "body.entry.0.changes.0.value.messages.0.button.text",
                "body.entry.0.changes.0.value.messages.0.interactive.button_reply.title",
            ],
            number: "body.entry.0.changes.0.value.metadata.phone_number_id",
            unless: "body.entry.0.changes.0.value.messages.0.group_id"
        ),
        preference: FeedbackPlaces.Preference(
            from: .joined(["'+'", "body.entry.0.changes.0.value.user_preferences.0.wa_id"], separator: ""),
            value: "body.entry.0.changes.0.value.user_preferences.0.value",
            number: "body.entry.0.changes.0.value.metadata.phone_number_id"
        )
    )

    /// One message goes through sent, delivered and read under one id, in a group once for each participant; what has
    /// no id of its own is told apart by its content.
    private static let metaKey = Extraction.first(
        of: .joined(["'message'", "body.entry.0.changes.0.value.messages.0.id"]),
        .joined([
            "'status'",
            "body.entry.0.changes.0.value.statuses.0.id",
            "body.entry.0.changes.0.value.statuses.0.status",
            "body.entry.0.changes.0.value.statuses.0.recipient_participant_id",
        ]),
        .joined([
            "'status'",
            "body.entry.0.changes.0.value.statuses.0.id",
            "body.entry.0.changes.0.value.statuses.0.status",
            "body.entry.0.changes.0.value.statuses.0.recipient_participant_user_id",
        ]),
        .joined([
            "'status'",
            "body.entry.0.changes.0.value.statuses.0.id",
            "body.entry.0.changes.0.value.statuses.0.status",
        ]),
        .joined(["'echo'", "body.entry.0.changes.0.value.message_echoes.0.id"]),
        .joined([
            "'call'",
            "body.entry.0.changes.0.value.calls.0.id",
            "body.entry.0.changes.0.value.calls.0.event",
        ])
    )
}
