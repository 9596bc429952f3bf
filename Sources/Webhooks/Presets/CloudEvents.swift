// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Preset {
    /// CloudEvents over HTTP: structured, binary and batched.
    package static let cloudevents = Preset(
        name: "cloudevents",
        title: "CloudEvents over HTTP",
        verification: .firstPresent([
            .token(TokenScheme(carrier: .bearer)), .token(TokenScheme(carrier: .query("access_token"))),
        ]),
        eventType: "body.type",
        eventID: "body.id",
        eventTime: EventTime(place: "body.time"),
        body: BodyDecoding(standard: .cloudEvent),
        batch: .elements(at: nil),
        // An id is only unique within its source.
        dedupe: Dedupe(key: .joined(["body.source", "body.id"]), window: .seconds(7 * 86_400)),
        handshakes: [.allowedOrigin],
        traps: [
            "The token proves who sent, not what: the body is not signed.",
            "All three forms give the same payload: the attributes, and the event's own content under data.",
            "What is no JSON and no text is base64 in data_base64.",
            "Senders that ask with OPTIONS first are answered only when allowed_origins names them; their callback address is never called.",
        ],
        steps: [
            "Make up a long random token: it is the secret. Have the sender present it as Authorization: Bearer, or as ?access_token=… where it can set no header.",
            "Point the subscription at the source's https address, in any content mode.",
            "If the sender validates endpoints first, put its origin into allowed_origins.",
        ],
        documentation: "https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md"
    )
}
