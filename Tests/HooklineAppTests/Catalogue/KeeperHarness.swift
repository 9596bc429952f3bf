// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import InMemoryLogging
import Logging
import PartnerAPI
import PartnerClient
import TestSupport

@testable import HooklineApp

/// A partner that answers `GET /templates` from a script, account by account, and keeps who asked.
final class ScriptedTemplates: Sendable {
    /// The accounts in the order in which they were asked for.
    let asked = EventRecorder<String>()
    private let answers: EventRecorder<Result<TemplateCatalogue, PartnerClientError>>

    init(_ first: Result<TemplateCatalogue, PartnerClientError>) {
        answers = EventRecorder()
        answers.record(first)
    }

    /// What the partner says from now on.
    func answer(_ answer: Result<TemplateCatalogue, PartnerClientError>) {
        answers.record(answer)
    }

    func fetch(_ account: String) async throws(PartnerClientError) -> TemplateCatalogue {
        asked.record(account)
        guard let answer = answers.elements.last else {
            throw PartnerClientError(.unreachable, account: account, "no answer is in the script")
        }
        return try answer.get()
    }
}

/// A keeper over a folder of its own, with a clock that stands still.
struct KeeperHarness {
    let folder: URL
    let partner: ScriptedTemplates
    let clock = TestClock()
    let log = InMemoryLogHandler()

    static let away = PartnerClientError(.unreachable, account: "main", "connection refused")

    var cache: TemplateCache { TemplateCache(folder: folder.appending(path: "hookline.db.templates")) }

    var file: URL { cache.folder.appending(path: "main.json") }

    func keeper(baseURL: String = "https://partner.example/api", accounts: [String] = ["main"])
        -> TemplateCatalogueKeeper
    {
        TemplateCatalogueKeeper(
            accounts: accounts.map { .init(name: $0, baseURL: baseURL) },
            cache: cache,
            clock: clock,
            logger: Logger(label: "templates") { _ in log }
        ) { [partner] account async throws(PartnerClientError) in try await partner.fetch(account) }
    }

    /// The log's lines with what they are about.
    var lines: [String] {
        log.entries.map { entry in
            let details = entry.metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            return "\(entry.level): \(entry.message)\(details)"
        }
    }
}

/// A catalogue of templates without variables: name, language, status.
func catalogue(_ templates: (String, String, String)...) -> TemplateCatalogue {
    TemplateCatalogue(
        templates.compactMap { name, language, status in
            MessageTemplate([
                "name": .string(name), "language": .string(language), "status": .string(status),
                "components": [["type": "BODY", "text": "Namaste"]],
            ])
        }
    )
}
