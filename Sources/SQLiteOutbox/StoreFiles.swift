// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Messages
import Outbox

/// The database's files as they stand before SQLite opens any of them.
struct StoreFiles {
    /// What tells a file from every other of this machine, whatever names it has.
    struct Identity: Hashable, Sendable {
        let device: UInt64
        let number: UInt64
    }

    /// The file that the configuration names.
    let path: String

    /// The same without symbolic links: SQLite puts its log beside the file itself.
    private var real: String { URL(filePath: path).resolvingSymlinksInPath().path }

    /// A database's header is longer.
    private static let smallest = 512

    /// Refuses what SQLite would take for a new, empty database.
    ///
    /// A log beside no database, or beside an empty one, is all that is left of a database: SQLite would delete it.
    func requireDatabaseOfLog() throws(StoreError) {
        let log = real + "-wal"
        guard let logSize = Self.status(log)?.st_size, logSize > 0 else { return }
        let size = Self.status(real)?.st_size
        guard size ?? 0 < Self.smallest else { return }
        let what = size == nil ? "is missing" : "is empty"
        throw StoreError(
            .corrupt,
            "\(path) \(what), but its log \(log) is there: put the database back, or a backup and no log; nothing was changed"
        )
    }

    /// Whether there is a database, and not only a name for one.
    var hasDatabase: Bool { (Self.status(real)?.st_size ?? 0) >= Self.smallest }

    /// Refuses a file with several names: SQLite would keep a log beside each, and none of them would be whole.
    ///
    /// - SeeAlso: [Multiple links to the same file](https://www.sqlite.org/howtocorrupt.html)
    func requireOneName() throws(StoreError) {
        guard let status = Self.status(real), status.st_nlink > 1 else { return }
        throw StoreError(
            .cannotOpen,
            "\(path) has \(status.st_nlink) names (hard links), and SQLite keeps a log beside each: remove all names but one"
        )
    }

    /// With less than this on its disk a store counts as full.
    static let leastRoom: Int64 = 1 << 20

    /// Refuses a disk that is full, or as good as that.
    ///
    /// - Parameter leastRoom: How many bytes must be free.
    /// - Throws: `full`.
    func requireRoom(_ leastRoom: Int64 = leastRoom) throws(StoreError) {
        var status = statvfs()
        guard unsafe statvfs(real, &status) == 0 else { return }
        let room = Int64(clamping: status.f_bavail) * Int64(clamping: status.f_frsize)
        guard room < leastRoom else { return }
        throw StoreError(
            .full,
            "its disk has \(room >> 10) KiB left, and events are refused when it has none; make room"
        )
    }

    /// Creates a file that only its owner reads: it holds customers' data.
    ///
    /// One that is there stays as it is. SQLite gives `-wal` and `-shm` the same mode.
    func createPrivate() {
        let descriptor = unsafe Foundation.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 { Foundation.close(descriptor) }
    }

    /// What the file is; `nil` when there is none.
    var identity: Identity? {
        Self.identity(of: real)
    }

    var exists: Bool { Self.status(real) != nil }

    /// The files as they stand while a service has them open: the database and its log.
    var standing: Standing {
        let names = [real, real + "-wal"]
        return Standing(
            files: names.compactMap { name in Self.identity(of: name).map { (name, $0) } }
        )
    }

    /// Files that are to stay where they are.
    ///
    /// What is written into a file that was removed is kept as long as the process lives, and no longer: no sender may be told
    /// that it is stored.
    struct Standing: Sendable {
        let files: [(name: String, identity: Identity)]

        /// Refuses to go on where somebody removed or replaced a file; two calls of the system.
        ///
        /// - Throws: `cannotOpen`.
        func require() throws(StoreError) {
            for (name, identity) in files where StoreFiles.identity(of: name) != identity {
                throw StoreError(
                    .cannotOpen,
                    "\(name) was removed or replaced while Hookline had it open: nothing more is stored until Hookline is stopped, "
                        + "the file or a backup put back, and Hookline started"
                )
            }
        }
    }

    private static func identity(of name: String) -> Identity? {
        status(name).map { Identity(device: UInt64($0.st_dev), number: UInt64($0.st_ino)) }
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status : nil
    }
}
