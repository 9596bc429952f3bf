// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Messages
internal import OrderedCollections
internal import Outbox

/// The schemas that the document names: what `--json` of the command line shows.
enum Components {
    static let schemas: OrderedDictionary<String, JSON> = {
        let all = events + messages + consent + service + access
        return OrderedDictionary(uniqueKeysWithValues: all.map { ($0.0, $0.1.json) })
    }()

    private static let results = Schema.words(Disposition.Name.allCases.map(\.rawValue))
    private static let states = Schema.words(MessageState.allCases.map(\.rawValue))

    private static let event: [(String, Schema)] = [
        ("id", .text), ("source", .text), ("type", .text), ("sender_id", .optionalText), ("time", .time),
        ("received_at", .time), ("secret", .optionalText), ("result", results), ("reason", .optionalText),
        ("duplicates", .count), ("called_off", .optionalObject),
    ]

    private static let events: [(String, Schema)] = [
        ("EventSummary", .object(event + [("messages", .count)])),
        (
            "Event",
            .object(
                event + [
                    ("look_up", .optionalObject), ("traceparent", .optionalText), ("headers", .list(.list(.text))),
                    ("body", .optionalText), ("body_size", .optionalNumber),
                    ("messages", .list(.ref("Message"))), ("message_count", .count),
                ]
            )
        ),
        ("EventState", .object([("id", .text), ("result", results)])),
        (
            "ReplayPlan",
            .object([
                ("events", .count), ("made", .count), ("by_rule", .list(.anyObject)), ("told", .count),
                ("held", .count), ("digests", .count), ("not_built", .count), ("omitted", .count),
                ("renamed", .list(.anyObject)), ("left_out", .list(.text)), ("messages", .list(.anyObject)),
                ("failures", .list(.anyObject)),
                ("until", .optionalTime),
            ])
        ),
        ("Explanation", .anyObject),
        (
            "Backtest",
            .object([
                ("events", .anyObject), ("counts", .anyObject), ("rules", .list(.anyObject)),
                ("differences", .list(.anyObject)), ("omitted", .count), ("complete", .flag),
                ("ended_by", .optionalText),
            ])
        ),
        (
            "RuleDraft",
            .object([
                ("name", .text), ("source", .text), ("event", .text), ("template", .text), ("language", .text),
                ("gaps", .list(.anyObject)), ("rule", .text), ("todo", .list(.anyObject)),
                ("findings", .list(.anyObject)), ("test", .anyObject), ("whole", .flag), ("preview", .optionalText),
                ("bubble", .optionalObject),
            ])
        ),
        (
            "Rejection",
            .object([
                ("at", .time), ("source", .text), ("status", .count), ("result", .text), ("reason", .text),
                ("count", .count),
            ])
        ),
        (
            "EventSearch",
            .object([
                ("data", .list(.ref("EventSummary"))), ("next", .optionalText), ("prev", .optionalText),
                ("looked", .count), ("back_to", .optionalTime),
            ])
        ),
        ("Count", .object([("count", .count), ("has_more", .flag)])),
    ]

    private static let messages: [(String, Schema)] = [
        (
            "Message",
            .object([
                ("id", .text), ("event", .text), ("source", .text), ("rule", .text), ("account", .text),
                ("state", states), ("reason", .text), ("delivery", .optionalObject), ("attempts", .count),
                ("partner_id", .optionalText),
                ("due_at", .optionalTime), ("expires_at", .optionalTime), ("created_at", .time), ("updated_at", .time),
                ("request", .optionalObject),
            ])
        ),
        (
            "MessageDetail",
            .object([
                ("message", .ref("Message")), ("attempts", .list(.ref("Attempt"))),
                ("timeline", .list(.ref("TimelineEntry"))), ("digest", .optionalObject), ("replay", .optionalText),
                ("successor", .optionalText),
            ])
        ),
        (
            "Attempt",
            .object([
                ("number", .count), ("started_at", .time), ("duration_seconds", .number), ("outcome", .text),
                ("status", .optionalNumber), ("code", .optionalText), ("reason", .optionalText),
            ])
        ),
        (
            "TimelineEntry",
            .object([
                ("at", .time), ("who", .text), ("from", .optionalText), ("to", states), ("why", .text),
            ])
        ),
        ("JobPreview", .object([("count", .count), ("by_rule", .list(.anyObject)), ("not_built", .count)])),
        ("StateCounts", .object(MessageState.allCases.map { ($0.rawValue, .count) })),
        (
            "Job",
            .object([
                ("id", .text), ("state", .words(JobState.allCases.map(\.rawValue))), ("action", .text),
                ("which", .text), ("who", .text), ("why", .optionalText), ("key", .optionalText),
                ("rate", .optionalNumber), ("total", .count), ("handled", .count), ("progress", .text),
                ("results", .anyObject), ("event", .optionalText), ("passed_by", .optionalNumber),
                ("note", .optionalText), ("created_at", .time),
                ("updated_at", .time),
            ])
        ),
    ]

    private static let consent: [(String, Schema)] = [
        (
            "Consent",
            .object([
                ("phone", .optionalText), ("contact", .optionalText), ("state", .text), ("category", .text),
                ("account", .optionalText), ("at", .time), ("origin", .text), ("who", .text),
                ("reason", .optionalText), ("event", .optionalText),
            ])
        ),
        (
            "ConsentDoubt",
            .object([("recipient", .text), ("text", .text), ("at", .time), ("source", .text), ("event", .text)])
        ),
        ("ConsentSuggestion", .object([("recipient", .text), ("failures", .count), ("at", .time)])),
        (
            "ConsentReceipt",
            .object([("written", .count), ("known", .count), ("suppressed", .count), ("too_late", .count)])
        ),
        (
            "ConsentList",
            .object([
                ("read", .count), ("opt_outs", .count), ("written", .optionalObject), ("mistakes", .list(.anyObject)),
            ])
        ),
        (
            "Erasure",
            .object([
                ("erased", .flag), ("messages", .count), ("events", .count), ("lines", .count), ("others", .count),
            ])
        ),
    ]

    private static let rule: [(String, Schema)] = [
        ("name", .text), ("source", .text), ("events", .text), ("mode", .text), ("file", .text),
        ("templates", .list(.anyObject)),
    ]

    private static let service: [(String, Schema)] = [
        ("Health", .object([("ready", .flag), ("checks", .list(.anyObject))])),
        (
            "Rule",
            .object(rule)
        ),
        (
            "RuleDetail",
            .object(
                rule + [
                    ("description", .optionalText), ("first_line", .count), ("lines", .list(.text)),
                    ("findings", .list(.anyObject)), ("read_at", .time), ("is_latest", .flag),
                ]
            )
        ),
        (
            "RulesStatus",
            .object([
                ("success", .flag), ("waits_for_templates", .flag), ("at", .time), ("rule_count", .count),
                ("diagnostics", .list(.anyObject)), ("rules", .list(.ref("Rule"))),
            ])
        ),
        ("Portfolio", .object([("name", .text), ("recipients", .count), ("limit", .count)])),
        (
            "Update",
            .object([
                ("events", .count), ("messages", .count), ("has_more", .flag), ("states", .ref("StateCounts")),
                ("jobs", .list(.ref("Job"))),
            ])
        ),
        ("Template", .anyObject), ("Document", .anyObject),
        (
            "Source",
            .object([
                ("name", .text), ("preset", .text), ("path", .text), ("secrets", .list(.text)),
                ("secrets_written_at", .list(.optionalTime)),
                ("country", .optionalText), ("rate", .optionalText), ("warnings", .list(.text)),
            ])
        ),
        (
            "SecretUses",
            .object([
                (
                    "secrets",
                    .list(
                        .object([
                            ("name", .text), ("configured", .flag), ("written_at", .optionalTime),
                            ("first_at", .optionalTime), ("last_at", .optionalTime), ("events", .count),
                        ])
                    )
                ),
                ("events", .count), ("complete", .flag),
            ])
        ),
        (
            "Account",
            .object([
                ("name", .text), ("in_flight", .count), ("paused_since", .optionalTime),
                ("failing_since", .optionalTime), ("uncertain_held_since", .optionalTime),
                ("stopped", .list(.anyObject)), ("held", .list(.anyObject)),
                ("seconds_between_messages", .optionalNumber), ("waits_until", .optionalTime),
            ])
        ),
        ("Resumed", .object([("account", .text), ("resumed", .list(.anyObject))])),
    ]

    private static let access: [(String, Schema)] = [
        (
            "Key",
            .object(
                [
                    ("id", .text), ("label", .text), ("account", .optionalText), ("created_at", .time),
                    ("revoked_at", .optionalTime),
                ],
                optional: [("secret", .text)]
            )
        ),
        (
            "Token",
            .object(
                [
                    ("id", .text), ("name", .text), ("scope", .words(AccessScope.allCases.map(\.rawValue))),
                    ("pii", .flag), ("state", .words(AccessToken.State.allCases.map(\.rawValue))),
                    ("created_at", .time), ("expires_at", .optionalTime), ("last_used_at", .optionalTime),
                    ("revoked_at", .optionalTime),
                ],
                optional: [("token", .text)]
            )
        ),
        (
            "AuditLine",
            .object([
                ("at", .time), ("who", .text), ("actor", .words(Operator.Kind.allCases.map(\.rawValue))),
                ("action", .text), ("subject", .text), ("count", .count),
                ("result", .words(AuditLine.Result.allCases.map(\.rawValue))), ("detail", .text),
                ("reason", .optionalText),
            ])
        ),
        (
            "Problem",
            .object(
                [
                    ("type", .words(APIProblem.Kind.allCases.map { APIProblem.typePrefix + $0.rawValue })),
                    ("title", .text), ("status", .count), ("detail", .text), ("request_id", .text),
                ],
                optional: [
                    (
                        "errors",
                        .list(
                            .object(
                                [("detail", .text)],
                                optional: [("pointer", .text), ("parameter", .text), ("header", .text)]
                            )
                        )
                    )
                ]
            )
        ),
    ]
}
