// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@testable import Webhooks

@Suite("A batch of any other sender")
struct OtherBatchTests {
    private func split(_ preset: Preset, _ body: String) throws -> [String] {
        let batch = try #require(preset.batch)
        return try batch.split(try JSONDocument(Array(body.utf8))).map { $0.text() }
    }

    @Test("Adyen's items keep the flag that tells test from live")
    func adyen() throws {
        let body =
            #"{"live":"false","notificationItems":[{"NotificationRequestItem":{"pspReference":"1"}},{"NotificationRequestItem":{"pspReference":"2"},"live":"own"}]}"#
        #expect(
            try split(.adyen, body) == [
                #"{"NotificationRequestItem":{"pspReference":"1"},"live":"false"}"#,
                #"{"NotificationRequestItem":{"pspReference":"2"},"live":"own"}"#,
            ]
        )
    }

    @Test("Alertmanager's alerts keep what they share, and no other alert")
    func alertmanager() throws {
        let body = #"{"groupKey":"g","commonLabels":{"a":"b"},"alerts":[{"fingerprint":"1"},{"fingerprint":"2"}]}"#
        #expect(
            try split(.alertmanager, body) == [
                #"{"groupKey":"g","commonLabels":{"a":"b"},"alerts":[{"fingerprint":"1"}]}"#,
                #"{"groupKey":"g","commonLabels":{"a":"b"},"alerts":[{"fingerprint":"2"}]}"#,
            ]
        )
        #expect(try split(.alertmanager, #"{"alerts":[]}"#).isEmpty)
    }

    @Test("an element of a plain list is an event by itself", arguments: [Preset.quickbooks, .cloudevents, .adobeIO])
    func lists(preset: Preset) throws {
        #expect(try split(preset, #"[{"id":"1"},{"id":"2"}]"#) == [#"{"id":"1"}"#, #"{"id":"2"}"#])
        #expect(try split(.xero, #"{"events":[{"resourceId":"1"},{"resourceId":"2"}],"entropy":"x"}"#).count == 2)
    }
}
