// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Wakes the one thread that waits at a connection for whatever comes; rings while it does not wait are kept, as one.
///
/// A pipe, since a socket is waited for beside it.
package final class Alarm: Sendable {
    private let reading: Int32
    private let writing: Int32

    /// An alarm that is silent; without a descriptor to be had it stays so, and whoever waits wakes by the time alone.
    package init() {
        var ends: [Int32] = [-1, -1]
        let isMade = unsafe ends.withUnsafeMutableBufferPointer { ends in
            unsafe pipe(ends.baseAddress) == 0
        }
        for end in ends where isMade {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (reading, writing) = isMade ? (ends[0], ends[1]) : (-1, -1)
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// Wakes the thread, now or when it comes back to wait; from any thread.
    package func ring() {
        var byte: UInt8 = 1
        // A pipe that is full rings already.
        _ = unsafe write(writing, &byte, 1)
    }

    /// Waits for a ring.
    ///
    /// - Parameter deadline: How long.
    package func wait(until deadline: ContinuousClock.Instant) {
        _ = wait(beside: -1, until: deadline)
    }

    /// Waits for a ring or until something can be read.
    ///
    /// - Parameters:
    ///   - file: From where; -1 for nowhere.
    ///   - deadline: How long.
    /// - Returns: Whether something can be read there.
    func wait(beside file: Int32, until deadline: ContinuousClock.Instant) -> Bool {
        let left = max(.zero, ContinuousClock.now.duration(to: deadline))
        var files = [
            pollfd(fd: reading, events: Int16(POLLIN), revents: 0), pollfd(fd: file, events: Int16(POLLIN), revents: 0),
        ]
        _ = unsafe poll(&files, 2, Int32(clamping: left.milliseconds + 1))
        if files[0].revents != 0 { silence() }
        return files[1].revents != 0
    }

    private func silence() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while unsafe read(reading, &bytes, bytes.count) == bytes.count {}
    }
}
