// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation
internal import Messages
internal import Outbox
internal import Webhooks

/// Opens the store beside a service that may be running, asks it about the sources, and closes it.
struct StoreVisit: Sendable {
    /// What was found.
    struct Result: Sendable {
        let exam: StoreExam
        let sources: [SourceExam]
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
        let path = Self.path(settings.store)
        let free = StoreExam.freeBytes(for: path)
        let isThere = [path, path + "-wal"].contains { FileManager.default.fileExists(atPath: $0) }
        guard isThere else {
            return Result(exam: StoreExam(path: path, state: .missing, freeBytes: free), sources: sources([:]))
        }
        do throws(StoreError) {
            let store = try await StoreOpener.openForTools(settings.store)
            let look = await look(at: store)
            await store.close()
            let (examination, lastTime, histories) = try look.get()
            let exam = StoreExam(path: path, state: .open(examination), freeBytes: free)
            return Result(exam: exam, sources: sources(histories), lastTime: lastTime)
        } catch {
            let exam = StoreExam(path: path, state: .broken(error.reason), freeBytes: free)
            return Result(exam: exam, sources: sources([:]))
        }
    }

    private func sources(_ histories: [String: SourceExam.History]) -> [SourceExam] {
        settings.sources.map { source in
            SourceExam(
                name: source.name,
                path: source.path,
                secrets: source.secretLabels,
                history: histories[source.name]
            )
        }
    }

    private typealias Look = (StoreExamination, Timestamp?, [String: SourceExam.History])

    /// A damaged store may not answer any more; then that is what is told of it.
    private func look(at store: any ServiceStore) async -> Swift.Result<Look, StoreError> {
        do throws(StoreError) {
            let examination = try await store.examine(within: Self.examination)
            guard examination.damage == nil else { return .success((examination, nil, [:])) }
            var histories: [String: SourceExam.History] = [:]
            for source in settings.sources { histories[source.name] = try await history(source, store) }
            return .success((examination, try await store.lastTime(), histories))
        } catch {
            return .failure(error)
        }
    }

    private func history(_ source: Source, _ store: any ServiceStore) async throws(StoreError) -> SourceExam.History {
        let last = try await store.events(EventFilter(source: source.name, limit: 1)).elements.first
        let since = clock.now.advanced(by: .seconds(-86_400))
        let refused = try await store.rejections(
            RejectionFilter(source: source.name, since: since, limit: Self.refusalLimit)
        )
        return SourceExam.History(
            lastEvent: last?.receivedAt,
            lastUses: try await lastUses(source, store),
            pending: try await pending(source, store),
            refusals: Dictionary(refused.elements.map { ($0.code, $0.count) }, uniquingKeysWith: +),
            hasMore: refused.next != nil,
            parked: try await parked(source, store, since: since)
        )
    }

    private func parked(
        _ source: Source,
        _ store: any ServiceStore,
        since: Timestamp
    ) async throws(StoreError) -> SourceExam.Parked? {
        let filter = EventFilter(source: source.name, disposition: .parked, since: since, limit: Self.refusalLimit)
        let bodies = try await store.events(filter)
        guard let last = bodies.elements.first else { return nil }
        return SourceExam.Parked(
            count: bodies.elements.count,
            hasMore: bodies.next != nil,
            reason: last.disposition.reason ?? "",
            id: last.id
        )
    }

    private func pending(_ source: Source, _ store: any ServiceStore) async throws(StoreError) -> SourceExam.Pending? {
        guard let count = try await store.pendingCounts()[source.name] else { return nil }
        let filter = EventFilter(source: source.name, disposition: .pending, limit: 1)
        let last = try await store.events(filter).elements.first
        return SourceExam.Pending(count: count, reason: last?.disposition.reason ?? "")
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

    static func path(_ location: Settings.StoreLocation) -> String {
        switch location {
        case .sqlite(let path): path
        }
    }
}
