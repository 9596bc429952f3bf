// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
internal import Messages

/// The format of tests, inside rule files and in `*_test.yaml`.
enum TestShape {
    static let file = ObjectShape(
        "test_file",
        "Tests of all rules that are loaded together.",
        [
            Field("version", .text(.version), "The version of the format: 1."),
            Field("source", .text(.nonEmpty), "The source of events that name none."),
            Field(
                "preset",
                .text(.nonEmpty),
                "What the sender of the events is, by the preset's name; the preset of the source's name if left out."
            ),
            Field("templates", .text(.nonEmpty), "A file with the template catalogue to assume."),
            Field("country", .text(.country), "The source's country for phone numbers without country code."),
            Field("tests", .list(.object(test)), required: true, "The tests."),
        ]
    )

    static let test = ObjectShape(
        "test",
        "One or more events, and every message that they cause.",
        exactlyOne: [["event", "events"]],
        [
            Field("name", .text(.nonEmpty), "What the test shows."),
            Field("event", .object(event), "One event."),
            Field("events", .list(.object(event)), "Several events, in their order."),
            Field("now", .instant, "The time at which the rules are evaluated."),
            Field(
                "preset",
                .text(.nonEmpty),
                "What the sender of the events is, by the preset's name; the preset of the source's name if left out."
            ),
            Field("zone", .text(.timeZone), "The time zone of dates without zone; UTC if left out."),
            Field("country", .text(.country), "The source's country for phone numbers without country code."),
            Field("templates", .text(.nonEmpty), "A file with the template catalogue to assume."),
            Field(
                "consent",
                .map(.nonEmpty, .choice(ConsentScope.allCases.map(\.rawValue))),
                "Who has opted out, by number: of marketing, all-but-authentication, or all."
            ),
            Field(
                "expect",
                .list(.object(expectation), atLeast: 0),
                required: true,
                "Every message, in order; [] for none."
            ),
        ]
    )

    static let event = ObjectShape(
        "event",
        "An event, from a file or inline.",
        exactlyOne: [["file", "body"]],
        [
            Field("file", .text(.nonEmpty), "The body's file, seen from the file of the test."),
            Field("body", .json, "The body."),
            Field("type", .text(.nonEmpty), "The event's type."),
            Field("source", .text(.nonEmpty), "The event's source; the file's if left out."),
            Field("id", .text(.nonEmpty), "The sender's id of the event."),
            Field("headers", .map(.nonEmpty, .text(.nonEmpty)), "The request's headers."),
            Field("at", .instant, "When the event arrives; the test's 'now' if left out."),
            Field("time", .instant, "When it happened, in the sender's word; when it arrives if left out."),
        ]
    )

    static let expectation = ObjectShape(
        "expectation",
        "One message, compared whole.",
        [
            Field("rule", .text(.ruleName), "The rule that made it; not compared if left out."),
            Field("to", .text(.nonEmpty), "The recipient's number: digits with country code."),
            Field("contact_id", .text(.nonEmpty), "The recipient's contact."),
            Field("template", .text(.nonEmpty), "The template's name."),
            Field("language", .text(.language), "The template's language; not compared if left out."),
            Field(
                "variables",
                .anyOf([.map(.gap, .text(.nonEmpty)), .list(.text(.nonEmpty), atLeast: 0)]),
                "The gaps' values."
            ),
            Field("header", .json, "The header, as the rule writes it."),
            Field("buttons", .json, "The buttons' values, as the rule writes them."),
            Field("components", .list(.json), "The components."),
            Field("carousel", .json, "The carousel as it leaves: {cards: […]}."),
            Field("text", .text(.nonEmpty), "The text."),
            Field("interactive", .json, "The interactive object."),
            Field("account", .text(.nonEmpty), "The account; not compared if left out."),
            Field("phone_number_id", .text(.nonEmpty), "The sending number; not compared if left out."),
            Field("once_per", .text(.nonEmpty), "The key of 'once_per'; not compared if left out."),
            Field("at", .instant, "When it is due; not compared if left out."),
            Field("shadow", .boolean, "Whether it is a shadow message; false if left out."),
            Field("error", .text(.nonEmpty), "A part of the reason why there is no message."),
            Field("suppressed", .text(.nonEmpty), "A part of the reason why the message does not leave."),
        ]
    )
}
