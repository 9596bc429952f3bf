// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import CurlTransport
import Delivery
import Events
import HTTPTypes
import Messages
import NIOConcurrencyHelpers
import ServiceConfiguration
import Webhooks

/// Posts live events at a steady pace, whatever becomes of those before, and knows how long their messages took.
struct LiveSender {
    private let sender: ImitatedSender
    private let url: String
    private let transport: CurlHTTPTransport
    private let settled: SettledTimes

    /// A sender for the only source of a configuration.
    ///
    /// - Parameters:
    ///   - settings: The configuration.
    ///   - port: Where the service listens on this machine.
    ///   - settled: Knows when messages were settled.
    /// - Throws: What says that the configuration has no source.
    init(_ settings: Settings, _ port: Int, _ settled: SettledTimes) async throws {
        sender = try ImitatedSender(settings, source: OrderWorkload.source)
        guard let path = settings.sources.first?.path else { throw BenchmarkError("there is no source") }
        url = "http://127.0.0.1:\(port)\(path)"
        transport = try CurlHTTPTransport()
        self.settled = settled
    }

    /// An event of 1.5 kB.
    static func body(_ id: String, _ number: Int) -> [UInt8] {
        let line = #"{"sku": "TEE", "title": "Cotton tee", "quantity": 2, "price": "199.00", "taxable": true}"#
        let lines = Array(repeating: line, count: 14).joined(separator: ",")
        let phone = "+9198\(10_000_000 + number % 10_000_000)"
        return Array(
            #"{"event": "paid", "id": "\#(id)", "phone": "\#(phone)", "name": "Meera", "lines": [\#(lines)]}"#.utf8
        )
    }

    /// Closes its connections.
    func end() async { await transport.shutdown() }

    /// Posts events, each at its moment.
    ///
    /// - Parameters:
    ///   - rate: How many a second.
    ///   - seconds: For how long.
    /// - Returns: How long each message took from that moment until it was settled, in milliseconds.
    /// - Throws: ``BenchmarkError`` when one is not answered with 200, or its message does not leave.
    func times(_ rate: Int, seconds: Int) async throws -> [Double] {
        let (count, start) = (rate * seconds, ContinuousClock.now)
        let run = EventID(at: SystemClock().now)
        let posted = try await withThrowingTaskGroup(of: (String, ContinuousClock.Instant).self) { group in
            for number in 0..<count {
                let moment = start.advanced(by: .microseconds(number * 1_000_000 / rate))
                group.addTask {
                    try await Task.sleep(until: moment, clock: .continuous)
                    return (try await post("\(run) \(number)", number), moment)
                }
            }
            return try await group.reduce(into: [String: ContinuousClock.Instant]()) { $0[$1.0] = $1.1 }
        }
        let ends = try await settled.times(of: Set(posted.keys))
        return posted.compactMap { message, moment in ends[message].map { moment.duration(to: $0) / .milliseconds(1) } }
    }

    private func post(_ id: String, _ number: Int) async throws -> String {
        let body = Self.body(id, number)
        let imitation = try Imitation(sender, body: body)
        let headers = try HeaderList(imitation.headers.map { HeaderField($0.name.rawName, $0.value) })
        let request = TransferRequest(method: .post, url: url, headers: headers, body: body)
        let reply = try await transport.perform(request)
        let answer = PostAnswer(status: reply.status, body: reply.body)
        guard answer.status == 200, let message = answer.messages?.first else {
            throw BenchmarkError("a live event was answered with \(answer.status): \(answer.text)")
        }
        return message
    }
}

/// When each message's acceptance by the partner was in the store.
final class SettledTimes: DeliveryObserver {
    private let known = NIOLockedValueBox<[String: ContinuousClock.Instant]>([:])

    func observe(_ event: DeliveryEvent) {
        guard case .settled(let id, .accepted, .settled) = event else { return }
        known.withLockedValue { $0[id.rawValue] = .now }
    }

    /// Waits for messages, two minutes at most.
    ///
    /// - Parameter messages: Which ones.
    /// - Returns: When they were settled.
    /// - Throws: ``BenchmarkError`` when that takes too long.
    func times(of messages: Set<String>) async throws -> [String: ContinuousClock.Instant] {
        for _ in 0..<1_200 {
            let found = known.withLockedValue { $0 }
            if messages.isSubset(of: found.keys) { return found.filter { messages.contains($0.key) } }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw BenchmarkError("live messages have not left within two minutes")
    }
}
