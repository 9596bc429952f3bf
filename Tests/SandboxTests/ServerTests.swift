// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Events
import Foundation
import HTTPTypes
import HTTPValues
import PartnerAPI
import TestSupport
import Testing

@testable import Sandbox

@Suite("The sandbox over real sockets")
struct ServerTests {
    private static let text = #"{"type": "text", "phone": "919876543210", "content": "Hello"}"#

    @Test("a message is sent over a socket; a dropped connection is seen as one, accepted or not")
    func sockets() async throws {
        try await withServer { port, state async throws in
            #expect(try await Self.send(port) == 201)
            await state.setFaults([
                SandboxFault(.dropBeforeAccepting, times: 1), SandboxFault(.dropAfterAccepting, times: 1),
            ])
            await #expect(throws: (any Error).self) { try await Self.send(port) }
            #expect(await state.acceptedCount == 1)
            await #expect(throws: (any Error).self) { try await Self.send(port) }
            #expect(await state.acceptedCount == 2)
            #expect(await state.answerCounts == [201: 1, 0: 2])
        }
    }

    @Test("whoever waits for messages is woken")
    func waiting() async throws {
        try await withServer { port, state async throws in
            async let received = state.received(atLeast: 1)
            #expect(try await Self.send(port) == 201)
            #expect(await received.map(\.recipient.digits.count) == [12])
        }
    }

    @Test("the state file is written before the server ends, and the next one begins with it")
    func stateFile() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hookline-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "sandbox.json")
        try await withServer(stateFile: file) { port, _ async throws in #expect(try await Self.send(port) == 201) }
        try await withServer(stateFile: file) { port, state async throws in
            #expect(await state.received.count == 1)
            #expect(try await Self.send(port) == 201)
            #expect(await state.received.map(\.sequence) == [1, 2])
        }
    }

    @Test("a stale page is told to load itself anew, and the stream ends")
    func stale() async throws {
        try await withServer { port, _ async throws in
            let answer = try await Self.ask(port, .get, "/sandbox/events?after=1-999")
            #expect(answer.headers.contains(HeaderField("content-type", "text/event-stream")))
            #expect(String(decoding: answer.body, as: UTF8.self).contains("event: stale"))
        }
    }

    private static func send(_ port: Int) async throws -> Int {
        try await ask(port, .post, SandboxUnderTest.sendPath, text).status
    }

    private static func ask(
        _ port: Int,
        _ method: TransferRequest.Method,
        _ path: String,
        _ body: String = ""
    ) async throws -> TransferResponse {
        let transport = try CurlHTTPTransport()
        let request = TransferRequest(
            method: method,
            url: "http://127.0.0.1:\(port)\(path)",
            headers: try HeaderList(SandboxUnderTest.key.map { HeaderField($0.name.rawName, $0.value) }),
            body: Array(body.utf8),
            // An answer waits for whatever else the tests do on these processors.
            timeout: .seconds(60)
        )
        let answer = try await transport.perform(request)
        await transport.shutdown()
        return answer
    }

    /// Runs a server that keeps its state, and shuts it down gracefully afterwards.
    private func withServer(stateFile: URL? = nil, _ body: (Int, SandboxState) async throws -> Void) async throws {
        try await withSandboxServer({ $0.stateFile = stateFile }) { try await body($0.address.port, $0.state) }
    }
}
