// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPValues
import HooklineApp
import NIOCore
import Server

/// What all rounds have in common.
struct RoundSetup {
    let events: Int
    let connections: Int
    let part: EndToEndBenchmark.Part
    /// Where folders for databases are made.
    let parent: URL
    /// The service's store, as its configuration says it.
    var store = "sqlite:hookline.db"

    /// How many requests are posted before the clock starts, so that connections are open and code is warm.
    var warmUp: Int { min(1_000, events) }
}

/// One measurement of the bare server and one of the service, with the same requests.
struct Round {
    let number: Int
    let setup: RoundSetup
    let threads: BenchmarkThreads
    let partner: PartnerStub

    func run() async throws -> RoundResult {
        let workload = try OrderWorkload(round: number, events: setup.events, warmUp: setup.warmUp)
        var result = RoundResult()
        if setup.part.hasEcho { try await measureEcho(workload, &result) }
        if setup.part.hasService {
            let folder = setup.parent.appending(path: "hookline-benchmark-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            result.syncRate = try DiskProbe.syncRate(in: folder)
            try await measureService(workload, in: folder, &result)
        }
        return result
    }

    private func measureEcho(_ workload: OrderWorkload, _ result: inout RoundResult) async throws {
        let server = EchoServer()
        let (duration, time) = try await running(server) {
            try await withGenerator(port: try await server.port.value) { generator in
                _ = try await generator.post(workload.warmUp)
                let before = try await threads.processorTime()
                let start = ContinuousClock.now
                let end = try await generator.post(workload.requests)
                return (start.duration(to: end), try await threads.processorTime() - before)
            }
        }
        result.echoRate = rate(duration)
        result.echoTime = microseconds(time.server)
    }

    private func measureService(_ workload: OrderWorkload, in folder: URL, _ result: inout RoundResult) async throws {
        let load = try await ServiceUnderLoad(in: folder, store: setup.store, partnerPort: partner.port)
        let measured = try await running(load.service) {
            try await withGenerator(port: try await load.service.addresses.hooks.port) { generator in
                _ = try await pass(workload.warmUp, through: load, from: generator)
                return try await pass(workload.requests, through: load, from: generator)
            }
        }
        result.acceptedRate = rate(measured.accepted)
        result.deliveredRate = rate(measured.delivered)
        result.serviceTime = microseconds(measured.time.server)
        result.commits = Double(measured.commits)
        result.eventsPerCommit = Double(setup.events) / Double(max(1, measured.commits))
    }

    private struct Pass {
        let accepted: Duration
        let delivered: Duration
        let time: ProcessorTime
        let commits: Int
    }

    /// Posts requests and waits until the partner has all their messages and the store knows it.
    private func pass(
        _ requests: [ByteBuffer],
        through load: ServiceUnderLoad,
        from generator: LoadGenerator
    ) async throws -> Pass {
        partner.arrivals.begin(requests.count)
        load.settled.begin(requests.count)
        let (commits, before) = (load.commits, try await threads.processorTime())
        let start = ContinuousClock.now
        let accepted = try await generator.post(requests)
        let delivered = try await partner.arrivals.end(on: threads.generator)
        _ = try await load.settled.end(on: threads.generator)
        guard partner.arrivals.count == requests.count else {
            throw BenchmarkError("the partner got \(partner.arrivals.count) messages for \(requests.count) events")
        }
        return Pass(
            accepted: start.duration(to: accepted),
            delivered: start.duration(to: delivered),
            time: try await threads.processorTime() - before,
            commits: load.commits - commits
        )
    }

    private func withGenerator<Value>(
        port: Int,
        _ body: (LoadGenerator) async throws -> Value
    ) async throws -> Value {
        let generator = try await LoadGenerator.connect(
            to: port,
            connections: setup.connections,
            on: threads.generator
        )
        do {
            let value = try await body(generator)
            await generator.close()
            return value
        } catch {
            await generator.close()
            throw error
        }
    }

    private func rate(_ duration: Duration) -> Double { Double(setup.events) / (duration / .seconds(1)) }

    private func microseconds(_ duration: Duration) -> Double { duration / .microseconds(1) / Double(setup.events) }
}
