// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Messages
import NIOConcurrencyHelpers
import Outbox

/// The mark of the one service that owns a database: advisory locks on the database file itself, and on a file beside it.
///
/// The lock is on the file, not on its name: a second service is refused too when it comes by a symbolic link, a hard
/// link or a bind mount. The file beside it is what earlier versions know. The system drops both with the process,
/// however that ends; so whoever gets them knows that every lease in the database belongs to a service that is gone.
///
/// `flock` does not get into the way of SQLite's own locks, which are of another kind. But closing any descriptor of the
/// database file drops SQLite's locks of the whole process; so the descriptor stays open until SQLite is done, and a file
/// that this process owns already is not opened at all.
///
/// - SeeAlso: [flock(2)](https://man7.org/linux/man-pages/man2/flock.2.html), [SQLite: POSIX advisory locks are canceled
///   by a separate thread doing close()](https://www.sqlite.org/howtocorrupt.html)
final class ServiceLock: Sendable {
    /// The databases that services of this process own.
    private static let owned = NIOLockedValueBox<Set<StoreFiles.Identity>>([])

    private struct Held {
        let identity: StoreFiles.Identity
        let descriptors: [Int32]
    }

    /// What is held; `nil` once the lock was given up.
    private let held: NIOLockedValueBox<Held?>

    /// Takes the lock, without waiting.
    ///
    /// - Parameter path: The database, which is there.
    /// - Throws: `StoreError` with code `inUse` when another service has it, `cannotOpen` when there can be no file.
    init(on path: String) throws(StoreError) {
        let beside = try Self.lock(path + ".lock", O_CREAT, of: path)
        do throws(StoreError) {
            held = NIOLockedValueBox(try Self.own(path, beside))
        } catch {
            Self.drop(beside)
            throw error
        }
    }

    deinit {
        release()
    }

    /// Gives the lock up, before or at the end of the object's life; SQLite must be done with the file.
    func release() {
        let held = held.withLockedValue { held in
            defer { held = nil }
            return held
        }
        guard let held else { return }
        held.descriptors.forEach(Self.drop)
        Self.owned.withLockedValue { _ = $0.remove(held.identity) }
    }

    /// Unlocks and closes: a child that this process is starting has the descriptor too until it runs its program, and with
    /// it the lock.
    private static func drop(_ descriptor: Int32) {
        _ = flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func own(_ path: String, _ beside: Int32) throws(StoreError) -> Held {
        guard let identity = StoreFiles(path: path).identity else {
            throw StoreError(.cannotOpen, "cannot create \(path): is its folder there, and may hookline write in it?")
        }
        guard owned.withLockedValue({ $0.insert(identity).inserted }) else { throw inUse(path, EWOULDBLOCK) }
        do throws(StoreError) {
            return Held(identity: identity, descriptors: [try lock(path, 0, of: path), beside])
        } catch {
            owned.withLockedValue { _ = $0.remove(identity) }
            throw error
        }
    }

    private static func lock(_ file: String, _ flags: Int32, of path: String) throws(StoreError) -> Int32 {
        // A C call on a text that Swift lends as a pointer until it returns; so below, and in StoreFiles.
        let descriptor = unsafe open(file, O_RDWR | O_CLOEXEC | flags, 0o600)
        guard descriptor >= 0 else {
            let code = errno
            throw StoreError(
                .cannotOpen,
                "cannot open \(file): \(unsafe String(cString: strerror(code)))",
                libraryCode: code
            )
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            throw inUse(path, code)
        }
        return descriptor
    }

    private static func inUse(_ path: String, _ code: Int32) -> StoreError {
        StoreError(.inUse, "another running hookline owns \(path)", libraryCode: code)
    }
}
