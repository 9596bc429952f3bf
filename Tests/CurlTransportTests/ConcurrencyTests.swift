// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import FaultServer
import NIOConcurrencyHelpers
import Testing

@testable import CurlTransport

@Suite("Many transfers, ends and cancels")
struct ConcurrencyTests {
    @Test("a thousand transfers at once are all answered, each with its own answer, on few connections")
    func thousand() async throws {
        try await ScriptedServer.run({ connection in
            while let request = connection.read() {
                connection.answer(200, String(decoding: request.body, as: UTF8.self))
            }
        }) { server in
            var options = TransportOptions()
            options.maxConnectionsPerHost = 16
            try await TransportFixture.run(options) { transport in
                let url = server.url()
                let echoed = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 1...1_000 {
                        group.addTask {
                            let request = try TransportFixture.post(url, "message \(number)")
                            return try await transport.perform(request).body == request.body
                        }
                    }
                    return try await group.reduce(into: 0) { count, isSame in count += isSame ? 1 : 0 }
                }
                #expect(echoed == 1_000)
                #expect(server.connections <= 16)
            }
        }
    }

    @Test("requests that began together are all told of, each once, and a cancel ends those of its own group alone")
    func batches() async throws {
        try await ScriptedServer.run({ connection in
            while let request = connection.read() {
                let body = String(decoding: request.body, as: UTF8.self)
                if body == "hang" { return connection.hold() }
                connection.answer(200, body)
            }
        }) { server in
            try await TransportFixture.run { transport in
                let (hanging, well) = (TransferGroup(), TransferGroup())
                let hung = try (0..<3).map { _ in try TransportFixture.post(server.url(), "hang") }
                let (ends, finish) = AsyncStream.makeStream(of: TransferEnd.self)
                transport.begin(hung, in: hanging) { for end in $0 { finish.yield(end) } }
                await server.received(3)
                let requests = try (0..<40).map { try TransportFixture.post(server.url(), "message \($0)") }
                let answers = await withCheckedContinuation { continuation in
                    let all = NIOLockedValueBox<[TransferEnd]>([])
                    transport.begin(requests, in: well) { ends in
                        let isWhole = all.withLockedValue { all in
                            all += ends
                            return all.count == 40
                        }
                        if isWhole { continuation.resume(returning: all.withLockedValue { $0 }) }
                    }
                }
                #expect(Set(answers.map(\.index)) == Set(0..<40))
                #expect(try answers.allSatisfy { try $0.result.get().body == requests[$0.index].body })
                transport.cancel(well)
                #expect(transport.openTransfers == 3)
                transport.cancel(hanging)
                var codes: [TransportError.Code?] = []
                for await end in ends {
                    if case .failure(let error) = end.result { codes.append(error.code) }
                    if codes.count == 3 { break }
                }
                #expect(codes == [.cancelled, .cancelled, .cancelled])
            }
        }
    }

    @Test("never opens more connections to a host than allowed")
    func connectionLimit() async throws {
        try await ScriptedServer.run({ $0.answerAll(200, "ok") }) { server in
            var options = TransportOptions()
            options.maxConnectionsPerHost = 2
            try await TransportFixture.run(options) { transport in
                let url = server.url()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 1...50 {
                        group.addTask { _ = try await transport.perform(TransportFixture.post(url)) }
                    }
                    try await group.waitForAll()
                }
                #expect(server.requests.count == 50)
                #expect(server.mostOpen <= 2)
            }
        }
    }

    @Test("a transfer that waits for a connection until its time-out has not been sent")
    func queued() async throws {
        try await ScriptedServer.run({ connection in
            _ = connection.read()
            connection.hold()
        }) { server in
            var options = TransportOptions()
            options.maxConnectionsPerHost = 1
            try await TransportFixture.run(options) { transport in
                let first = try TransportFixture.post(server.url(), "first")
                async let blocking = TransportFixture.failure(transport, first)
                await server.received(1)
                let second = try TransportFixture.post(server.url(), "second", timeout: .milliseconds(200))
                let error = await TransportFixture.failure(transport, second)
                #expect(error?.code == .timedOut)
                #expect(error?.stage == .notSent)
                await transport.shutdown()
                #expect(await blocking?.code == .shutDown)
            }
        }
    }

    @Test("a task that is cancelled before sends nothing")
    func cancelledBefore() async throws {
        try await ScriptedServer.run({ $0.answerAll(200, "ok") }) { server in
            try await TransportFixture.run { transport in
                let request = try TransportFixture.post(server.url())
                let error = await withTaskGroup(of: TransportError?.self) { group in
                    group.cancelAll()
                    group.addTask { await TransportFixture.failure(transport, request) }
                    return await group.next() ?? nil
                }
                #expect(error?.code == .cancelled)
                #expect(error?.stage == .notSent)
                _ = try await transport.perform(request)
                #expect(server.requests.count == 1)
            }
        }
    }

    @Test("a task that is cancelled after the request was read ends at once, and it was sent")
    func cancelledWhile() async throws {
        try await ScriptedServer.run({ connection in
            _ = connection.read()
            connection.hold()
        }) { server in
            try await TransportFixture.run { transport in
                let request = try TransportFixture.post(server.url())
                let error = await withTaskGroup(of: TransportError?.self) { group in
                    group.addTask { await TransportFixture.failure(transport, request) }
                    await server.received(1)
                    group.cancelAll()
                    return await group.next() ?? nil
                }
                #expect(error?.code == .cancelled)
                #expect(error?.stage == .sent)
            }
        }
    }

    @Test("a cancel after the end changes nothing, and nothing of the transfer is kept")
    func cancelledAfter() async throws {
        try await ScriptedServer.run({ $0.answerAll(200, "ok") }) { server in
            try await TransportFixture.run { transport in
                let request = try TransportFixture.post(server.url())
                let task = Task { try await transport.perform(request).status }
                #expect(try await task.value == 200)
                task.cancel()
                #expect(try await transport.perform(request).status == 200)
                #expect(transport.openTransfers == 0)
            }
        }
    }

    @Test("cancels and ends that cross each other leave no transfer behind")
    func cancelRace() async throws {
        try await ScriptedServer.run({ $0.answerAll(200, "ok") }) { server in
            try await TransportFixture.run { transport in
                let url = server.url()
                let ends = await withTaskGroup(of: Bool.self) { group in
                    for number in 1...200 {
                        group.addTask {
                            guard let request = try? TransportFixture.post(url, "message \(number)") else {
                                return false
                            }
                            let task = Task { await TransportFixture.failure(transport, request) }
                            if number.isMultiple(of: 3) { await Task.yield() }
                            task.cancel()
                            let error = await task.value
                            return error == nil || error?.code == .cancelled
                        }
                    }
                    return await group.reduce(into: 0) { count, isFine in count += isFine ? 1 : 0 }
                }
                #expect(ends == 200)
                #expect(transport.openTransfers == 0)
            }
        }
    }

    @Test("shutting down ends what is under way with the stage it had, refuses what comes, and can be repeated")
    func shutdown() async throws {
        try await ScriptedServer.run({ connection in
            _ = connection.read()
            connection.hold()
        }) { server in
            try await TransportFixture.run { transport in
                let request = try TransportFixture.post(server.url())
                let errors = await withTaskGroup(of: TransportError?.self) { group in
                    for _ in 1...10 {
                        group.addTask { await TransportFixture.failure(transport, request) }
                    }
                    await server.received(10)
                    await transport.shutdown()
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(errors.allSatisfy { $0?.code == .shutDown && $0?.stage == .sent })
                #expect(errors.count == 10)
                let late = await TransportFixture.failure(transport, request)
                #expect(late?.code == .shutDown)
                #expect(late?.stage == .notSent)
                await transport.shutdown()
            }
        }
    }

    @Test("a transport that loses every wake-up still sends, cancels and ends")
    func lostWakeUps() async throws {
        try await ScriptedServer.run({ $0.answerAll(200, "ok") }) { server in
            let transport = try CurlHTTPTransport(TransportOptions(), losesWakeUps: true)
            #expect(try await transport.perform(TransportFixture.post(server.url())).status == 200)
            await transport.shutdown()
        }
    }

    @Test("a transport that is let go without shutdown answers what it took and ends its thread")
    func letGo() async throws {
        try await ScriptedServer.run({ $0.answerAll(200, "ok") }) { server in
            for _ in 1...20 {
                let transport = try CurlHTTPTransport()
                #expect(try await transport.perform(TransportFixture.post(server.url())).status == 200)
            }
        }
    }
}
