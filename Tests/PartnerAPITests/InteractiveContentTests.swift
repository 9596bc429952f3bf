// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import OrderedCollections
import Testing

@testable import PartnerAPI

@Suite("Interactive content")
struct InteractiveContentTests {
    @Test("of a caller passes byte for byte, through the outbox too")
    func untouched() throws {
        let content = #"{ "type" : "button",   "body": "Caf\u00e9 \/ 1.50",  "n": 1.0e2 }"#
        let body: JSON = ["type": "interactive", "contactId": "c", "content": .string(content)]
        let request = try MessageRequest(json: body)
        #expect(request.json()["content"]?.string == content)
        let again = try MessageRequest(json: JSON(parsing: request.encoded()))
        #expect(again == request)
        #expect(again.json()["content"]?.string == content)
    }

    @Test("of ours is compact")
    func ours() {
        #expect(InteractiveContent(["a": [1, "b"]]).text == #"{"a":[1,"b"]}"#)
    }
}
