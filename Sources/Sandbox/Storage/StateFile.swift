// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Logging
internal import NIOPosix
internal import PartnerAPI
internal import ServiceLifecycle

/// Keeps a sandbox's state in a file from one run to the next.
///
/// Changes are written as a whole and atomically, as fast as the disk takes them and not faster; the last one is
/// written before the service ends. A power cut may cost the last moments, never the file.
struct StateFile: Service {
    /// How many of the last messages are written; all of them would make every write slower than the one before.
    static let maxMessages = 1_000

    let url: URL
    let state: SandboxState
    let logger: Logger

    /// What the last run left.
    ///
    /// - Returns: `nil` when there is no file yet.
    /// - Throws: `PartnerError` when it is damaged, or what reading it throws.
    static func read(_ url: URL) throws -> SandboxSnapshot? {
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        return try SandboxSnapshot(Array(Data(contentsOf: url)))
    }

    func run() async throws {
        for await _ in await state.changes().cancelOnGracefulShutdown() { await write() }
        await write()
    }

    private func write() async {
        var snapshot = await state.snapshot
        snapshot.messages = snapshot.messages.suffix(Self.maxMessages)
        let bytes = Data(snapshot.encoded())
        let url = url
        do {
            // A disk may be slow; the pool's threads may wait for it, those of Swift may not.
            try await NIOThreadPool.singleton.runIfActive { try bytes.write(to: url, options: .atomic) }
        } catch {
            logger.error("the sandbox's state was not written", metadata: ["error": "\(error)"])
        }
    }
}
