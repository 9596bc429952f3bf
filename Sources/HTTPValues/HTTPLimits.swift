// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What a listener grants a connection before it knows who is there.
///
/// The numbers are for senders of webhooks, which post some kilobytes in one go from a data centre.
/// `docs/threat-model.md` lists them.
package struct HTTPLimits: Hashable, Sendable {
    /// From a head's first byte to its last.
    package var headTime = Duration.seconds(10)
    /// From a head's end to its body's; every ``bodyBytesPerSecond`` that arrived grant a second more.
    package var bodyTime = Duration.seconds(30)
    /// The pace at which a large body may take as long as it needs.
    package var bodyBytesPerSecond = 64 * 1_024
    /// Without a byte, between two requests and within one; longer than ``bodyTime``, so that a body that stops is
    /// answered and not only cut.
    package var idleTime = Duration.seconds(35)
    /// How long a client may leave answers unread while more wait for it.
    package var answerTime = Duration.seconds(30)
    /// How long a connection that is given up stays, so that the answer that says why is read.
    package var lingerTime = Duration.seconds(2)
    /// Path and query; RFC 9110, section 4.1 asks for 8,000 at least.
    package var targetBytes = 8 * 1_024
    /// Lines of a head.
    package var headerFields = 100
    /// One line's name and value.
    package var headerFieldBytes = 16 * 1_024
    /// All lines' names and values.
    package var headerBytes = 32 * 1_024
    /// What all bodies that are being received may take together, beyond ``freeBodyBytes`` of each.
    package var bodyRoom = 256 << 20
    /// So much of a body is always taken: large bodies never keep small events out.
    package var freeBodyBytes = 64 * 1_024
    /// Open connections; more wait in the system's backlog.
    package var connections = HTTPLimits.affordableConnections

    package init() {}

    /// At most 4,096, and never the last descriptors of the process: the store and the partner need some, too.
    private static let affordableConnections: Int = {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit) == 0 else { return 512 }
        return min(4_096, max(64, Int(clamping: limit.rlim_cur) - 256))
    }()
}
