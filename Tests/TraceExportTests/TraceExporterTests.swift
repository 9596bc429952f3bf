// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import FaultServer
import TestSupport
import Testing
import TraceCollector
import Traces

@Suite("Spans on their way to a collector", .timeLimit(.minutes(5)))
struct TraceExporterTests {
    @Test("a full batch leaves at once, what is less waits two seconds for others")
    func batches() async throws {
        try await ScriptedServer.run {
            $0.answerAll(200, "{}")
        } _: { server in
            try await ExporterFixture(server.url("/v1/traces")).run { fixture in
                fixture.add(3)
                await server.received(1)
                fixture.add(2, from: 4)
                await fixture.clock.untilSleeping(to: fixture.clock.now.advanced(by: .seconds(2)))
                #expect(server.requests.count == 1)
                await fixture.clock.advance(by: .seconds(2))
                await server.received(2)
                let names = try server.names
                #expect(names == [["s1", "s2", "s3"], ["s4", "s5"]])
                let request = server.requests[0]
                #expect(request.head.first == "POST /v1/traces HTTP/1.1")
                #expect(request.value("Content-Type") == "application/json")
                #expect(request.value("Authorization") == "Bearer t0ken")
            }
        }
    }

    @Test(
        "429, 502, 503 and 504 are asked again, after Retry-After where it is there, and logged once",
        arguments: [(429, "Retry-After: 7", 7), (503, "X: y", 1), (502, "X: y", 1), (504, "Retry-After: 2", 2)]
    )
    func again(status: Int, header: String, seconds: Int) async throws {
        try await ScriptedServer.run { connection in
            for _ in 0..<2 where connection.read() != nil { connection.answer(status, "", headers: [header]) }
            connection.answerAll(200, "{}")
        } _: { server in
            try await ExporterFixture(server.url()).run { fixture in
                fixture.add(3)
                let first = fixture.clock.now.advanced(by: .seconds(seconds))
                await fixture.clock.untilSleeping(to: first)
                await fixture.clock.advance(by: .seconds(seconds))
                // Without a word of the collector the second wait is twice as long.
                let second = header.hasPrefix("X") ? seconds * 2 : seconds
                await fixture.clock.untilSleeping(to: first.advanced(by: .seconds(second)))
                await fixture.clock.advance(by: .seconds(second))
                fixture.add(3, from: 4)
                await server.received(4)
                let names = try server.names
                let batch = ["s1", "s2", "s3"]
                #expect(names == [batch, batch, batch, ["s4", "s5", "s6"]])
                #expect(fixture.counted("exported") >= 3)
                #expect(
                    fixture.lines == [
                        "warning: the collector of traces does not take spans; nothing else waits for it",
                        "notice: the collector takes spans again",
                    ]
                )
            }
        }
    }

    @Test("what the collector refuses is counted and not tried again", arguments: [400, 401, 404, 413, 500, 301])
    func refused(status: Int) async throws {
        try await ScriptedServer.run { connection in
            if connection.read() != nil { connection.answer(status, "") }
            let answer = #"{"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}}"#
            if connection.read() != nil { connection.answer(200, answer) }
            if connection.read() != nil { connection.hold() }
        } _: { server in
            try await ExporterFixture(server.url()).run { fixture in
                fixture.add(3)
                await server.received(1)
                fixture.add(3, from: 4)
                await server.received(2)
                fixture.add(3, from: 7)
                await server.received(3)
                let names = try server.names
                #expect(names == [["s1", "s2", "s3"], ["s4", "s5", "s6"], ["s7", "s8", "s9"]])
                // Of the second batch, a success, the collector did not take one.
                #expect(fixture.counted("refused") == 4)
                #expect(fixture.counted("exported") == 2)
            }
        }
    }

    @Test("while the collector is gone the queue fills, the newest are dropped, and a batch is given up after a minute")
    func gone() async throws {
        let port = try ClosedPort()
        try await ExporterFixture("http://127.0.0.1:\(port.number)/v1/traces").run { fixture in
            fixture.add(3)
            await fixture.clock.untilSleeping(to: fixture.clock.now.advanced(by: .seconds(1)))
            fixture.add(8, from: 4)
            #expect(fixture.queue.count == 6)
            #expect(fixture.counted("queue_full") == 2)
            // 1, 2, 4, 8, 15 and 15 seconds are 45; the next wait would end after the minute.
            for wait in [1, 2, 4, 8, 15, 15] {
                await fixture.clock.untilSleeping(to: fixture.clock.now.advanced(by: .seconds(wait)))
                await fixture.clock.advance(by: .seconds(wait))
            }
            await fixture.clock.untilSleeping(to: fixture.clock.now.advanced(by: .seconds(1)))
            #expect(fixture.counted("gave_up") == 3)
            #expect(fixture.queue.count == 3)
            #expect(fixture.lines.count == 1)
        }
    }

    @Test("a collector that hangs ends with the time-out of the request, and is asked again")
    func hangs() async throws {
        try await ScriptedServer.run { connection in
            guard connection.read() != nil else { return }
            guard connection.number > 1 else { return connection.hold() }
            connection.answer(200, "{}")
            connection.drain()
        } _: { server in
            try await ExporterFixture(server.url(), timeout: .milliseconds(50)).run { fixture in
                fixture.add(3)
                await fixture.clock.untilSleeping(to: fixture.clock.now.advanced(by: .seconds(1)))
                await fixture.clock.advance(by: .seconds(1))
                await server.received(2)
                let names = try server.names
                #expect(names == [["s1", "s2", "s3"], ["s1", "s2", "s3"]])
            }
        }
    }
}
