// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A port of this machine on which nobody listens, kept from others while the value lives.
package final class ClosedPort: Sendable {
    /// The port's number.
    package let number: Int
    private let socket: Int32

    package init() throws {
        (socket, number) = try Sockets.bound(listens: false)
    }

    deinit {
        Sockets.end(socket)
    }
}
