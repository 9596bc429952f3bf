// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import Foundation
internal import Messages
package import Outbox
package import PartnerAPI
package import Presentation
internal import Rules
package import ServiceConfiguration

/// What the store of a configuration knows of the recipients of messages that are in no store: those that are sent by hand
/// or only explained.
package struct RecipientKnowledge: Sendable {
    private let store: any ServiceStore
    private let clock: any WallClock

    /// What a store knows.
    ///
    /// - Parameters:
    ///   - store: The store.
    ///   - clock: What time it is.
    package init(store: any ServiceStore, clock: any WallClock) {
        self.store = store
        self.clock = clock
    }

    /// Lends what a configuration's store knows; where there is no store yet, nobody has said anything.
    ///
    /// - Parameters:
    ///   - settings: The configuration; `nil` where there is none.
    ///   - clock: What time it is.
    ///   - body: Asks; gets `nil` when there is no store.
    /// - Returns: What the body returned.
    /// - Throws: ``StoreError`` when there is a store and it cannot be opened, or what the body threw.
    package static func with<Value: Sendable>(
        _ settings: Settings?,
        clock: any WallClock = SystemClock(),
        _ body: (RecipientKnowledge?) async throws -> Value
    ) async throws -> Value {
        guard let settings else { return try await body(nil) }
        if case .sqlite(let path) = settings.store, !FileManager.default.fileExists(atPath: path) {
            return try await body(nil)
        }
        let store = try await StoreOpener.openForTools(settings.store)
        do {
            let value = try await body(RecipientKnowledge(store: store, clock: clock))
            await store.close()
            return value
        } catch {
            await store.close()
            throw error
        }
    }

    /// Why the recipient does not want a message.
    ///
    /// - Parameters:
    ///   - request: The message.
    ///   - account: The account that would send it.
    ///   - catalogue: The account's templates, where they are known.
    /// - Returns: A sentence; `nil` when nothing stands against it.
    /// - Throws: ``StoreError``.
    package func objection(
        to request: MessageRequest,
        account: String,
        in catalogue: TemplateCatalogue?
    ) async throws -> String? {
        let filter = ConsentFilter(recipient: Fact.name(of: request.recipient), isStanding: true, limit: 100)
        let optOuts = try await store.consents(filter).elements
        return ConsentEntry.objection(to: request, account: account, in: catalogue, optOuts)
    }

    /// How the recipient's service window stands, for a message that is no template.
    ///
    /// - Parameters:
    ///   - request: The message.
    ///   - account: The account that would send it.
    /// - Returns: A sentence, and whether it is closed; `nil` for a template, which needs none.
    /// - Throws: ``StoreError``.
    package func window(of request: MessageRequest, account: String) async throws -> (words: String, isClosed: Bool)? {
        if case .template = request.content { return nil }
        let last = try await store.lastInbound(of: Fact.name(of: request.recipient), to: account)
        guard let last else {
            return ("service window: unknown, because nobody has told when the recipient wrote", false)
        }
        if let hold = ServiceWindow.hold(lastInbound: last, at: clock.now) { return (hold.reason, true) }
        return ("service window: open until \(last.advanced(by: ServiceWindow.length).rfc3339)", false)
    }
}

extension ExplainedBody {
    /// The same, with what is known of the recipients of its messages.
    ///
    /// - Parameters:
    ///   - knowledge: What the store knows; `nil` where there is none.
    ///   - account: The account of messages whose rule names none.
    ///   - catalogue: The account's templates, where they are known.
    /// - Returns: The answer.
    /// - Throws: ``StoreError``.
    package func told(
        _ knowledge: RecipientKnowledge?,
        account: String,
        in catalogue: TemplateCatalogue?
    ) async throws -> ExplainedBody {
        guard let knowledge else { return self }
        var told: [ExplainReport] = []
        for report in reports {
            var notes: [ExplainReport.Note?] = []
            for message in report.messages {
                let sender = message.account ?? account
                let objection = try await knowledge.objection(to: message.request, account: sender, in: catalogue)
                let window = try await knowledge.window(of: message.request, account: sender)
                notes.append(
                    .init(objection: objection, window: window?.words, isWindowClosed: window?.isClosed ?? false)
                )
            }
            told.append(report.with(notes))
        }
        return ExplainedBody(reports: told)
    }
}
