// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import DurableAPI
import Events
import HTTPTypes
import HTTPValues
import Messages
import Outbox
import PartnerAPI
import TestSupport
import Testing
import Webhooks

@Suite("Templates at the durable partner API", .timeLimit(.minutes(10)))
struct PublicAPITemplateTests {
    private static let records: JSON = [
        [
            "name": "parcel_sent", "language": "en", "status": "APPROVED", "category": "UTILITY",
            "components": [["type": "BODY", "text": "Hello {{1}}, parcel {{2}} is on its way."]],
        ],
        [
            "name": "parcel_lost", "language": "en", "status": "PENDING",
            "components": [["type": "BODY", "text": "Sorry."]],
        ],
    ]

    private func catalogue() throws -> TemplateCatalogue { try #require(TemplateCatalogue(Self.records)) }

    private func body(_ name: String, _ variables: String, language: String = "en") -> String {
        #"{"type":"template","phone":"919811100001","templateName":"\#(name)","templateLanguage":"\#(language)","#
            + #""templateVariables":\#(variables)}"#
    }

    @Test(
        "a request that does not fit its template is refused with 422 before anything is stored",
        arguments: [
            ("parcel_gone", #"{"1":"Asha"}"#, "en", "UNKNOWN_TEMPLATE"),
            ("parcel_sent", #"{"1":"Asha","2":"77"}"#, "hi", "UNKNOWN_LANGUAGE"),
            ("parcel_lost", "{}", "en", "TEMPLATE_NOT_APPROVED"),
            ("parcel_sent", #"{"1":"Asha"}"#, "en", "MISSING_VARIABLE"),
            ("parcel_sent", #"{"1":"Asha","2":"77","3":"x"}"#, "en", "EXTRA_VARIABLE"),
        ]
    )
    func misfits(name: String, variables: String, language: String, code: String) async throws {
        try await withAPI(templates: try catalogue()) { api in
            let reply = try await api.post(body(name, variables, language: language))
            #expect(reply.status == 422)
            #expect(reply.code == code)
            #expect(try await api.store.countsByState().isEmpty)
            let rejections = try await api.store.rejections(RejectionFilter()).elements
            #expect(rejections.map(\.code) == [code.lowercased()])
        }
    }

    @Test("a request that fits its template is accepted; so is any while the account's templates are not known")
    func fits() async throws {
        try await withAPI(templates: try catalogue()) { api in
            let reply = try await api.post(body("parcel_sent", #"{"1":"Asha","2":"77"}"#))
            #expect(reply.status == 201)
        }
        try await withAPI { api in
            let reply = try await api.post(body("parcel_gone", "{}"))
            #expect(reply.status == 201)
        }
    }

    @Test("the approved ones are listed with their records as the partner gave them")
    func lists() async throws {
        try await withAPI(templates: try catalogue()) { api in
            let reply = await api.api.reply(to: try api.request(.get, APIUnderTest.templates, api.credentials))
            #expect(reply.status == 200)
            let approved = try #require(Self.records.array?.first)
            #expect(reply.json == ["success": true, "data": ["templates": [approved]]])
        }
    }

    @Test("before they are known the list is 503 with a time to come again")
    func unknown() async throws {
        try await withAPI { api in
            let reply = await api.api.reply(to: try api.request(.get, APIUnderTest.templates, api.credentials))
            #expect(reply.status == 503 && reply.code == "TEMPLATES_UNKNOWN")
            #expect(reply.headers[.retryAfter] == "5")
        }
    }

    @Test("a repeated request is answered as before, though its template is gone since then")
    func repeatedAfterChange() async throws {
        try await withAPI { first in
            let sent = try await first.post(body("parcel_gone", "{}"), ["Idempotency-Key": "a"])
            let empty = TemplateCatalogue([])
            try await withAPI(templates: empty, over: first.store) { second in
                let again = try await second.post(body("parcel_gone", "{}"), ["Idempotency-Key": "a"])
                let other = try await second.post(body("parcel_gone", "{}"), ["Idempotency-Key": "b"])
                #expect(again == sent)
                #expect(other.status == 422)
            }
        }
    }
}
