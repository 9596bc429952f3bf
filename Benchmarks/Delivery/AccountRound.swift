// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import CurlTransport
import Delivery
import Events
import Foundation
import HTTPTypes
import Logging
import Messages
import NIOConcurrencyHelpers
import Outbox
import PartnerAPI
import PartnerClient
import SQLiteOutbox

/// Delivery of a backlog through an account that is well, alone and beside one whose partner never answers.
struct AccountRound {
    /// What becomes of the other account's requests.
    enum Neighbour: CaseIterable {
        /// There is none in the configuration; its messages are in the store all the same.
        case none
        /// They hang until the time-out of half a minute, so that the account soon has nothing more to send.
        case hangs
        /// They end as uncertain after a quarter of a second, are settled, and others take their place.
        case timesOut

        var timeout: Duration { self == .timesOut ? .milliseconds(250) : .seconds(30) }

        var name: String {
            switch self {
            case .none: "alone"
            case .hangs: "beside one that hangs for 30 s"
            case .timesOut: "beside one that times out after 250 ms"
            }
        }
    }

    let port: Int32
    /// How many messages each account has.
    let messages: Int

    /// Measures and prints.
    ///
    /// - Parameter rounds: How often; the medians count.
    /// - Throws: What a round throws.
    func report(rounds: Int) async throws {
        var rates: [Neighbour: [Double]] = [:]
        for _ in 0..<rounds {
            for neighbour in Neighbour.allCases {
                rates[neighbour, default: []].append(try await rate(beside: neighbour))
            }
        }
        let alone = (rates[.none] ?? []).median
        print("\(messages) messages of an account that is well          delivered/s      ÷ alone")
        for neighbour in Neighbour.allCases {
            let rate = (rates[neighbour] ?? []).median
            let name = neighbour.name + String(repeating: " ", count: 46 - neighbour.name.count)
            print("\(name)\(TransportRound.cell(rate))   \(TransportRound.cell(rate / alone, 2))")
        }
    }

    /// Messages of the account that is well a second, from the dispatcher's start to the last settlement.
    private func rate(beside neighbour: Neighbour) async throws -> Double {
        let folder = FileManager.default.temporaryDirectory.appending(path: "delivery-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try await SQLiteOutbox.open(folder.appending(path: "outbox.db").path)
        try await fill(store)
        let transport = try CurlHTTPTransport(options)
        let sender = try client(over: transport, timeout: neighbour.timeout)
        let count = Settled(of: messages)
        let dispatcher = Dispatcher(
            store: store,
            sender: sender,
            accounts: (neighbour == .none ? ["well"] : ["well", "hung"]).map { AccountLimits(name: $0) },
            settings: DeliverySettings(drain: .zero),
            metrics: DeliveryMetrics(factory: NOOPMetricsHandler.instance),
            logger: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() },
            observer: count
        )
        let start = ContinuousClock.now
        let seconds = await withTaskGroup(of: Void.self) { group in
            group.addTask { await dispatcher.run() }
            await count.reached()
            let seconds = start.duration(to: .now).seconds
            group.cancelAll()
            return seconds
        }
        await transport.shutdown()
        await store.close()
        return Double(messages) / seconds
    }

    /// As the service connects: accounts of one partner share its host, and each request that they may have on its way
    /// finds a connection.
    private var options: TransportOptions {
        var options = TransportOptions()
        options.maxConnectionsPerHost = 2 * AccountLimits(name: "").maxInFlight
        return options
    }

    private func client(over transport: CurlHTTPTransport, timeout: Duration) throws -> PartnerHTTPClient {
        var limits = PartnerHTTPClient.Limits()
        limits.timeout = timeout
        let accounts = try [("well", "/api/v1/public"), ("hung", "/hang")].map { name, path in
            try PartnerAccount(
                name: name,
                baseURL: "http://127.0.0.1:\(port)\(path)",
                apiKey: Secret("benchmark-key"),
                apiSecret: Secret("benchmark-secret")
            )
        }
        return try PartnerHTTPClient(accounts, transport: transport, limits: limits)
    }

    private func fill(_ store: SQLiteOutbox) async throws {
        let number = try PhoneNumberDigits("919812345670")
        let request = try MessageRequest(recipient: .phone(number), content: .text("Namaste"))
        let now = SystemClock().now
        for start in stride(from: 0, to: messages, by: 500) {
            _ = try await store.accept((start..<min(messages, start + 500)).map { _ in submission(request, at: now) })
        }
    }

    /// An event with a message for each account.
    private func submission(_ request: MessageRequest, at now: Timestamp) -> Submission {
        let event = NewEvent(
            id: EventID(at: now),
            source: "benchmark",
            type: "benchmark",
            receivedAt: now,
            headers: [:],
            rawBody: Array("{}".utf8),
            disposition: .matched
        )
        let messages = ["well", "hung"].map { account in
            NewMessage(id: MessageID(at: now), rule: "benchmark", account: account, request: request)
        }
        return Submission(event: event, messages: messages)
    }
}

/// Counts the messages that the partner took.
private final class Settled: DeliveryObserver {
    private struct State {
        var left: Int
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state: NIOLockedValueBox<State>

    init(of count: Int) {
        state = NIOLockedValueBox(State(left: count))
    }

    func observe(_ event: DeliveryEvent) {
        guard case .settled(_, .accepted, .settled) = event else { return }
        let waiter = state.withLockedValue { state -> CheckedContinuation<Void, Never>? in
            state.left -= 1
            guard state.left == 0 else { return nil }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns when all have been settled.
    func reached() async {
        await withCheckedContinuation { waiter in
            let isReached = state.withLockedValue { state in
                if state.left > 0 { state.waiter = waiter }
                return state.left == 0
            }
            if isReached { waiter.resume() }
        }
    }
}
