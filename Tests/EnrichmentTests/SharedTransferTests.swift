// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Events
import TestSupport
import Testing

@testable import Enrichment

@Suite("Equal look-ups at the same time")
struct SharedTransferTests {
    private let gate = Gate()
    private let clock = TestClock()
    private let waits = EventRecorder<Void>()

    /// A transport that answers once the gate is open, or fails as soon as its task is cancelled.
    private func transport(_ body: String = #"{"total": 7}"#, status: Int = 200) -> AnsweringTransport {
        AnsweringTransport { [gate] _ throws(TransportError) in
            let isCancelled = await withTaskCancellationHandler {
                await gate.pass()
                return Task.isCancelled
            } onCancel: {
                gate.open()
            }
            if isCancelled { throw TransportError(.cancelled, .notSent, "the request was cancelled") }
            return TransferResponse(status: status, body: Array(body.utf8))
        }
    }

    private func enricher(_ transport: AnsweringTransport) -> Enricher {
        Enricher(transport: transport, clock: clock, readFile: { _ in "" }, onWait: { [waits] in waits.record(()) })
    }

    @Test("share one transfer, its answer and its failure", arguments: [200, 503])
    func shared(status: Int) async throws {
        let transport = transport(status: status)
        let enricher = enricher(transport)
        let enrichment = try Enrichment([TestEvent.step()])
        let event = try TestEvent.make(at: clock.now)
        let results = await withTaskGroup(of: JSON?.self) { group in
            for _ in 1...20 { group.addTask { try? await enricher.enrich(event, with: enrichment) } }
            await transport.requests.untilCount(1) { _ in true }
            await waits.untilCount(19) { _ in true }
            gate.open()
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results == Array(repeating: status == 200 ? ["total": 7] : nil, count: 20))
        #expect(transport.urls.count == 1)
    }

    @Test("but not with an event that arrived after the transfer began")
    func laterEvent() async throws {
        let transport = transport()
        let enricher = enricher(transport)
        let enrichment = try Enrichment([TestEvent.step()])
        let early = try TestEvent.make(at: clock.now)
        await clock.advance(by: .seconds(1))
        async let first = enricher.enrich(early, with: enrichment)
        await transport.requests.untilCount(1) { _ in true }
        await clock.advance(by: .seconds(1))
        async let second = enricher.enrich(try TestEvent.make(at: clock.now), with: enrichment)
        await transport.requests.untilCount(2) { _ in true }
        gate.open()
        _ = try await (first, second)
        #expect(transport.urls.count == 2)
    }

    @Test("whoever is cancelled goes at once, and those who waited for its transfer make one of their own")
    func cancelledLeader() async throws {
        let transport = transport()
        let enricher = enricher(transport)
        let enrichment = try Enrichment([TestEvent.step()])
        let event = try TestEvent.make(at: clock.now)
        let leader = Task { try await enricher.enrich(event, with: enrichment) }
        await transport.requests.untilCount(1) { _ in true }
        async let follower = enricher.enrich(event, with: enrichment)
        await waits.untilCount(1) { _ in true }
        leader.cancel()
        let error = await #expect(throws: LookUpFailure.self) { try await leader.value }
        #expect(error?.isFinal == false)
        #expect(try await follower == ["total": 7])
        #expect(transport.urls.count == 2)
    }

    @Test("a cancelled wait ends at once, and the transfer goes on for the others")
    func cancelledFollower() async throws {
        let transport = transport()
        let enricher = enricher(transport)
        let enrichment = try Enrichment([TestEvent.step()])
        let event = try TestEvent.make(at: clock.now)
        async let leader = enricher.enrich(event, with: enrichment)
        await transport.requests.untilCount(1) { _ in true }
        let follower = Task { try await enricher.enrich(event, with: enrichment) }
        await waits.untilCount(1) { _ in true }
        follower.cancel()
        await #expect(throws: LookUpFailure.self) { try await follower.value }
        gate.open()
        #expect(try await leader == ["total": 7])
        #expect(transport.urls.count == 1)
    }
}
