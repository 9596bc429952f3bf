// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import HTTPTypes
import OrderedCollections
import PartnerAPI
import Testing

@testable import Sandbox

@Suite("The page and what stands beside it")
struct PageTests {
    @Test("everything that a message says is escaped, a quote with a combining mark too")
    func escapes() async throws {
        #expect(
            ("<p title=\"\("\"\u{301} onclick='x' <b>&")\">" as HTML).text
                == "<p title=\"&quot;\u{301} onclick=&#39;x&#39; &lt;b&gt;&amp;\">"
        )
        try await withSandboxUnderTest { sandbox async throws in
            let body =
                #"{"type": "text", "phone": "919876543210", "content": "<script>alert(1)</script> %nonce% %phones%"}"#
            #expect(try await sandbox.send(body).status == 201)
            let page = try await sandbox.call(.get, "/")
            #expect(page.text.contains("&lt;script&gt;alert(1)&lt;/script&gt; %nonce% %phones%"))
            #expect(!page.text.contains("<script>alert"))
            #expect(page.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
        }
    }

    @Test("a button leads to web addresses only")
    func buttons() async throws {
        try await withSandboxUnderTest { sandbox async throws in
            let content =
                #"{\"type\":\"button\",\"body\":\"x\",\"buttons\":[{\"title\":\"a\",\"url\":\"javascript:alert(1)\"},{\"title\":\"b\",\"url\":\"https://shop.example/\"}]}"#
            #expect(
                try await sandbox.send(#"{"type": "interactive", "contactId": "ct_asha", "content": "\#(content)"}"#)
                    .status == 201
            )
            let page = try await sandbox.call(.get, "/").text
            #expect(!page.contains("href=\"javascript"))
            #expect(page.contains("href=\"https://shop.example/\""))
        }
    }

    @Test("a wrong method and a wrong address are told what is right")
    func wrongAddresses() async throws {
        try await withSandboxUnderTest { sandbox async throws in
            let method = try await sandbox.call(.delete, SandboxUnderTest.sendPath)
            #expect(method.status == 405)
            #expect(method.headers[.allow] == "POST")
            #expect(try await sandbox.call(.get, "/nothing").code == "NOT_FOUND")
        }
    }

    @Test("the description that is served is the one in docs/")
    func description() async throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../docs/partner-openapi.json"
        )
        let shipped = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        try await withSandboxUnderTest { sandbox async throws in
            let served = try await sandbox.call(.get, "/openapi.json")
            #expect(served.text == shipped)
            #expect(served.json["openapi"] == "3.1.0")
        }
    }

    @Test("a state file brings back keys, contacts, uploads, templates and messages, and a damaged one is refused")
    func snapshot() async throws {
        try await withSandboxUnderTest { sandbox async throws in
            let contact = #"{"id": "ct_lee", "name": "Lee", "phone": "12025550123"}"#
            #expect(try await sandbox.call(.post, "/sandbox/contacts", contact).status == 201)
            #expect(try await sandbox.call(.post, "/sandbox/keys", #"{"label": "two"}"#).status == 201)
            #expect(
                try await sandbox.send(#"{"type": "text", "contactId": "ct_lee", "content": "Hello"}"#).status == 201
            )
            let before = await sandbox.state.snapshot
            #expect(before.messages.count == 1)
            #expect(before.registry.keys.count == 2)
            #expect(try SandboxSnapshot(before.encoded()) == before)
            #expect(throws: PartnerError.self) { try SandboxSnapshot(Array("{\"version\": 2}".utf8)) }
            #expect(throws: PartnerError.self) { try SandboxSnapshot(Array(before.encoded().dropLast())) }
        }
    }
}
