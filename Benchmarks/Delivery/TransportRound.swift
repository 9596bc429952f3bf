// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import DeliveryPartner
import Foundation
import NIOConcurrencyHelpers

/// The transport and libcurl's multi interface in C, doing the same against the same partner, in turns.
struct TransportRound {
    /// How many requests are on their way at the same time.
    static let parallel = 32
    let port: Int32
    let requests: Int

    private var url: String { "http://127.0.0.1:\(port)/api/v1/public/messages/send" }

    /// A text message of the length that templates with some variables have.
    private static let body = Array(
        (#"{"type":"text","phone":"919812345670","content":""# + String(repeating: "Namaste. ", count: 28) + #""}"#)
            .utf8
    )

    /// What one run gave.
    struct Figures {
        var rate = 0.0
        /// Processor time a request in microseconds, without the partner's.
        var processor = 0.0
    }

    /// Measures and prints.
    ///
    /// - Parameter rounds: How often; the medians count.
    /// - Throws: What a round throws.
    func report(rounds: Int) async throws {
        var (floors, ours): ([Figures], [Figures]) = ([], [])
        for _ in 0..<rounds {
            floors.append(try floor())
            ours.append(try await transport())
        }
        let (floor, own) = (Self.median(floors), Self.median(ours))
        print("transport, \(Self.parallel) at a time      requests/s   µs/request")
        print("libcurl multi in C           \(Self.cell(floor.rate))   \(Self.cell(floor.processor, 1))")
        print("CurlTransport                \(Self.cell(own.rate))   \(Self.cell(own.processor, 1))")
        print("CurlTransport ÷ libcurl      \(Self.cell(own.rate / floor.rate, 2))\n")
    }

    private func floor() throws -> Figures {
        var failed = 0
        let figures = Self.measured(requests) {
            let result = floor_run(url, Int32(Self.parallel), requests, Self.body, Self.body.count)
            failed = result.failed
            return result.seconds
        }
        guard failed == 0 else { throw BenchmarkFailure(reason: "\(failed) requests of libcurl alone failed") }
        return figures
    }

    private func transport() async throws -> Figures {
        let transport = try CurlHTTPTransport()
        let request = TransferRequest(
            method: .post,
            url: url,
            headers: try HeaderList([
                HeaderField("apiKey", "benchmark-key"), HeaderField("apiSecret", "benchmark-secret"),
                HeaderField("Content-Type", "application/json"), HeaderField("Accept", "application/json"),
            ]),
            body: Self.body
        )
        let load = Load(transport: transport, request: request, total: requests)
        let (before, start) = (Self.processor, ContinuousClock.now)
        let failed = await load.run(parallel: Self.parallel)
        let figures = Self.figures(requests, start.duration(to: .now).seconds, Self.processor - before)
        await transport.shutdown()
        guard failed == 0 else { throw BenchmarkFailure(reason: "\(failed) requests of the transport failed") }
        return figures
    }

    private static func measured(_ requests: Int, _ body: () -> Double) -> Figures {
        let before = processor
        let seconds = body()
        return figures(requests, seconds, processor - before)
    }

    private static func figures(_ requests: Int, _ seconds: Double, _ processor: Double) -> Figures {
        Figures(rate: Double(requests) / seconds, processor: processor * 1e6 / Double(requests))
    }

    /// The processor time of this process so far without the partner's thread, in seconds.
    private static var processor: Double {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return 0 }
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9 - partner_processor_seconds()
    }

    private static func median(_ all: [Figures]) -> Figures {
        Figures(rate: all.map(\.rate).median, processor: all.map(\.processor).median)
    }

    static func cell(_ value: Double, _ digits: Int = 0) -> String {
        let text = String(format: "%.\(digits)f", value)
        return String(repeating: " ", count: max(0, 10 - text.count)) + text
    }
}

/// Keeps some requests on their way until enough have ended, as the dispatcher does: what ended is replaced at once.
final class Load: Sendable {
    private struct State {
        var left: Int
        var open = 0
        var failed = 0
        var waiter: CheckedContinuation<Int, Never>?
    }

    private let transport: CurlHTTPTransport
    private let request: TransferRequest
    private let group = TransferGroup()
    private let state: NIOLockedValueBox<State>

    init(transport: CurlHTTPTransport, request: TransferRequest, total: Int) {
        self.transport = transport
        self.request = request
        state = NIOLockedValueBox(State(left: total))
    }

    /// Returns when all have ended.
    ///
    /// - Parameter parallel: How many are on their way at the same time.
    /// - Returns: How many were not answered with 201.
    func run(parallel: Int) async -> Int {
        await withCheckedContinuation { waiter in
            state.withLockedValue { $0.waiter = waiter }
            begin(parallel)
        }
    }

    private func begin(_ count: Int) {
        let taken = state.withLockedValue { state in
            let taken = min(count, state.left)
            state.left -= taken
            state.open += taken
            return taken
        }
        guard taken > 0 else { return }
        transport.begin(Array(repeating: request, count: taken), in: group) { ends in
            self.ended(ends)
        }
    }

    private func ended(_ ends: [TransferEnd]) {
        let failed = ends.count { (try? $0.result.get().status) != 201 }
        let (waiter, all) = state.withLockedValue { state -> (CheckedContinuation<Int, Never>?, Int) in
            state.open -= ends.count
            state.failed += failed
            guard state.left == 0, state.open == 0 else { return (nil, 0) }
            defer { state.waiter = nil }
            return (state.waiter, state.failed)
        }
        waiter?.resume(returning: all)
        begin(ends.count)
    }
}

/// Why there is no figure.
struct BenchmarkFailure: Error, CustomStringConvertible {
    let reason: String

    var description: String { reason }
}

extension [Double] {
    var median: Double { isEmpty ? 0 : sorted()[count / 2] }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
