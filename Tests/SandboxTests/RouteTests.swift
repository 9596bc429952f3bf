// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import HTTPValues
import TestSupport
import Testing

@testable import Sandbox

@Suite("The sandbox's routes")
struct RouteTests {
    private struct Unforeseen: Error {}

    @Test("an error that nobody foresaw is answered in the API's shape; silence is for a sandbox that ends")
    func errors() async throws {
        let endpoint = SandboxEndpoint(routes: [
            SandboxRoute(.get, "/broken") { _ in throw Unforeseen() },
            SandboxRoute(.get, "/ended") { _ in throw CancellationError() },
        ])
        let broken = await endpoint.reply(to: request("/broken"))
        #expect(broken.status == 500)
        #expect(try JSON(parsing: broken.body)["error"]?["code"] == "INTERNAL")
        #expect(await endpoint.reply(to: request("/ended")).isSilence)
    }

    @Test(
        "a body has at most a megabyte, unless it is an upload",
        arguments: [
            (HTTPRequest.Method.post, "/sandbox/contacts", 1 << 20), (.post, SandboxUnderTest.sendPath, 1 << 20),
            (.put, "/sandbox/faults", 1 << 20), (.post, "/api/v1/public/media", 16 << 20 + 1),
        ] as [(HTTPRequest.Method, String, Int)]
    )
    func bodies(method: HTTPRequest.Method, path: String, limit: Int) async throws {
        try await withSandboxUnderTest { sandbox async throws in
            let line = RequestLine(method: method, target: path)
            guard case .body(let taker) = sandbox.endpoint.open(line) else {
                Issue.record("nobody takes it")
                return
            }
            #expect(taker.maxBodyBytes == limit)
            let refusal = taker.refuseOversized(line)
            #expect(refusal.status == 413)
            #expect(try JSON(parsing: refusal.body)["error"]?["code"] == "BODY_TOO_LARGE")
        }
    }

    private func request(_ path: String) -> InboundRequest {
        InboundRequest(line: RequestLine(method: .get, target: path), headers: [:], body: [])
    }
}
