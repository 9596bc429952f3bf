// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML

// The parts of a template beside its name: variables, header, buttons.

extension RuleFileShape {
    /// What fills a template's gaps: by slot, by name, or in order.
    static let gaps: Shape = .anyOf([.map(.gap, .liquid), .list(.liquid, atLeast: 0)])

    static let templateHeader = ObjectShape(
        "template_header",
        "What stands over the body of a template.",
        exactlyOne: [["text", "id", "link", "latitude"]],
        needs: [
            (key: "latitude", beside: ["longitude"]), (key: "longitude", beside: ["latitude"]),
            (key: "name", beside: ["latitude"]), (key: "address", beside: ["latitude"]),
        ],
        [
            Field(
                "format",
                .choice(["text", "image", "video", "document", "location"]),
                "What it is; told by the other keys, or image, if left out."
            ),
            Field("text", .liquid, "The value of the gap in the header's text."),
            Field("id", .liquid, "The media id of an upload."),
            Field("link", .liquid, "The address of media, which WhatsApp fetches."),
            Field("filename", .liquid, "A document's name as the customer sees it."),
            Field("latitude", .liquid, "Of a place, in degrees."),
            Field("longitude", .liquid, "Of a place, in degrees."),
            Field("name", .liquid, "The name of a place."),
            Field("address", .liquid, "The address of a place."),
        ]
    )

    static let templateButton = ObjectShape(
        "template_button",
        "What is put into one button of a template.",
        exactlyOne: [["url", "payload", "copy_code"]],
        [
            Field("index", .integer(0...9), required: true, "The button's position, from 0."),
            Field("url", .liquid, "The end of the button's address."),
            Field("payload", .liquid, "What is told when a quick reply is tapped."),
            Field("copy_code", .liquid, "The code that is copied."),
        ]
    )
}
