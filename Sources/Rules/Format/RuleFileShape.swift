// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import PhoneNumbers

/// The format of a rule file, version 1.
enum RuleFileShape {
    static let file = ObjectShape(
        "file",
        "The messages that leave for the events of one source.",
        [
            Field("version", .text(.version), "The version of the format: 1."),
            Field(
                "source",
                .oneOrMany(.text(.nonEmpty)),
                "The source of the configuration, or a list; any if left out."
            ),
            Field(
                "preset",
                .text(.nonEmpty),
                "What tests and checks take the source for; the configuration's, or the preset of the source's name, if left out."
            ),
            Field("defaults", .object(defaults), "What holds for every rule of the file that says nothing else."),
            Field(
                "rules",
                .list(.object(rule), atLeast: 0),
                required: true,
                "The rules, in the order in which they send."
            ),
            Field("tests", .list(.object(TestShape.test)), "Tests of the file's rules together."),
        ]
    )

    static let defaults = ObjectShape(
        "defaults",
        "What holds for every rule of the file that says nothing else.",
        [
            Field("country", .text(.country), "The country of phone numbers without country code."),
            Field("zone", .text(.zoneName), "The clock of recipients whose time zone nobody knows."),
            Field("allow_numbers", numberKinds, "Kinds of numbers that are refused otherwise."),
            Field("language", .oneOrMany(.text(.language)), "Template languages; the first approved one is sent."),
        ] + shared + sending
    )

    static let rule = ObjectShape(
        "rule",
        "One rule: which events, to whom, what.",
        needs: [
            (key: "cancel_when", beside: ["key"]), (key: "when_changed", beside: ["key"]),
            (key: "once_within", beside: ["once_per"]),
        ],
        [
            Field("name", .text(.ruleName), required: true, "The rule's name, unique over all files."),
            Field("description", .text(.nonEmpty), "What the rule is for."),
            Field(
                "event",
                .oneOrMany(.text(.nonEmpty)),
                "Event types; '*' stands for any letters. Any type if left out."
            ),
            Field("match", .pattern, "An event pattern over the payload."),
            Field("headers", .pattern, "An event pattern over the request's headers, names in lower case."),
            Field("let", .map(.variableName, .liquid), "Named values, top to bottom, for everything below."),
            Field("for_each", .liquid, "A list; one message per element, which is 'item'."),
            Field("once_per", .oneOrMany(.liquid), "The business fact that is told once."),
            Field("to", recipients, required: true, "Who gets the message."),
            Field("send", .object(send), required: true, "The message."),
            Field(
                "otherwise",
                .object(send),
                "The message when 'send' cannot be built or its template is not approved."
            ),
            Field("stop", .boolean, "Whether later rules are passed over after a match."),
            Field("enabled", .boolean, "false: the rule is skipped."),
            Field("key", .liquid, "What events about one thing have in common."),
            Field("cancel_when", .object(cancel), "Which later event cancels what has not left."),
            Field("when_changed", .liquid, "Send only when this differs from the last event of the same key."),
            Field("digest", .object(digest), "One message for many events."),
            Field("tests", .list(.object(TestShape.test)), "Tests of the rule."),
        ] + shared
    )

    /// Keys that stand in a rule and, for all rules, in `defaults`.
    private static let shared: [Field] = [
        Field("mode", .choice(["live", "shadow"]), "shadow: everything but sending."),
        Field("once_within", .duration, "How long 'once_per' remembers; 30d if left out."),
        Field("delay", .durationOrLiquid, "How long to wait, or the instant to wait for."),
        Field("expires_after", .duration, "Not sent later than this after the event."),
        Field(
            "on_uncertain",
            .choice(["retry", "hold"]),
            "When it is not known whether the partner took the message."
        ),
        Field("quiet_hours", .object(quietHours), "When nothing is sent."),
        Field("limit", .object(limit), "How many messages at most."),
        Field(
            "category",
            .choice(["marketing", "utility", "authentication"]),
            "What the messages are for, where their template's category is not known."
        ),
    ]

    /// Keys that stand in `send` and, for all rules, in `defaults`.
    private static let sending: [Field] = [
        Field("account", .liquid, "Which credentials of the configuration send."),
        Field("phone_number_id", .liquid, "Which number sends, by the partner's id."),
    ]

    static let recipients: Shape = .anyOf([
        .liquid, .object(recipient), .list(.anyOf([.liquid, .object(recipient)])),
    ])

    static let recipient = ObjectShape(
        "recipient",
        "One recipient, by number, by WhatsApp id or by contact.",
        exactlyOne: [["phone", "whatsapp_id", "contact_id"]],
        needs: [
            (key: "country", beside: ["phone"]), (key: "allow_numbers", beside: ["phone"]),
            (key: "several", beside: ["phone"]),
        ],
        [
            Field("phone", .oneOrMany(.liquid), "A number, or several of which the first valid one wins."),
            Field("country", .liquid, "The country of a number without country code: a code or a name."),
            Field("allow_numbers", numberKinds, "Kinds of numbers that are refused otherwise."),
            Field(
                "several",
                .choice(["refuse", "first"]),
                "What becomes of a text with several numbers; refuse if left out."
            ),
            Field("whatsapp_id", .liquid, "An id that WhatsApp itself reported: digits, taken as they are."),
            Field("contact_id", .liquid, "A contact of the partner's workspace."),
        ]
    )

    private static let numberKinds: Shape = .list(.choice(NumberKind.allCases.map(\.rawValue)), atLeast: 0)

    static let send = ObjectShape(
        "send",
        "What is sent: exactly one of template, text and interactive.",
        exactlyOne: [["template", "text", "interactive"]],
        exclusive: [
            ["variables", "components"], ["header", "components"], ["buttons", "components"],
            ["carousel", "components"], ["header", "carousel"], ["buttons", "carousel"],
        ],
        needs: ["language", "variables", "header", "buttons", "components", "carousel"].map {
            (key: $0, beside: ["template"])
        }
            + [(key: "body_parameters", beside: ["carousel"])],
        [
            Field("template", .liquid, "The approved template's name."),
            Field("language", .oneOrMany(.liquid), "The template's language; of several, the first approved one."),
            Field("variables", gaps, "What fills the gaps, by slot, by name or in order."),
            Field(
                "header",
                .anyOf([.liquid, .object(templateHeader)]),
                "What stands over the body: the gap's text, media or a place."
            ),
            Field(
                "buttons",
                .anyOf([.map(.buttonIndex, .liquid), .list(.object(templateButton), atLeast: 0)]),
                "What is put into the buttons, by position or as a list."
            ),
            Field("components", .list(.tree), "The components in the form of the WhatsApp Cloud API."),
            Field("carousel", .object(carousel), "The cards of a carousel template."),
            Field("body_parameters", slots, "Slots of the main bubble that win over 'variables'."),
            Field("text", .liquid, "A free text, which arrives only inside the customer's service window."),
            Field("interactive", .tree, "Buttons or lists."),
        ] + sending
    )

    static let slots: Shape = .anyOf([.map(.slot, .liquid), .list(.liquid, atLeast: 0)])

    static let carousel = ObjectShape(
        "carousel",
        "The cards, written out or made from a list.",
        exactlyOne: [["cards", "for_each"]],
        needs: [
            (key: "for_each", beside: ["card"]), (key: "card", beside: ["for_each"]),
            (key: "limit", beside: ["for_each"]),
        ],
        [
            Field("cards", .list(.object(card)), "One to ten cards."),
            Field("for_each", .liquid, "A list; one card per element, which is 'item'."),
            Field("limit", .integer(1...10), "The most cards; 10 if left out."),
            Field("card", .object(card), "The card of one element."),
        ]
    )

    static let card = ObjectShape(
        "card",
        "One card of a carousel.",
        [
            Field(
                "body",
                .anyOf([.map(.nonEmpty, .liquid), .list(.liquid, atLeast: 0)]),
                "The gaps of the card's text."
            ),
            Field("buttons", .list(.object(button), atLeast: 0), "The gaps of the buttons' addresses."),
            Field("header", .object(header), "The picture or film on top."),
        ]
    )

    static let button = ObjectShape(
        "button",
        "The gap of a button's address.",
        [
            Field("index", .integer(0...9), required: true, "The button's position, from 0."),
            Field("url", .liquid, required: true, "What is put into the address."),
        ]
    )

    static let header = ObjectShape(
        "header",
        "The picture or film on top of a card.",
        [
            Field("format", .choice(["image", "video"]), "image if left out."),
            Field("id", .liquid, required: true, "The media id of an upload."),
        ]
    )

    static let cancel = ObjectShape(
        "cancel",
        "Which later event cancels what has not left.",
        example: #"{event: order.paid, key: "{{ order_id }}"}"#,
        [
            Field("event", .oneOrMany(.text(.nonEmpty)), required: true, "Event types."),
            Field("match", .pattern, "An event pattern over the payload."),
            Field("key", .liquid, required: true, "What has to equal the rule's own key."),
        ]
    )

    static let quietHours = ObjectShape(
        "quiet_hours",
        "When nothing is sent; what falls inside waits for the end.",
        example: #"{from: "21:00", to: "09:00"}"#,
        [
            Field("from", .text(.timeOfDay), required: true, "When quiet begins."),
            Field(
                "to",
                .text(.timeOfDay),
                required: true,
                "When quiet ends, itself not quiet; not the time at which it begins."
            ),
            Field("zone", .text(.timeZone), "Whose clock; the recipient's if left out."),
            Field("spread", .duration, "Over how long what waited leaves; 10m if left out."),
        ]
    )

    static let limit = ObjectShape(
        "limit",
        "How many messages at most.",
        example: "{count: 1, every: 1d}",
        [
            Field("count", .integer(1...1_000_000), required: true, "How many."),
            Field("per", .choice(["recipient", "rule", "account"]), "For each what; the recipient if left out."),
            Field("every", .duration, required: true, "In how long."),
            Field("on_exceed", .choice(["drop", "defer"]), "What happens to one more; drop if left out."),
        ]
    )

    static let digest = ObjectShape(
        "digest",
        "One message for many events, which are 'items'.",
        example: #"{every: 15m, key: "{{ customer_id }}"}"#,
        [
            Field("every", .duration, required: true, "How long to collect."),
            Field("key", .liquid, "What the events of one message have in common."),
        ]
    )
}
