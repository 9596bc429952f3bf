// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
internal import PhoneNumbers

/// The format of `hookline.yaml`.
enum SettingsShape {
    static let file = ObjectShape(
        "configuration",
        "The configuration of the service.",
        [
            Field("listen", text, "Where senders post to; 127.0.0.1:8080 if left out."),
            Field("store", text, "Where events and messages live, such as sqlite:hookline.db."),
            Field(
                "store_timeout",
                .duration,
                "How long a sender waits for a store that another process holds, before it gets 503; 2s if left out."
            ),
            Field("rules", text, "The folder of rule files; rules/ if left out."),
            Field("numbering_plans", text, "A file of numbering plans; the built-in ones if left out."),
            Field(
                "accounts",
                .map(.nonEmpty, .object(account)),
                required: true,
                "Credentials of the partner API by name."
            ),
            Field("sources", .map(.nonEmpty, .object(source)), required: true, "Who posts to us, by name."),
            Field("transport", .object(transport), "How connections to the partner are made."),
            Field("admin", .object(admin), "The inner listener."),
            Field("log", .object(log), "What is logged, and how."),
            Field("retention", .duration, "How long settled messages are kept; 90d if left out."),
            Field("drain", .duration, "How long a shutdown waits for requests that have left; 20s if left out."),
        ]
    )

    static let account = ObjectShape(
        "account",
        "Credentials of the partner API.",
        [
            Field("base_url", text, required: true, "Where the partner API is."),
            Field("api_key", text, required: true, "The key's public id, pk_ and 40 characters."),
            Field("api_secret", text, required: true, "The key's secret: ${ENV}, file:… or credential:…."),
            Field("rate", text, "The most messages a second, such as 20/s."),
            Field("max_in_flight", .integer(1...1_000), "The most requests at the same time; 32 if left out."),
        ]
    )

    static let transport = ObjectShape(
        "transport",
        "How connections to the partner are made.",
        [
            Field("connect_timeout", .duration, "How long connecting may take; 5s if left out."),
            Field("timeout", .duration, "How long a whole request may take; 30s if left out."),
            Field("ca_file", text, "Certificates to trust instead of the system's, as a PEM file."),
            Field("http2", .boolean, "Whether HTTP/2 is offered; false if left out."),
        ]
    )

    static let source = ObjectShape(
        "source",
        "One sender.",
        [
            Field("preset", text, "Built-in knowledge of a sender; generic if left out."),
            Field("path", text, "Where it posts to; /hooks/NAME if left out."),
            Field("secrets", .list(text), "The secrets that are valid now: ${ENV}, file:… or credential:…."),
            Field("verify", .map(.nonEmpty, text), "How a request is verified, where it differs from the preset."),
            Field("event_type", text, "Where the event's type is, such as body.type or header.X-Topic."),
            Field("event_id", text, "Where the sender's id of the event is."),
            Field("event_time", text, "Where the event's time is."),
            Field("dedupe", .list(text), "What tells two events apart, such as body.id."),
            Field("dedupe_window", .duration, "How long a repeated event is recognised."),
            Field("country", text, "Where phone numbers without country code are from, such as IN."),
            Field(
                "allow_numbers",
                .list(.choice(NumberKind.allCases.map(\.rawValue)), atLeast: 0),
                "Kinds of phone numbers that are refused otherwise."
            ),
            Field("public_url", text, "The address that the sender signs."),
            Field("max_body", text, "The largest body, such as 1MiB."),
            Field("rate", text, "The most events, such as 50/s or 600/m; as many as come if left out."),
            Field("body", text, "How the body is read, where it differs from the preset, such as json, form or xml."),
            Field("allowed_origins", .list(text), "Whom the CloudEvents handshake admits."),
            Field("allowed_rate", text, "How many requests a minute the CloudEvents handshake grants."),
            Field("enrich", .oneOrMany(.object(enrich)), "What is looked up before rules are evaluated."),
            Field("enrich_for", .duration, "How long a look-up is tried again; 24h if left out."),
            Field(
                "handshake",
                .anyOf([.choice(["probe"]), .object(handshake)]),
                "How the sender checks the address, where no preset knows: probe, or what is sent back."
            ),
            Field("handshake_token", text, "What the sender shows when it checks the address."),
        ]
    )

    static let handshake = ObjectShape(
        "handshake",
        "How a sender checks the address before it posts.",
        [
            Field("echo", text, required: true, "What is sent back: query.NAME, header.NAME or body.PATH."),
            Field("token", text, "Where the sender must present handshake_token, such as query.hub.verify_token."),
            Field("event", text, "The event type that the check has, such as url_verification."),
            Field(
                "answer",
                .map(.nonEmpty, text),
                "The answer's JSON members, with {echo}, {hmac_hex} or {hmac_base64} in them; the echo alone if left out."
            ),
        ]
    )

    static let enrich = ObjectShape(
        "look-up",
        "What is fetched for an event, to stand at 'enriched' in its payload.",
        [
            Field("name", text, "Where the answer stands below 'enriched'; needed with several look-ups."),
            Field("url", .liquid, required: true, "The address; what Liquid puts in is percent-encoded."),
            Field("headers", .map(.nonEmpty, text), "Header fields: Liquid, ${ENV}, or file:… for what changes."),
            Field("events", .list(text), "The event types that need it; all if left out."),
            Field("hosts", .list(text), "The hosts that may be asked; the one in 'url' if left out."),
            Field("timeout", .duration, "How long an answer may take; 10s if left out."),
            Field("cache", .duration, "How old an answer may be; if left out it is fetched after the event came."),
        ]
    )

    static let admin = ObjectShape(
        "admin",
        "The inner listener.",
        [Field("listen", text, "Where health and metrics are; 127.0.0.1:8081 if left out.")]
    )

    static let log = ObjectShape(
        "log",
        "What is logged, and how.",
        [
            Field(
                "level",
                .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]),
                "The least important lines; info if left out."
            ),
            Field("format", .choice(Settings.LogFormat.allCases.map(\.rawValue)), "text or json; text if left out."),
        ]
    )

    private static let text = Shape.text(.nonEmpty)
}
