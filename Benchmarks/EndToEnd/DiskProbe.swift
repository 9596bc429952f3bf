// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The other baseline: what the folder's disk can do, since every commit waits for it.
enum DiskProbe {
    private static let writes = 100

    /// How often a second 4 KiB can be written and synchronised, one after the other.
    ///
    /// - Parameter folder: Where to make a file for it; the caller removes the folder.
    /// - Returns: Writes a second.
    /// - Throws: ``BenchmarkError`` when the disk does not take them.
    static func syncRate(in folder: URL) throws -> Double {
        let file = open(folder.appending(path: "probe").path, O_CREAT | O_WRONLY, 0o600)
        guard file >= 0 else { throw BenchmarkError("\(folder.path): no file can be made there") }
        defer { close(file) }
        let page = [UInt8](repeating: 7, count: 4_096)
        let start = ContinuousClock.now
        for _ in 0..<writes {
            guard write(file, page, page.count) == page.count, fsync(file) == 0 else {
                throw BenchmarkError("\(folder.path): the disk takes no more")
            }
        }
        return Double(writes) / (start.duration(to: .now) / .seconds(1))
    }
}
