// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation
internal import Messages
internal import Outbox

/// The store: whether it opens, and whether the disk has room for it.
struct StoreExam: Sendable {
    /// What was found where the store is to be.
    enum State: Hashable, Sendable {
        /// It opened, and this was found in it.
        case open(StoreExamination)
        /// There is none; the service makes it.
        case missing
        /// It is there and does not open.
        case broken(String)
    }

    /// Less room than this is worth knowing.
    static let littleRoom: Int64 = 1 << 30
    /// With less room than this, events will soon be refused.
    static let tooLittleRoom: Int64 = 100 << 20

    /// Where it is.
    let path: String
    /// What was found there.
    let state: State
    /// The bytes that are free on its disk; `nil` when nobody knows.
    let freeBytes: Int64?

    var findings: [DoctorReport.Finding] { [opened] + (freeBytes.map { [room($0)] } ?? []) }

    private var opened: DoctorReport.Finding {
        switch state {
        case .open(.sound): .init("store", .fine, "\(path) opens, and every page of it is sound")
        case .open(.unfinished(let limit)):
            .init(
                "store",
                .note,
                "\(path) opens; in \(DurationText.write(limit)) not all of it could be examined; let sqlite3 run 'PRAGMA quick_check' on a backup"
            )
        case .open(.damaged(let damage)):
            .init("store", .wrong, "\(path) is damaged: \(damage); stop the service and restore a backup")
        case .missing: .init("store", .note, "\(path) is not there yet; 'hookline serve' creates it")
        case .broken(let reason): .init("store", .wrong, "\(path): \(reason); mend it, or name another file at 'store'")
        }
    }

    private func room(_ bytes: Int64) -> DoctorReport.Finding {
        let room = "\(bytes >> 20) MiB are free on its disk"
        if bytes < Self.tooLittleRoom {
            return .init(
                "store",
                .wrong,
                "\(room): events are refused when it is full; make room, or put 'store' on another disk"
            )
        }
        guard bytes < Self.littleRoom else { return .init("store", .fine, room) }
        return .init("store", .note, "\(room); make some, or shorten 'retention'")
    }
}

extension StoreExam {
    /// The free bytes of the disk on which a file is, or will be.
    static func freeBytes(for path: String) -> Int64? {
        var folder = URL(filePath: path).standardizedFileURL.deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: folder.path), folder.path != "/" {
            folder.deleteLastPathComponent()
        }
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder.path)
        return (attributes?[.systemFreeSize] as? NSNumber)?.int64Value
    }
}
