// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Events
import GRDB
import Messages
import NIOConcurrencyHelpers
import Outbox

/// Reads every page of a database to find damage, for as long as there is time.
///
/// - SeeAlso: [PRAGMA quick_check](https://www.sqlite.org/pragma.html#pragma_quick_check)
struct DatabaseExamination {
    let database: any DatabaseReader

    /// Whether the check still runs: an interruption must meet nothing else, and one that comes before ends it, too.
    private let progress = NIOLockedValueBox(Progress.waiting)

    private enum Progress {
        case waiting, running, ended
    }

    init(_ database: any DatabaseReader) {
        self.database = database
    }

    /// Blocks its thread for the limit at most.
    func run(within limit: Duration) throws -> StoreExamination {
        let isBegun = progress.withLockedValue { progress in
            guard progress == .waiting else { return false }
            progress = .running
            return true
        }
        guard isBegun else { return .unfinished(after: .zero) }
        let end = DispatchWorkItem { [self] in self.end() }
        let time = DispatchTime.now() + .microseconds(Int(limit.microseconds))
        DispatchQueue.global().asyncAfter(deadline: time, execute: end)
        defer {
            progress.withLockedValue { $0 = .ended }
            end.cancel()
        }
        do {
            let findings = try database.read { try String.fetchAll($0, sql: "PRAGMA quick_check(1)") }
            return findings == ["ok"] ? .sound : .damaged(Self.line(findings.first ?? "it gave no answer"))
        } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
            return .unfinished(after: limit)
        } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
            return .damaged(error.message ?? "it cannot be read")
        }
    }

    /// Ends it early: it is unfinished then.
    func end() {
        progress.withLockedValue { progress in
            if progress == .running { database.interrupt() }
            progress = .ended
        }
    }

    private static func line(_ finding: String) -> String {
        finding.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
