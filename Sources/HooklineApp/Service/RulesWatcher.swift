// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation
internal import ServiceLifecycle

/// Notices changed rule files and has them read again, and has rules taken whose templates came.
///
/// It looks every two seconds rather than listening to inotify: that works on network file systems and with the
/// symbolic links that Kubernetes swaps, and an editor's several writes become one change. A change counts once the
/// files look the same on two looks, so that a file is not read while it is being written.
struct RulesWatcher: Service {
    private static let interval: Duration = .seconds(2)

    let path: String
    let reloader: RulesReloader
    /// An element whenever an account's templates changed; this is its one listener.
    let templateChanges: AsyncStream<Void>
    let clock: any WallClock

    func run() async throws {
        let start = Fingerprint(path: path)
        _ = try? await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup { group in
                group.addTask { for await _ in templateChanges { reloader.templatesChanged() } }
                group.addTask { try await watchFiles(since: start) }
                try await group.waitForAll()
            }
        }
    }

    private func watchFiles(since start: Fingerprint) async throws {
        var (seen, read) = (start, start)
        while true {
            try await clock.sleep(untilSteady: clock.steadyNow.advanced(by: Self.interval))
            let now = Fingerprint(path: path)
            if now == seen, now != read {
                read = now
                await reloader.reload()
            }
            seen = now
        }
    }

    /// What tells one state of the files from another: names, sizes and times of change.
    private struct Fingerprint: Hashable {
        private struct Entry: Hashable {
            let path: String
            let size: Int
            let changed: Date
        }

        private let entries: Set<Entry>

        init(path: String) {
            let root = URL(filePath: path).resolvingSymlinksInPath().path
            let files = FileManager.default.subpaths(atPath: root)?.map { "\(root)/\($0)" } ?? [root]
            let rules = files.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
            entries = Set(rules.compactMap(Self.entry))
        }

        private static func entry(_ path: String) -> Entry? {
            // Through symbolic links: what they point to is what is read.
            let real = URL(filePath: path).resolvingSymlinksInPath().path
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: real) else { return nil }
            return Entry(
                path: path,
                size: attributes[.size] as? Int ?? 0,
                changed: attributes[.modificationDate] as? Date ?? .distantPast
            )
        }
    }
}
