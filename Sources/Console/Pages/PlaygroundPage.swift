// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import HTTPTypes
internal import Outbox
internal import PartnerAPI

// An event that did not happen, against the rules that run or others: what they say of it, and what would be read. Nothing
// is stored, and nothing is sent.

extension Screens {
    /// So much may be typed into a field.
    private static let mostBytes = 24 * 1_024

    static let playground = Screen(
        path: PathPattern("playground"),
        scope: .operate,
        tab: .playground,
        template: "playground",
        show: { visit in
            var shown = try await playgroundForm(visit)
            guard visit.form["payload"] != nil else { return .page(title: "Playground", shown) }
            let catalogue = try await catalogue(visit)
            do throws(ConsolePorts.Refusal) {
                shown["answer"] = verdicts(try await visit.ports.rehearse(try trial(visit)), catalogue)
            } catch {
                shown["problem"] = .text(error.reason)
            }
            return .page(title: "Playground", shown)
        },
        showsForm: true
    )

    /// What stands in the fields: what was sent; else an event that was chosen; else an example.
    private static func playgroundForm(_ visit: Visit) async throws -> Shown {
        let sources = try await visit.get("/sources")["data"]?.array ?? []
        let event: JSON? =
            if visit.form["payload"] == nil, let id = visit.query["event"] {
                try await visit.event(id, bytes: mostBytes + 4)
            } else { nil }
        let names = sources.compactMap { $0["name"]?.string }
        let chosen = visit.form["source"] ?? event?["source"]?.string ?? names.first
        let headers = (event?["headers"]?.array ?? []).compactMap { pair -> String? in
            guard let name = pair.array?.first?.string, let value = pair.array?.last?.string else { return nil }
            return "\(name): \(value)"
        }
        let body = event?["body"]?.string.flatMap { $0.utf8.count <= mostBytes ? inLines($0) : nil }
        return [
            "sources": .list(
                names.map { ["value": .text($0), "chosen": .flag($0 == chosen)] }
            ),
            "payload": .optional((visit.form["payload"] ?? body).map(typed)),
            "headers": .optional(visit.form["headers"] ?? (headers.isEmpty ? nil : headers.joined(separator: "\n"))),
            "rules": .optional(visit.form["rules"]), "noSources": .flag(names.isEmpty),
            "ownRules": .flag(visit.form["rules"] != nil),
            "hasHeaders": .flag(visit.form["headers"] != nil || !headers.isEmpty),
        ]
    }

    /// A payload in lines, where it fits so.
    private static func inLines(_ body: String) -> String {
        guard let json = try? JSON(parsing: Array(body.utf8)) else { return body }
        let lines = BoundedLines(json, most: mostBytes)
        return lines.isCut ? body : lines.text
    }

    /// A payload for its field.
    ///
    /// What a page makes visible is escaped in JSON as JSON does it, so that the payload stays what it was when the form is sent
    /// again.
    private static func typed(_ payload: String) -> String {
        BoundedLines.takes(payload) ? VisibleText.json(payload, also: VisibleHTML.isUnseen) : payload
    }

    private static func trial(_ visit: Visit) throws(ConsolePorts.Refusal) -> ConsolePorts.Trial {
        for name in ["payload", "rules", "headers"] where visit.form[name]?.utf8.count ?? 0 > mostBytes {
            throw ConsolePorts.Refusal("The \(name) have more than \(mostBytes / 1_024) KiB.")
        }
        var headers: HTTPFields = [:]
        for line in (visit.form["headers"] ?? "").split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let name = HTTPField.Name(String(parts[0])) else {
                throw ConsolePorts.Refusal("'\(line.prefix(80))' is no header; expected Name: value.")
            }
            headers.append(HTTPField(name: name, value: String(parts[1].drop { $0 == " " })))
        }
        if headers[.contentType] == nil { headers[.contentType] = "application/json" }
        return ConsolePorts.Trial(
            source: visit.form["source"] ?? "",
            headers: headers,
            payload: visit.form["payload"] ?? "",
            rules: visit.form["rules"]
        )
    }

    /// The templates of the first account, to draw messages with.
    private static func catalogue(_ visit: Visit) async throws -> TemplateCatalogue {
        let account = try await visit.get("/accounts")["data"]?.array?.first?["name"]?.string ?? ""
        return visit.ports.templates(account) ?? TemplateCatalogue([])
    }

    /// What each rule says of each event of the payload, with the bubbles of what would be sent.
    private static func verdicts(_ answer: JSON, _ catalogue: TemplateCatalogue) -> Shown {
        let events = (answer["events"]?.array ?? []).map { event -> Shown in
            let messages = (event["messages"]?.array ?? []).map { message -> Shown in
                let request = message["request"].flatMap { try? MessageRequest(json: $0) }
                let rendering = request.flatMap { catalogue.render($0) }
                return [
                    "rule": Shown(message["rule"]), "recipient": .optional(MessageRows.recipient(message["request"])),
                    "bubble": rendering.map(Bubble.shown) ?? .nothing,
                    "request": .optional(message["request"].map { BoundedLines($0, most: mostBytes / 4).text }),
                ]
            }
            return Shown(event).with(["messages": .list(messages), "silent": .flag(messages.isEmpty)])
        }
        let findings = (answer["findings"]?.array ?? []).map { Shown($0) }
        return ["events": .list(events), "findings": .list(findings)]
    }
}
