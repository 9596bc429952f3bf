// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

extension Preset {
    /// Prometheus Alertmanager: alerts that fire and that are resolved.
    package static let alertmanager = Preset(
        name: "alertmanager",
        title: "Prometheus Alertmanager",
        verification: .firstPresent([.token(TokenScheme(carrier: .bearer)), .token(TokenScheme(carrier: .basic))]),
        eventType: "body.alerts.0.status",
        eventID: .none,
        eventTime: EventTime(place: "body.alerts.0.startsAt"),
        batch: .oneElement(ofEach: [BatchLevel("alerts")]),
        dedupe: Dedupe(
            key: .joined([
                "body.groupKey", "body.alerts.0.fingerprint", "body.alerts.0.status", "body.alerts.0.startsAt",
            ]),
            // Below Alertmanager's repeat_interval of four hours, after which it repeats a firing alert on purpose.
            window: .seconds(3 * 3_600)
        ),
        traps: [
            "Set http_config.authorization (or basic_auth) in the receiver: the secret is that token, or user:password.",
            "A group with several alerts becomes one event for each, with commonLabels and groupKey around it.",
            "A firing alert is repeated every repeat_interval: keep dedupe_window below it, or above it to hear once.",
            "A refused delivery is not repeated: with a wrong token alerts are lost.",
            "endsAt is 0001-01-01T00:00:00Z while an alert fires.",
            "There is no phone number: send to a fixed one.",
        ],
        steps: [
            "Make up a long random token: it is the secret.",
            "In alertmanager.yml add a receiver with webhook_configs: url is the source's address, http_config.authorization.credentials the token.",
            "Set send_resolved as you want it, route alerts to the receiver, and reload Alertmanager.",
        ],
        documentation: "https://prometheus.io/docs/alerting/latest/configuration/#webhook_config"
    )
}
