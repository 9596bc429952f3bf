// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Outbox

/// The mark of the one service that owns a database: an advisory lock on a file beside it.
///
/// The system drops it with the process, however that ends; so whoever gets it knows that every lease in the
/// database belongs to a service that is gone.
struct ServiceLock: ~Copyable {
    private let descriptor: Int32

    /// Takes the lock, without waiting.
    ///
    /// - Throws: `StoreError` with code `inUse` when another service has it, `cannotOpen` when there can be no file.
    init(besides databasePath: String) throws(StoreError) {
        let path = databasePath + ".lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError(
                .cannotOpen,
                "cannot create \(path): \(String(cString: strerror(errno)))",
                libraryCode: errno
            )
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            throw StoreError(.inUse, "another running hookline owns \(databasePath)", libraryCode: code)
        }
    }

    deinit {
        close(descriptor)
    }
}
