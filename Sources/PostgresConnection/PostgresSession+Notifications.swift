// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CPostgres

/// A call of another session, or of this one, on a channel that this one listens to.
package struct PostgresNotification: Hashable, Sendable {
    /// The channel.
    package let channel: String
    /// Whether this session called.
    package let isOwn: Bool
    /// What the call says; empty where it says nothing.
    package let payload: String

    package init(channel: String, isOwn: Bool, payload: String = "") {
        (self.channel, self.isOwn, self.payload) = (channel, isOwn, payload)
    }
}

extension PostgresSession {
    /// Waits, outside of a transaction, for calls.
    ///
    /// - Parameters:
    ///   - deadline: How long.
    ///   - alarm: What ends it before.
    /// - Returns: What came; nothing when the time is up or the alarm rang.
    /// - Throws: `PostgresError` of kind `lost` when the connection ended.
    package func notifications(
        until deadline: ContinuousClock.Instant,
        or alarm: Alarm
    ) throws(PostgresError) -> [PostgresNotification] {
        let early = takeNotifications()
        guard early.isEmpty, unsafe alarm.wait(beside: PQsocket(connection), until: deadline) else { return early }
        guard stands() else { throw PostgresError(.lost, "the connection to the database ended") }
        return takeNotifications()
    }

    private func takeNotifications() -> [PostgresNotification] {
        var found: [PostgresNotification] = []
        let own = unsafe PQbackendPID(connection)
        while let call = unsafe PQnotifies(connection) {
            let name = unsafe String(cString: call.pointee.relname)
            let (isOwn, payload) = unsafe (call.pointee.be_pid == own, String(cString: call.pointee.extra))
            found.append(PostgresNotification(channel: name, isOwn: isOwn, payload: payload))
            unsafe PQfreemem(call)
        }
        return found
    }
}
