// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
package import Foundation
package import InMemoryLogging
internal import Logging
package import PartnerAPI
package import PartnerClient
package import TemplateCatalogues
package import TestSupport

/// A partner that answers `GET /templates` from a script, account by account, and keeps who asked.
package final class ScriptedTemplates: Sendable {
    /// The accounts in the order in which they were asked for.
    package let asked = EventRecorder<String>()
    private let answers: EventRecorder<Result<TemplateCatalogue, PartnerClientError>>

    package init(_ first: Result<TemplateCatalogue, PartnerClientError>) {
        answers = EventRecorder()
        answers.record(first)
    }

    /// What the partner says from now on.
    package func answer(_ answer: Result<TemplateCatalogue, PartnerClientError>) {
        answers.record(answer)
    }

    package func fetch(_ account: String) async throws(PartnerClientError) -> TemplateCatalogue {
        asked.record(account)
        guard let answer = answers.elements.last else {
            throw PartnerClientError(.unreachable, account: account, "no answer is in the script")
        }
        return try answer.get()
    }
}

/// A service over a folder of its own, with a clock that stands still.
package struct CatalogueHarness {
    package let folder: URL
    package let partner: ScriptedTemplates
    package let clock = TestClock()
    package let log = InMemoryLogHandler()

    package init(folder: URL, partner: ScriptedTemplates) {
        self.folder = folder
        self.partner = partner
    }

    package static let away = PartnerClientError(.unreachable, account: "main", "connection refused")

    package var cache: TemplateCache { TemplateCache(folder: folder.appending(path: "hookline.db.templates")) }

    package var file: URL { cache.folder.appending(path: "main.json") }

    package func templates(baseURL: String = "https://partner.example/api", accounts: [String] = ["main"])
        -> TemplateCatalogueService
    {
        TemplateCatalogueService(
            accounts: accounts.map { .init(name: $0, baseURL: baseURL) },
            cache: cache,
            clock: clock,
            logger: Logger(label: "templates") { _ in log }
        ) { [partner] account async throws(PartnerClientError) in try await partner.fetch(account) }
    }

    /// The log's lines with what they are about.
    package var lines: [String] {
        log.entries.map { entry in
            let details = entry.metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            return "\(entry.level): \(entry.message)\(details)"
        }
    }
}

/// A catalogue of templates without variables: name, language, status.
package func catalogue(_ templates: (String, String, String)...) -> TemplateCatalogue {
    TemplateCatalogue(
        templates.compactMap { name, language, status in
            MessageTemplate([
                "name": .string(name), "language": .string(language), "status": .string(status),
                "components": [["type": "BODY", "text": "Namaste"]],
            ])
        }
    )
}
