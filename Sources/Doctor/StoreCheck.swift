// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation
internal import Messages
internal import Outbox
internal import ServiceConfiguration
internal import Webhooks

/// The store: whether it opens, and whether the disk has room for it.
struct StoreCheck: Sendable {
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

    /// Where it is: a file, or a database's address without its password.
    let path: String
    /// What was found there.
    let state: State
    /// The bytes that are free on its disk; `nil` when nobody knows.
    let freeBytes: Int64?
    /// How it stands; `nil` where it did not open.
    var standing: StoreStanding?

    /// Whether it is a file; a server looks after its pages itself.
    var isFile = true

    var findings: [DoctorReport.Finding] {
        let stands = (standing?.findings ?? []).map { finding in
            DoctorReport.Finding("store", finding.isFine ? .fine : .wrong, finding.sentence)
        }
        return [opened] + stands + (freeBytes.map { [room($0)] } ?? [])
    }

    private var opened: DoctorReport.Finding {
        switch state {
        case .open(.sound):
            .init(
                "store",
                .fine,
                "\(path) opens, and \(isFile ? "every page of it is sound" : "what its tables say fits together")"
            )
        case .open(.flawed(let flaw)): .init("store", .wrong, "\(path) opens, and nothing is lost; but \(flaw)")
        case .open(.unfinished(let limit)):
            .init(
                "store",
                .note,
                "\(path) opens; in \(DurationText.write(limit)) not all of it could be examined\(isFile ? "; let sqlite3 run 'PRAGMA quick_check' on a backup" : "")"
            )
        case .open(.damaged(let damage)):
            .init(
                "store",
                .wrong,
                isFile
                    ? "\(path) is damaged: \(damage); stop the service and restore a backup"
                    : "what the tables of \(path) say does not fit together: \(damage)"
            )
        case .missing: .init("store", .note, "\(path) is not there yet; 'hookline serve' creates it")
        case .broken(let reason):
            .init("store", .wrong, "\(path): \(reason); mend it, or name another \(isFile ? "file" : "one") at 'store'")
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

extension StoreCheck {
    /// Why no file can be made there; `nil` when one can.
    static func obstacle(
        to path: String,
        isWritable: (String) -> Bool = { FileManager.default.isWritableFile(atPath: $0) }
    ) -> String? {
        let folder = URL(filePath: path).standardizedFileURL.deletingLastPathComponent().path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            return "there is no folder '\(folder)'"
        }
        return isWritable(folder) ? nil : "nothing can be written in its folder, '\(folder)'"
    }

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

/// Opens the store beside a service that may be running, asks it about the sources, and closes it.
struct StoreInspection: Sendable {
    /// What was found.
    struct Result: Sendable {
        let check: StoreCheck
        let sources: [SourceCheck]
        /// The time that the store knows; `nil` when there is none.
        var lastTime: Timestamp?
    }

    /// How long the whole store is examined.
    private static let examination: Duration = .seconds(60)
    /// So many refusals and unreadable bodies of a source are counted.
    private static let refusalLimit = 1_000

    private let settings: Settings
    private let clock: any WallClock

    init(_ settings: Settings, clock: any WallClock) {
        self.settings = settings
        self.clock = clock
    }

    func run() async -> Result {
        let file = Self.file(settings.store)
        let isThere = file.map { [$0, $0 + "-wal"].contains { FileManager.default.fileExists(atPath: $0) } } ?? true
        guard let file, !isThere else { return await open(freeBytes: file.flatMap(StoreCheck.freeBytes)) }
        let state = StoreCheck.obstacle(to: file).map(StoreCheck.State.broken) ?? .missing
        let check = StoreCheck(path: file, state: state, freeBytes: StoreCheck.freeBytes(for: file))
        return Result(check: check, sources: sources([:]))
    }

    private func open(freeBytes free: Int64?) async -> Result {
        let path = settings.store.description
        do throws(StoreError) {
            let store = try await StoreOpener.openForTools(settings.store)
            let look = await look(at: store)
            await store.close()
            let found = try look.get()
            var check = StoreCheck(path: path, state: .open(found.examination), freeBytes: free)
            (check.standing, check.isFile) = (found.standing, Self.file(settings.store) != nil)
            return Result(check: check, sources: sources(found.histories), lastTime: found.lastTime)
        } catch {
            var check = StoreCheck(path: path, state: .broken(error.reason), freeBytes: free)
            check.isFile = Self.file(settings.store) != nil
            return Result(check: check, sources: sources([:]))
        }
    }

    private func sources(_ histories: [String: SourceCheck.History]) -> [SourceCheck] {
        settings.sources.map { source in
            SourceCheck(
                name: source.name,
                path: source.path,
                secrets: source.secretLabels,
                written: settings.secretsWritten[source.name] ?? [:],
                history: histories[source.name]
            )
        }
    }

    /// What an open store said.
    private struct Look: Sendable {
        let examination: StoreExamination
        var standing: StoreStanding?
        var lastTime: Timestamp?
        var histories: [String: SourceCheck.History] = [:]
    }

    /// A damaged store may not answer any more; then that is what is told of it.
    private func look(at store: any ServiceStore) async -> Swift.Result<Look, StoreError> {
        do throws(StoreError) {
            var look = Look(examination: try await store.examine(within: Self.examination))
            guard look.examination.damage == nil else { return .success(look) }
            look.standing = try await store.standing()
            for source in settings.sources { look.histories[source.name] = try await history(source, store) }
            look.lastTime = try await store.lastTime()
            return .success(look)
        } catch {
            return .failure(error)
        }
    }

    private func history(_ source: Source, _ store: any ServiceStore) async throws(StoreError) -> SourceCheck.History {
        let last = try await store.events(EventFilter(source: source.name, limit: Silence.events)).elements
        let since = clock.now.advanced(by: .seconds(-86_400))
        let refused = try await store.rejections(
            RejectionFilter(source: source.name, since: since, limit: Self.refusalLimit)
        )
        return SourceCheck.History(
            lastEvent: last.first?.receivedAt,
            lastUses: try await lastUses(source, store),
            pending: try await pending(source, store),
            refusals: Dictionary(refused.elements.map { ($0.code, $0.count) }, uniquingKeysWith: +),
            hasMore: refused.next != nil,
            parked: try await parked(source, store, since: since),
            silence: Silence(last.map(\.receivedAt), at: clock.now)
        )
    }

    private func parked(
        _ source: Source,
        _ store: any ServiceStore,
        since: Timestamp
    ) async throws(StoreError) -> SourceCheck.Parked? {
        let filter = EventFilter(source: source.name, disposition: .parked, since: since, limit: Self.refusalLimit)
        let bodies = try await store.events(filter)
        guard let last = bodies.elements.first else { return nil }
        return SourceCheck.Parked(
            count: bodies.elements.count,
            hasMore: bodies.next != nil,
            reason: last.disposition.reason ?? "",
            id: last.id
        )
    }

    private func pending(_ source: Source, _ store: any ServiceStore) async throws(StoreError) -> SourceCheck.Pending? {
        guard let count = try await store.pendingCounts()[source.name] else { return nil }
        let filter = EventFilter(source: source.name, disposition: .pending, limit: 1)
        let last = try await store.events(filter).elements.first
        return SourceCheck.Pending(count: count, reason: last?.disposition.reason ?? "")
    }

    /// When each of several secrets was used last; of a single one that is no question.
    private func lastUses(_ source: Source, _ store: any ServiceStore) async throws(StoreError) -> [String: Timestamp] {
        guard source.secretLabels.count > 1 else { return [:] }
        var uses: [String: Timestamp] = [:]
        for label in source.secretLabels {
            let filter = EventFilter(source: source.name, secretLabel: label, limit: 1)
            uses[label] = try await store.events(filter).elements.first?.receivedAt
        }
        return uses
    }

    /// The file that the store is in; `nil` where a server has it.
    static func file(_ location: Settings.StoreLocation) -> String? {
        switch location {
        case .sqlite(let path): path
        case .postgres: nil
        }
    }
}
