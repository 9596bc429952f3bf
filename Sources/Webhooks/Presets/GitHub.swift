// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Preset {
    /// GitHub: repository, organisation and app webhooks.
    package static let github = Preset(
        name: "github",
        title: "GitHub",
        verification: .hmac(HMACScheme(header: "X-Hub-Signature-256", prefix: "sha256=")),
        eventType: "header.X-GitHub-Event",
        eventID: "header.X-GitHub-Delivery",
        body: BodyDecoding(
            standard: .json,
            byMediaType: ["application/x-www-form-urlencoded": .formField("payload")]
        ),
        // A delivery can be repeated by hand for three days and keeps its id.
        dedupe: Dedupe(key: "header.X-GitHub-Delivery", window: .seconds(4 * 86_400)),
        handshakes: [.eventType("ping")],
        maxBodyBytes: 25 << 20,
        traps: [
            "Without a secret there is no signature, and every request is refused.",
            "Nothing is repeated by itself; failed deliveries can be sent again by hand within three days.",
            "The event's name is a header, which the signature does not cover.",
            "A run of a pull request from somebody's copy can name a branch main, too: match on workflow_run.event.",
            "There is no phone number: send to a fixed one.",
        ],
        steps: [
            "In the repository or organisation open Settings > Webhooks and choose Add webhook.",
            "Enter the source's https address as Payload URL and application/json as Content type; the form with payload in it is read, too.",
            "Set a long random Secret: it is the secret. Choose the events, and add the webhook.",
        ],
        documentation: "https://docs.github.com/en/webhooks"
    )
}
