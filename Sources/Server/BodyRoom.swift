// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPValues
internal import NIOConcurrencyHelpers

/// How much memory the bodies of one listener's requests take together.
///
/// The first bytes of each body are free, so that strangers who send large bodies never keep small events out.
final class BodyRoom: Sendable {
    private let limits: HTTPLimits
    private let taken = NIOLockedValueBox(0)

    init(_ limits: HTTPLimits) {
        self.limits = limits
    }

    /// What is taken now, beyond the free bytes.
    var bytesTaken: Int { taken.withLockedValue { $0 } }

    /// Takes room for a body that grows.
    ///
    /// - Parameters:
    ///   - count: The body's bytes so far.
    ///   - next: The body's bytes with what has just arrived.
    /// - Returns: Whether there is room; nothing was taken otherwise.
    func grow(from count: Int, to next: Int) -> Bool {
        let more = counted(next) - counted(count)
        guard more > 0 else { return true }
        return taken.withLockedValue { taken in
            guard taken + more <= limits.bodyRoom else { return false }
            taken += more
            return true
        }
    }

    /// Gives the room of a body back, once nobody needs it any more.
    ///
    /// - Parameter count: The body's bytes for which ``grow(from:to:)`` found room.
    func release(_ count: Int) {
        let bytes = counted(count)
        if bytes > 0 { taken.withLockedValue { $0 -= bytes } }
    }

    private func counted(_ count: Int) -> Int { max(0, count - limits.freeBodyBytes) }
}
