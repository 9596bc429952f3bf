// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import Messages
import Outbox

extension StoreError {
    /// The store's word for an error of SQLite or GRDB.
    ///
    /// The reason is SQLite's own sentence, which names tables and columns but no values.
    init(_ error: any Error) {
        switch error {
        case let error as StoreError:
            self = error
        case let error as DatabaseError:
            self.init(sqlite: error)
        case is CancellationError:
            self.init(.failed, "the caller's task was cancelled")
        default:
            self.init(.failed, "the database could not be used: \(type(of: error))")
        }
    }

    private init(sqlite error: DatabaseError) {
        let message = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        let (code, sentence): (Code, String) =
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED: (.busy, "another process holds the database")
            case .SQLITE_FULL: (.full, "the disk or the database is full")
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                (.corrupt, "the database file is damaged; keep it with its -wal and put a backup in their place")
            case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
                (.cannotOpen, "the database cannot be opened for writing")
            default: (.failed, "the database failed")
            }
        self.init(code, "\(sentence) (\(message))", libraryCode: error.extendedResultCode.rawValue)
    }
}
