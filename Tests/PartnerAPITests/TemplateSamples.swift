// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events

@testable import PartnerAPI

/// Templates of our own making, in Meta's shape.
enum TemplateSamples {
    static func catalogue() throws -> TemplateCatalogue? {
        try TemplateCatalogue(
            JSON(parsing: #"{"success":true,"data":{"templates":[\#(records.joined(separator: ","))]}}"#)
        )
    }

    static let records = [
        #"{"id":"1","name":"order_ready","language":"en_US","status":"APPROVED","category":"UTILITY","components":["#
            + #"{"type":"HEADER","format":"TEXT","text":"Order {{1}}"},"#
            + #"{"type":"BODY","text":"Hello {{1}}, {{2}} is ready.\nSee you, {{1}}!"},{"type":"FOOTER","text":"Tea House"},"#
            + #"{"type":"BUTTONS","buttons":[{"type":"URL","text":"Track","url":"https://tea.example/o/{{1}}"},"#
            + #"{"type":"PHONE_NUMBER","text":"Call","phone_number":"1000"},{"type":"QUICK_REPLY","text":"Stop"}]}]}"#,
        #"{"name":"order_ready","language":"de","status":"PAUSED","components":[{"type":"BODY","text":"Hallo {{1}}"}]}"#,
        #"{"name":"hello","language":"en","components":[{"type":"BODY","text":"Hello there"}]}"#,
        #"{"name":"receipt","language":"en","status":"approved","components":[{"type":"header","format":"document"},"#
            + #"{"type":"body","text":"Your receipt, {{ first_name }} of {{city}}"}]}"#,
        #"{"name":"coupon","language":"en","status":"APPROVED","components":[{"type":"BODY","text":"Use {{1}}"},"#
            + #"{"type":"BUTTONS","buttons":[{"type":"COPY_CODE","text":"Copy"}]}]}"#,
        #"{"name":"flats","language":"en","status":"APPROVED","components":[{"type":"BODY","text":"For {{1}}"},"#
            + #"{"type":"CAROUSEL","cards":[\#(card),\#(card)]}]}"#,
        #"{"name":"soon","language":"en","status":"PENDING","components":[{"type":"BODY","text":"Soon"}]}"#,
        #"{"status":"APPROVED"}"#,
    ]

    private static let card =
        #"{"components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"{{1}} in {{2}}"},"#
        + #"{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"More"},"#
        + #"{"type":"URL","text":"Open","url":"https://flats.example/{{1}}"}]}]}"#

    /// A request for a template, given the members beside its name.
    static func request(_ name: String, _ members: String = "") throws -> MessageRequest {
        let members = members.isEmpty ? "" : "," + members
        return try MessageRequest(
            json: JSON(parsing: #"{"type":"template","contactId":"c","templateName":"\#(name)"\#(members)}"#)
        )
    }
}
