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
}
