// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import CurlTransport
import Events
import Foundation
import HTTPTypes

/// A sender that posts each event until it gets a 2xx, and kills the service on the way.
struct CrashSender: Sendable {
    /// How much is posted, and how often the service is killed meanwhile: a little with all tests, much with
    /// `make crash-test`.
    static let eventCount = number("CRASH_EVENTS") ?? 1_000
    static let kills = number("CRASH_KILLS") ?? 5

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    let accepted: AcceptedEvents
    private let process: ServiceProcess
    private let transport: CurlHTTPTransport

    /// Lends a sender.
    ///
    /// - Parameters:
    ///   - process: The service.
    ///   - events: How many will be posted, between which the kills are spread.
    ///   - body: Posts.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    static func with<Value>(
        _ process: ServiceProcess,
        events: Int,
        _ body: (CrashSender) async throws -> Value
    ) async throws -> Value {
        let accepted = AcceptedEvents(killEvery: max(1, events / (kills + 1)), kills: kills)
        let transport = try CurlHTTPTransport()
        let value = try await body(CrashSender(accepted: accepted, process: process, transport: transport))
        await transport.shutdown()
        return value
    }

    /// Posts an event until it is answered with a 2xx.
    ///
    /// - Parameters:
    ///   - id: Its id, which is in the body, too.
    ///   - body: Its body.
    /// - Returns: When the answer was there.
    /// - Throws: When the service is no more.
    @discardableResult
    func post(_ id: String, _ body: String) async throws -> Timestamp {
        while true {
            let sender = try ImitatedSender(process.settings, source: "orders")
            let imitation = try Imitation(sender, body: Array(body.utf8))
            let headers = try HeaderList(imitation.headers.map { HeaderField($0.name.rawName, $0.value) })
            // Waits where it is being started; the sender of a hook that nobody answered comes again.
            let url = try await process.url()
            let request = TransferRequest(method: .post, url: url, headers: headers, body: Array(body.utf8))
            guard let answer = try? await transport.perform(request), answer.status == 200 else { continue }
            let answered = SystemClock().now
            if await accepted.add(id) { try await process.killAndRestart() }
            return answered
        }
    }
}

/// The ids that got a 2xx, and when it is time for the next kill.
actor AcceptedEvents {
    private(set) var ids: Set<String> = []
    private let interval: Int
    private var killsLeft: Int

    init(killEvery interval: Int, kills: Int) {
        self.interval = interval
        killsLeft = kills
    }

    /// Adds an id.
    ///
    /// - Returns: Whether the service is to be killed now.
    func add(_ id: String) -> Bool {
        ids.insert(id)
        guard killsLeft > 0, ids.count.isMultiple(of: interval) else { return false }
        killsLeft -= 1
        return true
    }
}
