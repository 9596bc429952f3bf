// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import HTTPTypes
import PartnerAPI
import Testing

@testable import Rules

/// Rules and events of a shop, for tests that are about one rule.
enum Shop {
    static let now = Timestamp(seconds: 1_768_451_400)

    /// Compiles rules that stand under `rules:`; the source is `shop`, the country India.
    static func rules(_ rules: String, defaults: String = "{country: IN}") throws -> RuleSet {
        let text = "version: 1\nsource: shop\ndefaults: \(defaults)\nrules:\n\(rules)"
        let loaded = RuleFolder.load(texts: [(path: "shop.yaml", text: text)])
        let errors = loaded.diagnostics.filter { $0.severity == .error }
        return try #require(loaded.rules, "\(errors)")
    }

    static func event(
        _ type: String,
        _ body: String,
        source: String = "shop",
        headers: HTTPFields = [:],
        at time: Timestamp = now,
        happened: Timestamp? = nil
    ) throws -> Event {
        Event(
            id: EventID(rawValue: "evt_1"),
            source: source,
            type: type,
            senderID: "sender-1",
            time: happened,
            receivedAt: time,
            headers: headers,
            rawBody: Array(body.utf8),
            payload: try JSONDocument(Array(body.utf8))
        )
    }

    static func context(_ catalogue: TemplateCatalogue? = nil, country: String? = nil) -> EvaluationContext {
        EvaluationContext(now: now, country: country, defaultCatalogue: catalogue)
    }

    /// The requests that leave, as the partner gets them.
    static func requests(_ rules: RuleSet, _ event: Event, _ context: EvaluationContext = context()) -> [String] {
        rules.evaluate(event, in: context).messages.map { $0.request.json().text() }
    }

    /// The reasons why messages do not leave.
    static func reasons(_ rules: RuleSet, _ event: Event, _ context: EvaluationContext = context()) -> [String] {
        rules.evaluate(event, in: context).refusals.map { "\($0.refusal.code.rawValue): \($0.refusal.reason)" }
    }
}

extension TemplateCatalogue {
    /// A catalogue of templates with a body alone: name, language, status, text.
    static func bodies(_ templates: (String, String, String, String)...) throws -> TemplateCatalogue {
        let records = templates.map { name, language, status, text -> JSON in
            [
                "name": .string(name), "language": .string(language), "status": .string(status),
                "components": [["type": "BODY", "text": .string(text)]],
            ]
        }
        return try #require(TemplateCatalogue(.array(records)))
    }
}
