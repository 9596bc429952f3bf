// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// Bounds the open connections of a listener; more wait in the system's backlog until one closes.
///
/// It says so in the log, at most once a minute.
struct ConnectionLimit: AvailableConnectionsDelegate {
    private static let pause = TimeAmount.minutes(1)

    private let limit: Int
    private let logger: Logger
    private var open = 0
    private var warned: NIODeadline?

    init(_ limit: Int, logger: Logger) {
        self.limit = limit
        self.logger = logger
    }

    mutating func connectionOpened() {
        open += 1
        let now = NIODeadline.now()
        guard open >= limit, warned.map({ now - $0 >= Self.pause }) ?? true else { return }
        warned = now
        logger.warning("all connections are taken; further ones wait", metadata: ["connections": "\(open)"])
    }

    mutating func connectionClosed() {
        open -= 1
    }

    func isAcceptingNewConnections() -> Bool { open < limit }
}
