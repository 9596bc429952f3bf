// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOConcurrencyHelpers
import TestSupport
package import Testing

/// A TCP proxy before a server on a socket in the file system, which lets a fault happen after so many bytes.
///
/// Without a fault it passes on all there is, in both directions. Each direction of a connection has a thread.
package final class CuttingProxy: Sendable {
    /// A way through the proxy.
    package enum Direction: Hashable, Sendable {
        case toServer
        case toClient
    }

    /// What happens once the bytes have passed.
    package enum Fault: Hashable, Sendable {
        /// Nothing more goes that way, on any connection, until the proxy is healed; nobody is told.
        case stall
        /// The connection is reset on both sides.
        case cut
        /// The receiver reads the end of the stream; the other direction goes on.
        case halfClose
    }

    private struct Plan {
        let direction: Direction
        let fault: Fault
        var bytes: Int
    }

    private struct State {
        var isStopped = false
        var plan: Plan?
        var stalled: Set<Direction> = []
        var passed: [Direction: Int] = [:]
        var open: Set<Int32> = []
    }

    /// The port on 127.0.0.1.
    package let port: Int
    private let listener: Int32
    private let upstream: String
    private let state = NIOLockedValueBox(State())
    /// 1 while nothing is stalled.
    private let way = ConditionLock(value: 1)
    private let happened = Watchers(0)

    private init(to upstream: String) throws {
        self.upstream = upstream
        (listener, port) = try Sockets.bound(listens: true)
    }

    /// Runs a proxy for the time of a closure.
    ///
    /// - Parameters:
    ///   - path: The socket of the server.
    ///   - body: What is done meanwhile.
    /// - Returns: What the closure returned.
    /// - Throws: What the closure throws, or a failure to listen.
    package static func run<Result>(
        to path: String,
        _ body: (CuttingProxy) async throws -> Result
    ) async throws -> Result {
        let proxy = try CuttingProxy(to: path)
        let thread = Thread { proxy.acceptAll() }
        thread.start()
        defer { proxy.stop() }
        return try await body(proxy)
    }

    /// Lets a fault happen once.
    ///
    /// - Parameters:
    ///   - fault: What happens.
    ///   - direction: On which way.
    ///   - bytes: After so many more bytes on that way, of whatever connection.
    package func plan(_ fault: Fault, _ direction: Direction, after bytes: Int = 0) {
        state.withLockedValue { $0.plan = Plan(direction: direction, fault: fault, bytes: bytes) }
    }

    /// Returns once so many faults have happened.
    package func faults(_ count: Int = 1, at place: SourceLocation = #_sourceLocation) async {
        await happened.until(at: place) { $0 >= count }
    }

    /// How many bytes have passed one way, on all connections.
    package func passed(_ direction: Direction) -> Int {
        state.withLockedValue { $0.passed[direction, default: 0] }
    }

    /// Resets all connections that there are now, on both sides.
    package func cut() {
        let open = state.withLockedValue { state in
            defer { state.open = [] }
            return state.open
        }
        for socket in open { Sockets.reset(socket) }
    }

    /// Lets everything pass again; what was held back first.
    package func heal() {
        state.withLockedValue { ($0.plan, $0.stalled) = (nil, []) }
        letPass()
    }

    private func letPass() {
        way.lock()
        way.unlock(withValue: 1)
    }

    /// How many of the bytes pass before a fault, and which.
    private func passage(_ direction: Direction, of count: Int) -> (passing: Int, fault: Fault?) {
        state.withLockedValue { state in
            if state.stalled.contains(direction) { return (0, .stall) }
            let (passing, fault) = Self.passage(direction, of: count, &state.plan)
            state.passed[direction, default: 0] += passing
            guard fault == .stall else { return (passing, fault) }
            state.stalled.insert(direction)
            way.lock()
            way.unlock(withValue: 0)
            return (passing, fault)
        }
    }

    private static func passage(_ direction: Direction, of count: Int, _ plan: inout Plan?) -> (Int, Fault?) {
        guard let planned = plan, planned.direction == direction else { return (count, nil) }
        guard count > planned.bytes else {
            plan?.bytes -= count
            return (count, nil)
        }
        plan = nil
        return (planned.bytes, planned.fault)
    }

    /// Passes on what comes one way, until its end.
    private func pump(_ direction: Direction, from source: Int32, to goal: Int32) {
        while true {
            let bytes = Sockets.receive(source)
            guard !bytes.isEmpty else { return Sockets.shutDownWriting(goal) }
            let (passing, fault) = passage(direction, of: bytes.count)
            Sockets.write(goal, Array(bytes.prefix(passing)))
            guard let fault else { continue }
            if passing < bytes.count || fault != .stall { happened.change { $0 += 1 } }
            switch fault {
            case .stall:
                way.lock(whenValue: 1)
                way.unlock()
                Sockets.write(goal, Array(bytes.dropFirst(passing)))
            case .halfClose: return Sockets.shutDownWriting(goal)
            case .cut:
                for socket in [source, goal] { Sockets.reset(socket) }
                return
            }
        }
    }

    private func acceptAll() {
        while let client = Sockets.next(listener) {
            guard let server = try? Sockets.connected(toUnix: upstream), enter([client, server]) else {
                Sockets.end(client)
                continue
            }
            let back = Thread { [self] in
                let forth = Thread { [self] in pump(.toServer, from: client, to: server) }
                forth.start()
                pump(.toClient, from: server, to: client)
            }
            back.start()
        }
        Sockets.end(listener)
    }

    private func enter(_ sockets: [Int32]) -> Bool {
        state.withLockedValue { state in
            guard !state.isStopped else { return false }
            state.open.formUnion(sockets)
            return true
        }
    }

    private func stop() {
        let open = state.withLockedValue { state in
            (state.isStopped, state.plan, state.stalled) = (true, nil, [])
            defer { state.open = [] }
            return state.open
        }
        // Their numbers stay taken to the end of the tests: a pump may still hold one.
        for socket in open { Sockets.shutDown(socket) }
        letPass()
        Sockets.shutDown(listener)
    }
}
