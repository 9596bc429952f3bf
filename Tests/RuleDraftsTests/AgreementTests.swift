// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import OrderedCollections
import PartnerAPI
import Rehearsal
import Rules
import Sandbox
import ServiceConfiguration
import Testing
import Webhooks

@testable import RuleDrafts

/// What a draft puts into the gaps of shipped templates is what the shipped rules put there.
///
/// Measured over the first events of 97 rules with 297 gaps: without any rule of the sender 199 gaps (67 %) get the shipped
/// value, 41 (14 %) another one, such as the order's id for its number, and the others are left to do; with the sender's other
/// rules 215 (72 %) and 39.
@Suite struct AgreementTests {
    /// What became of one gap.
    struct Outcome: Hashable {
        let rule: String
        let gap: String
        let wanted: String
        let drafted: String?
        let first: String?

        var isEqual: Bool { wanted == drafted }
    }

    @Test(
        "with what the shipped rules know, the drafted messages are those of the shipped rules, and every draft is sound"
    )
    func shipped() throws {
        let outcomes = try Self.outcomes { _ in .all }
        let equal = outcomes.count(where: \.isEqual)
        #expect(Set(outcomes.map { $0.rule }).count >= 55)
        #expect(equal * 100 >= outcomes.count * 99, "\(equal) of \(outcomes.count): \(outcomes.filter { !$0.isEqual })")
    }

    @Test("without any rule of the sender, most gaps get the same value, and few a wrong one")
    func unknownSender() throws {
        let outcomes = try Self.outcomes { shipped in ShippedRules.all.without { $0.preset == shipped.preset.name } }
        let equal = outcomes.count(where: \.isEqual)
        let wrong = outcomes.filter { !$0.isEqual && $0.drafted != nil }
        #expect(equal * 100 >= outcomes.count * 66 && wrong.count * 100 <= outcomes.count * 15)
    }

    @Test("without the very rule, its sender's others help")
    func unknownRule() throws {
        let outcomes = try Self.outcomes { shipped in ShippedRules.all.without { $0.name == shipped.name } }
        let equal = outcomes.count(where: \.isEqual)
        #expect(equal * 100 >= outcomes.count * 71)
    }

    /// Drafts every shipped rule anew out of the event of its first test.
    private static func outcomes(_ knowledge: (Shipped.Case) -> ShippedRules) throws -> [Outcome] {
        let catalogue = try SandboxTemplates.catalogue()
        return try Shipped.cases().flatMap { shipped -> [Outcome] in
            guard let made = try ShippedMessage(shipped) else { return [] }
            var question = RuleDrafter.Question(
                event: made.event,
                preset: shipped.preset,
                template: shipped.template,
                catalogue: catalogue
            )
            question.checks.senders = KnownSenders(sources: [])
            let draft = try RuleDrafter.draft(question, knowledge: knowledge(shipped))
            #expect(draft.test.isPassed, "\(shipped.name): \(draft.test.text)\(draft.text)")
            #expect(draft.isSound, "\(shipped.name): \(draft.findings)")
            return draft.gaps.enumerated().map { position, gap in
                Outcome(
                    rule: shipped.name,
                    gap: gap.gap.excerpt,
                    wanted: made.values.indices.contains(position) ? made.values[position] : "",
                    drafted: gap.chosen?.value,
                    first: gap.suggestions.first?.value
                )
            }
        }
    }
}

/// What a shipped rule makes of the first event of its tests.
struct ShippedMessage {
    let event: Event
    let request: MessageRequest
    /// The values of the template's gaps, in order.
    let values: [String]

    /// Evaluates the rule; `nil` where its first test is about a message that is not sent.
    init?(_ shipped: Shipped.Case) throws {
        let test = try #require(shipped.rule["tests"]?[0])
        let written = try #require(test["event"] ?? test["events"]?[0])
        let folder = Shipped.root.appending(path: "rules")
        let bytes =
            try written["file"]?.string.map { try Array(Data(contentsOf: folder.appending(path: $0))) } ?? written[
                "body"
            ]?.encoded() ?? []
        event = Event(
            id: EventID(rawValue: "evt_1"),
            source: shipped.source,
            type: written["type"]?.string ?? "",
            receivedAt: Timestamp(seconds: 1_768_451_400),
            rawBody: bytes,
            payload: try JSONDocument(bytes)
        )
        let text = try String(contentsOf: folder.appending(path: shipped.file), encoding: .utf8)
        let rules = try #require(RuleFolder.load(texts: [(shipped.file, text)]).rules)
        let context = EvaluationContext(now: event.receivedAt, conventions: shipped.preset.conventions)
        let messages = rules.evaluate(event, in: context).messages
        guard let message = messages.first(where: { $0.rule == shipped.name }),
            case .template(let template) = message.request.content, case .variables(let variables) = template.payload,
            template.name == shipped.template
        else { return nil }
        request = message.request
        values = Array(variables.values)
    }
}
