// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Outbox

// A rule made of an event: first an approved template, then what stands in each of its gaps. Everything that was chosen is
// in the address. The service's rule files are written by whoever may write them: the page gives a file, and saves none.

extension Screens {
    /// So many templates are listed.
    private static let mostTemplates = 60

    static let eventRule = Screen(
        path: PathPattern("events/{id}/rule"),
        scope: .read,
        tab: .events,
        template: "event-rule"
    ) { visit in
        let event = try await visit.event(visit.id)
        var shown: Shown = ["event": Shown(event), "picks": .nothing, "draft": .nothing, "problem": .nothing]
        if visit.query["template"] != nil {
            do throws(APIProblem) {
                shown["draft"] = RuleChoice(visit).shown(try await draft(visit))
                return .page(title: "A rule of this event", shown)
            } catch {
                guard [.badValue, .badBody, .conflict].contains(error.kind) else { throw error }
                shown["problem"] = .text(error.words)
            }
        }
        shown["picks"] = try await picks(visit, event["type"]?.string ?? "")
        return .page(title: "A rule of this event", shown)
    }

    /// The rule as a file.
    static let eventRuleFile = Screen(
        path: PathPattern("events/{id}/rule.yaml"),
        scope: .read,
        tab: nil,
        template: "event-rule"
    ) { visit in
        // Whether there is such an event is said before what a token may not see of it.
        _ = try await visit.event(visit.id)
        let draft = try await draft(visit)
        return .file(name: RuleChoice.fileName(draft), draft["rule"]?.string ?? "")
    }

    private static func draft(_ visit: Visit) async throws(APIProblem) -> JSON {
        try await visit.ask("/events/\(Visit.segment(visit.id))/rule", RuleChoice(visit).wish)
    }

    /// The approved templates, those first whose names say what the event does.
    private static func picks(_ visit: Visit, _ type: String) async throws -> Shown {
        let (account, accounts) = try await account(visit)
        let list: [JSON]
        do throws(APIProblem) {
            list = try await visit.get("/templates", [("account", account)])["data"]?.array ?? []
        } catch {
            guard error.kind == .unavailable else { throw error }
            return ["unknown": true, "rows": [], "empty": false, "accounts": [], "rest": .nothing, "q": .nothing]
        }
        let text = visit.query["q"]?.lowercased() ?? ""
        let words = type.lowercased().split { !$0.isLetter }.filter { $0.count > 2 }
        func isAbout(_ name: String) -> Int { words.count { name.contains($0) } }
        let found = list.compactMap { template -> (name: String, template: JSON)? in
            guard template["status"]?.string?.uppercased() == "APPROVED", let name = template["name"]?.string,
                text.isEmpty || name.lowercased().contains(text)
            else { return nil }
            return (name.lowercased(), template)
        }.sorted { (-isAbout($0.name), $0.name) < (-isAbout($1.name), $1.name) }
        let rows = found.prefix(mostTemplates).map { pick($0.template, account: accounts == [] ? nil : account) }
        return [
            "rows": .list(Array(rows)), "empty": .flag(rows.isEmpty), "unknown": false,
            "q": .optional(visit.query["q"]),
            "rest": found.count > mostTemplates ? .number(found.count - mostTemplates) : .nothing,
            "accounts": accounts, "account": .optional(visit.query["account"]),
            "every": .text(RuleChoice.anotherPlace(visit)),
        ]
    }

    private static func pick(_ template: JSON, account: String?) -> Shown {
        let body = template["components"]?.array?.first { $0["type"]?.string?.uppercased() == "BODY" }
        let language = language(template)
        let query = [("template", template["name"]?.string), ("language", language), ("account", account)]
        return [
            "name": Shown(template["name"]), "language": .optional(language), "category": Shown(template["category"]),
            "body": .optional(body?["text"]?.string?.beginning(200)), "query": .text(Listing.query(query)),
        ]
    }
}

/// What somebody chose on the page: a template, and what stands in its gaps.
///
/// It is all in the address: `template`, `language`, `account`; by a gap's id `gap.1`, a suggestion; `own.1`, another text, and
/// `was.1`, the one before.
struct RuleChoice: Sendable {
    private let visit: Visit
    private let fillings: [(gap: String, text: String)]

    init(_ visit: Visit) {
        self.visit = visit
        let names = visit.query.keys.filter { $0.hasPrefix("gap.") || $0.hasPrefix("own.") }
        fillings = Set(names.map { String($0.dropFirst(4)) }).sorted().compactMap { gap in
            let (own, picked) = (visit.query["own.\(gap)"], visit.query["gap.\(gap)"])
            // A text that stands there from before gives way to what is picked now.
            let isOld = picked != nil && own == visit.query["was.\(gap)"]
            return (isOld ? picked : own ?? picked).map { (gap, $0) }
        }
    }

    /// The body of the API's route.
    var wish: [String: JSON] {
        var wish: [String: JSON] = [:]
        for name in ["template", "language", "account"] { wish[name] = visit.query[name].map(JSON.string) }
        guard !fillings.isEmpty else { return wish }
        wish["fill"] = .array(fillings.map { .string("\($0.gap)=\($0.text)") })
        return wish
    }

    /// The page's parts: the gaps with what could stand in them, how it would be read, and the file.
    func shown(_ draft: JSON) -> Shown {
        let todo = draft["todo"]?.array ?? []
        let findings = draft["findings"]?.array ?? []
        let isTested = draft["test"]?["passed"] == true
        let gaps = (draft["gaps"]?.array ?? []).map(gap)
        let lines = BoundedHTML(draft["rule"]?.string ?? "", most: Self.mostOfFile)
        return [
            "template": Shown(draft["template"]), "language": Shown(draft["language"]),
            "account": .optional(visit.query["account"]), "gaps": .list(gaps), "gapless": .flag(gaps.isEmpty),
            "bubble": Bubble.shown(draft["bubble"] ?? .null), "rule": .text(lines.text), "cut": .flag(lines.isCut),
            "another": .text(Self.anotherPlace(visit)),
            "todo": .list(todo.map { ["name": Shown($0["name"]), "what": Shown($0["what"])] }),
            "findings": .list(findings.map { Shown($0["text"]) }), "tested": .flag(isTested),
            "failures": .list(
                (draft["test"]?["tests"]?.array ?? []).flatMap { $0["failures"]?.array ?? [] }.map { Shown($0) }
            ),
            "look": draft["whole"] == true
                ? Look.badge("Ready", tone: "good", icon: "accepted")
                : Look.badge("Something is left to do", tone: "warn", icon: "uncertain"),
            "file": .text("events/\(Visit.segment(visit.id))/rule.yaml?\(Listing.query(chosen))"),
            "fileName": .text(Self.fileName(draft)), "command": .text(command(draft)),
        ]
    }

    private func gap(_ gap: JSON) -> Shown {
        let id = gap["gap"]?.string ?? ""
        let chosen = gap["chosen"]?.string
        let suggestions = (gap["suggestions"]?.array ?? []).map { suggestion -> (Shown, Bool) in
            let isChosen = chosen.map { Self.isMade($0, of: suggestion["expression"]?.string ?? "") } ?? false
            let shown: Shown = [
                "expression": Shown(suggestion["expression"]), "value": Shown(suggestion["value"]),
                "why": .sentence(suggestion["why"]?.string), "chosen": .flag(isChosen),
            ]
            return (shown, isChosen)
        }
        let isOwn = !suggestions.contains { $0.1 }
        return [
            "id": .text(id), "words": Shown(gap["words"]), "suggestions": .list(suggestions.map(\.0)),
            "open": .flag(chosen == nil), "own": isOwn ? .optional(chosen) : .nothing,
            "note": .sentence(gap["note"]?.string),
        ]
    }

    /// Whether what stands in a gap is a suggestion, or one with a word for where it is missing.
    private static func isMade(_ text: String, of suggestion: String) -> Bool {
        text == suggestion
            || suggestion.hasSuffix(" }}") && text.hasPrefix(suggestion.dropLast(3) + " | default: ")
    }

    /// What was chosen, as it stands in an address.
    private var chosen: [(String, String?)] {
        ["template", "language", "account"].map { ($0, visit.query[$0]) } + fillings.map { ("own.\($0.gap)", $0.text) }
    }

    /// The list of templates, of the account that was chosen.
    static func anotherPlace(_ visit: Visit) -> String {
        let query = Listing.query([("account", visit.query["account"])])
        return "events/\(Visit.segment(visit.id))/rule" + (query.isEmpty ? "" : "?\(query)")
    }

    /// So many bytes of the file are on the page.
    private static let mostOfFile = 20_000

    // MARK: Where it goes

    /// A name for the file: the rule's, without what could lead elsewhere.
    static func fileName(_ draft: JSON) -> String {
        let name = (draft["name"]?.string ?? "").filter {
            $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0))
        }
        return (name.isEmpty ? "rule" : String(name.prefix(100))) + ".yaml"
    }

    /// The command that makes and saves the same rule on the service's machine.
    private func command(_ draft: JSON) -> String {
        var words = ["hookline", "rules", "new", visit.id]
        for name in ["template", "language", "account"] {
            if let value = visit.query[name] { words += ["--\(name)", value] }
        }
        for filling in fillings { words += ["--fill", "\(filling.gap)=\(filling.text)"] }
        words += ["--save", "rules/\(Self.fileName(draft))"]
        return words.map(Self.quoted).joined(separator: " ")
    }

    /// A word as a shell takes it for itself.
    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "_-./".utf8.contains(byte)
        }
        return isPlain && !word.isEmpty ? word : "'\(word.replacing("'", with: #"'\''"#))'"
    }
}
