// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// Bounds the open connections of a listener; whoever takes the last place makes the oldest that waits leave.
///
/// While every connection is at work more wait in the system's backlog. It says so in the log, at most once a minute.
struct ConnectionLimit: AvailableConnectionsDelegate {
    private static let pause = TimeAmount.minutes(1)

    private let limit: Int
    private let room: ConnectionRoom
    private let logger: Logger
    private var open = 0
    private var warned: NIODeadline?

    init(_ limit: Int, room: ConnectionRoom, logger: Logger) {
        self.limit = limit
        self.room = room
        self.logger = logger
    }

    mutating func connectionOpened() {
        open += 1
        guard open >= limit else { return }
        room.makeRoom()
        let now = NIODeadline.now()
        guard warned.map({ now - $0 >= Self.pause }) ?? true else { return }
        warned = now
        logger.warning(
            "all connections are taken; those that have waited the longest for their clients are closed",
            metadata: ["connections": "\(open)"]
        )
    }

    mutating func connectionClosed() {
        open -= 1
    }

    func isAcceptingNewConnections() -> Bool { open < limit }
}
