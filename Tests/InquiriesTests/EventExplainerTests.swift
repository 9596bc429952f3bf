// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import Inquiries
import Presentation
import Rules
import TestSupport
import Testing
import Webhooks

@Suite("Explaining an event that nobody has sent")
struct EventExplainerTests {
    /// Bodies of the senders that do not post a bare JSON object.
    private static let bodies = [
        "adyen": #"{"notificationItems": [{"NotificationRequestItem": {"eventCode": "REFUND"}}]}"#,
        "cloudevents": #"{"specversion": "1.0", "id": "1", "source": "/shop", "type": "paid"}"#,
        "alertmanager": #"{"status": "firing", "alerts": [{"status": "firing", "labels": {}}]}"#,
        "meta": #"{"object": "page", "entry": [{"id": "1", "changes": [{"field": "leadgen", "value": {}}]}]}"#,
        "mollie-classic": "id=tr_1",
        "paytm": "STATUS=TXN_SUCCESS&TXNID=1",
        "payu": "status=success&mihpayid=1",
        "quickbooks": #"[{"id": "1", "type": "qbo.invoice.created.v1"}]"#,
        "xero": #"{"events": [{"eventCategory": "INVOICE", "eventType": "CREATE"}]}"#,
    ]

    @Test("works for every preset without its secret, key or address", arguments: Preset.all.map(\.name))
    func everyPreset(_ name: String) throws {
        let rule = "version: 1\nrules: [{name: all, to: \"+919812345670\", send: {text: Hello}}]"
        let rules = try #require(RuleFolder.load(texts: [("all.yaml", rule)]).rules)
        let explainer = EventExplainer(rules: rules, catalogue: nil, clock: TestClock())
        let request = EventExplainer.Request(
            source: name,
            preset: nil,
            type: "paid",
            headers: [:],
            body: Array((Self.bodies[name] ?? #"{"id": "1"}"#).utf8)
        )
        let report = try explainer.explain(request, source: nil)
        #expect(report.text.contains("an event of type 'paid' from the source '\(name)'"))
        #expect(report.doesSomething)
    }

    @Test("what may not be seen of an event is hidden in its explanation, too")
    func masked() throws {
        let rule = """
            version: 1
            defaults: {country: IN}
            rules:
              - {name: card, match: {total: 5}, to: "{{ phone }}", send: {text: Thanks}}
              - {name: other, match: {card: "4111"}, to: "{{ phone }}", send: {text: Hello}}
            """
        let rules = try #require(RuleFolder.load(texts: [("card.yaml", rule)]).rules)
        let request = EventExplainer.Request(
            source: "generic",
            preset: nil,
            type: "paid",
            headers: [:],
            body: Array(##"{"id": "1", "total": 5, "card": "4242 #x", "phone": "98450 61237"}"##.utf8)
        )
        let body = try EventExplainer(rules: rules, catalogue: nil, clock: TestClock()).explain(request, source: nil)
        #expect(body.json.text().contains("4242 #x") && body.text.contains("4242 #x"))
        let shown = body.masked(by: Masking(hidesNumbers: true, fields: [FieldPath(steps: ["card"])]))
        for text in [shown.json.text(), shown.text] {
            #expect(!text.contains("4242 #x") && !text.contains("919845061237"), "\(text)")
        }
        #expect(shown.doesSomething == body.doesSomething)
    }
}
