// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOConcurrencyHelpers
import Outbox

/// The mark of the one service that owns a database: an advisory lock on a file beside it.
///
/// The system drops it with the process, however that ends; so whoever gets it knows that every lease in the
/// database belongs to a service that is gone.
final class ServiceLock: Sendable {
    /// The open file; `nil` once the lock was given up.
    private let descriptor: NIOLockedValueBox<Int32?>

    /// Takes the lock, without waiting.
    ///
    /// - Throws: `StoreError` with code `inUse` when another service has it, `cannotOpen` when there can be no file.
    init(besides databasePath: String) throws(StoreError) {
        let path = databasePath + ".lock"
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw StoreError(
                .cannotOpen,
                "cannot create \(path): \(String(cString: strerror(errno)))",
                libraryCode: errno
            )
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(file)
            throw StoreError(.inUse, "another running hookline owns \(databasePath)", libraryCode: code)
        }
        descriptor = NIOLockedValueBox(file)
    }

    deinit {
        release()
    }

    /// Gives the lock up, before or at the end of the object's life.
    func release() {
        let file = descriptor.withLockedValue { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
        if let file { close(file) }
    }
}
