// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOConcurrencyHelpers
import TestSupport
package import Testing

/// A TCP server whose script says, connection by connection, what goes wrong.
///
/// It speaks raw sockets because an HTTP library would not let it misbehave. Each connection has a thread of its
/// own, which runs the script and closes the connection at its end.
package final class ScriptedServer: Sendable {
    /// What the server does with one connection.
    package typealias Script = @Sendable (ScriptedConnection) -> Void

    private struct State {
        var accepted = 0
        var open: Set<Int32> = []
        var mostOpen = 0
        var isStopped = false
    }

    /// The port on 127.0.0.1.
    package let port: Int
    private let listener: Int32
    private let script: Script
    private let state = NIOLockedValueBox(State())
    /// The requests that were read whole, in order.
    private let read = Watchers<[WireRequest]>([])
    private let stopped = ConditionLock(value: false)

    private init(_ script: @escaping Script) throws {
        (listener, port) = try Sockets.bound(listens: true)
        self.script = script
    }

    /// Runs a server for the time of a closure.
    ///
    /// - Parameters:
    ///   - script: What the server does with each connection.
    ///   - body: What is done meanwhile.
    /// - Returns: What the closure returned.
    /// - Throws: What the closure throws, or a failure to listen.
    package static func run<Result>(
        _ script: @escaping Script,
        _ body: (ScriptedServer) async throws -> Result
    ) async throws -> Result {
        let server = try ScriptedServer(script)
        let thread = Thread { server.acceptAll() }
        thread.start()
        defer { server.stop() }
        return try await body(server)
    }

    /// The address of the server with a path.
    package func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// The requests that were read whole, in order.
    package var requests: [WireRequest] { read.value }

    /// How many connections came.
    package var connections: Int { state.withLockedValue { $0.accepted } }

    /// How many connections were open at the same time, at most.
    package var mostOpen: Int { state.withLockedValue { $0.mostOpen } }

    /// Returns as soon as so many requests have been read whole.
    package func received(_ count: Int, at place: SourceLocation = #_sourceLocation) async {
        await read.until(at: place) { $0.count >= count }
    }

    func record(_ request: WireRequest) {
        read.change { $0.append(request) }
    }

    func waitForStop() {
        stopped.lock(whenValue: true)
        stopped.unlock()
    }

    private func acceptAll() {
        while let socket = Sockets.next(listener) {
            let number = state.withLockedValue { state -> Int? in
                guard !state.isStopped else { return nil }
                state.accepted += 1
                state.open.insert(socket)
                state.mostOpen = max(state.mostOpen, state.open.count)
                return state.accepted
            }
            guard let number else {
                Sockets.end(socket)
                continue
            }
            let thread = Thread { [self] in
                script(ScriptedConnection(number, socket, self))
                // Under the lock, so that `stop` never shuts down a number that is somebody else's by then.
                state.withLockedValue { state in
                    state.open.remove(socket)
                    Sockets.end(socket)
                }
            }
            thread.start()
        }
        Sockets.end(listener)
    }

    private func stop() {
        state.withLockedValue { state in
            state.isStopped = true
            for socket in state.open { Sockets.shutDown(socket) }
        }
        Sockets.shutDown(listener)
        stopped.lock()
        stopped.unlock(withValue: true)
    }
}
