// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
internal import Events
internal import Liquid
internal import OrderedCollections
internal import PartnerAPI
internal import Rehearsal
internal import Rules
internal import Webhooks

/// A drafted rule that was written, checked, tested and tried on its event by what rule files are run with.
struct TriedRule {
    /// The largest payload, in bytes, that a test shows whole.
    private static let largest = 12_000
    private static let deepest = 12

    private let question: RuleDrafter.Question
    private var parts: RuleParts

    init(_ question: RuleDrafter.Question, _ parts: RuleParts) {
        self.question = question
        self.parts = parts
        self.parts.payload = testPayload
        self.parts.expected = expectations
    }

    /// The draft.
    var draft: RuleDraft {
        let text = RuleFileText.text(parts)
        var options = question.checks
        options.catalogue = question.catalogue
        let files = [(path: "\(parts.name).yaml", text: text)]
        return RuleDraft(
            name: parts.name,
            template: parts.template,
            eventType: parts.type,
            source: parts.source,
            gaps: parts.gaps,
            text: text,
            todos: parts.todos,
            findings: RuleFolder.check(texts: files, options: options).diagnostics,
            test: RuleTestRunner.run(texts: files, senders: options.senders),
            preview: preview
        )
    }

    // MARK: What the test says

    /// What the rule makes of the event of its test.
    private var expectations: [JSON] {
        let files = [(path: "draft.yaml", text: RuleFileText.text(parts))]
        guard let (test, rules) = RuleTests(texts: files, senders: question.checks.senders).tests.first,
            let event = test.events.first
        else { return [] }
        var context = EvaluationContext(now: event.receivedAt, conventions: test.conventions[event.source] ?? .standard)
        context.country = test.country
        let results = rules.evaluate(event, in: context)
        return results.messages.map(\.expectation) + results.refusals.map(\.expectation)
    }

    /// The event's payload with invented people, cut down to what the rule reads where it is large.
    private var testPayload: JSON {
        let payload = question.event.payload
        let isSmall = payload.bytes.count <= Self.largest
        let whole = isSmall ? payload.root.value : .null
        let shown = isSmall && Self.depth(of: whole) <= Self.deepest ? whole : Needed(parts).cut(payload.root)
        var invented = InventedData(country: parts.country)
        return invented.invent(shown)
    }

    private static func depth(of value: JSON) -> Int {
        switch value {
        case .object(let members): 1 + (members.values.map(depth).max() ?? 0)
        case .array(let elements): 1 + (elements.map(depth).max() ?? 0)
        case .null, .bool, .number, .string: 0
        }
    }

    // MARK: What a customer reads

    /// The message for the real event, as far as the rule can make one.
    private var preview: RenderedMessage? {
        let files = [(path: "preview.yaml", text: RuleFileText.text(parts.filledForPreview))]
        guard let rules = RuleFolder.load(texts: files).rules else { return nil }
        var context = EvaluationContext(
            now: question.event.receivedAt,
            country: question.country,
            conventions: question.preset.conventions
        )
        context.allowedNumbers = question.allowedNumbers
        return rules.evaluate(question.event, in: context).messages.first.flatMap {
            question.catalogue.render($0.request)
        }
    }
}

/// The parts of a payload that a rule reads.
private struct Needed {
    private var paths: [[String]] = []

    init(_ parts: RuleParts) {
        let lets = Dictionary(parts.lets.map { ($0.name, $0.value) }) { first, _ in first }
        for expression in parts.expressions {
            guard let template = try? LiquidTemplate(expression, environment: RuleFolder.liquid) else { continue }
            for reference in template.references { paths.append(Self.steps(reference, lets)) }
        }
        if let match = parts.match { addPaths(of: match, below: []) }
    }

    /// The path from the payload's root, through `let`.
    private static func steps(_ reference: LiquidReference, _ lets: [String: String]) -> [String] {
        let steps = reference.steps.first == "body" ? Array(reference.steps.dropFirst()) : reference.steps
        guard let first = steps.first, let text = lets[first],
            let inner = try? LiquidTemplate(text, environment: RuleFolder.liquid).references.first
        else { return steps }
        return self.steps(inner, lets.filter { $0.key != first }) + steps.dropFirst()
    }

    private mutating func addPaths(of match: JSON, below steps: [String]) {
        for (key, value) in match.object ?? [:] {
            if key.hasPrefix("$") {
                for alternative in value.array ?? [] { addPaths(of: alternative, below: steps) }
                continue
            }
            let path = steps + (FieldPath(key)?.steps ?? [key])
            paths.append(path)
            addPaths(of: value, below: path)
        }
    }

    /// A payload without what no path leads to.
    func cut(_ root: JSONNode) -> JSON { Self.cut(root, paths.filter { !$0.isEmpty }, depth: 0) }

    private static func cut(_ node: JSONNode, _ paths: [[String]], depth: Int) -> JSON {
        guard depth < 40 else { return .null }
        switch node.kind {
        case .object:
            var kept: OrderedDictionary<String, JSON> = [:]
            for (key, value) in node.members {
                let rest = paths.filter { $0.first == key }.map { Array($0.dropFirst()) }
                if !rest.isEmpty { kept[key] = cut(value, rest, depth: depth + 1) }
            }
            return paths.isEmpty || paths.contains([]) ? shallow(node) : .object(kept)
        case .array:
            let inner = paths.map { path in path.first.flatMap { Int($0) } == nil ? path : Array(path.dropFirst()) }
            return .array((0..<min(node.count, 5)).compactMap { node[$0] }.map { cut($0, inner, depth: depth + 1) })
        default: return node.value
        }
    }

    /// The members of an object that are no objects and lists themselves.
    private static func shallow(_ node: JSONNode) -> JSON {
        let plain = node.members.filter { $0.value.kind != .object && $0.value.kind != .array }
        return .object(OrderedDictionary(plain.prefix(60).map { ($0.key, $0.value.value) }) { $1 })
    }
}
