// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// The templates of one account, as `GET /templates` gave them.
package struct TemplateCatalogue: Hashable, Sendable {
    /// What a look-up by name and language found.
    package enum Choice: Hashable, Sendable {
        /// The template to send.
        case found(MessageTemplate)
        /// Why there is none.
        case missing(TemplateProblem)
    }

    /// The templates in the partner's order; a name and language that came twice stand once, the approved one first.
    package let templates: [MessageTemplate]
    /// The number of records without name or language, which could not be read.
    package let unreadable: Int
    private let positions: [String: [Int]]

    /// A catalogue of known templates.
    ///
    /// - Parameters:
    ///   - templates: The templates.
    ///   - unreadable: The number of records that could not be read.
    package init(_ templates: [MessageTemplate], unreadable: Int = 0) {
        var kept: [MessageTemplate] = []
        var positions: [String: [Int]] = [:]
        for template in templates {
            let twin = positions[template.name]?.first { kept[$0].hasLanguage(template.language) }
            if let twin {
                if kept[twin].status != .approved { kept[twin] = template }
            } else {
                positions[template.name, default: []].append(kept.count)
                kept.append(template)
            }
        }
        self.templates = kept
        self.unreadable = unreadable
        self.positions = positions
    }

    /// Reads an answer of `GET /templates`, or what ``json()`` gave.
    ///
    /// - Parameter json: The answer; also the list alone, or in `data` or `templates`. `nil` comes back when no
    ///   list of templates is in it or the answer says `success: false`.
    package init?(_ json: JSON) {
        guard json["success"]?.bool != false else { return nil }
        let inner = json["data"] ?? json
        guard let records = inner.array ?? inner["templates"]?.array ?? inner["data"]?.array else { return nil }
        let templates = records.compactMap(MessageTemplate.init)
        self.init(templates, unreadable: records.count - templates.count)
    }

    /// The catalogue in the shape of the API's answer, with every record as it came.
    ///
    /// - Returns: `{"success": true, "data": {"templates": […]}}`.
    package func json() -> JSON {
        ["success": true, "data": ["templates": .array(templates.map(\.record))]]
    }

    /// The approved ones alone: what the API lists.
    package var approved: TemplateCatalogue { TemplateCatalogue(templates.filter { $0.status == .approved }) }

    /// Chooses a template to send.
    ///
    /// - Parameters:
    ///   - name: The template's name.
    ///   - languages: Locale codes by preference, compared without regard to case, `-` and `_` alike; empty for any,
    ///     and then the codes' alphabet decides, so that the partner's order does not.
    /// - Returns: The first approved one by preference; else the reason, which names what there is.
    package func choose(_ name: String, languages: [String] = []) -> Choice {
        guard let positions = positions[name] else {
            return .missing(TemplateProblem(.unknownTemplate, "no template has the name '\(name)'"))
        }
        let variants = positions.map { templates[$0] }
        let wanted =
            languages.isEmpty
            ? variants.sorted { $0.language < $1.language }
            : languages.flatMap { code in variants.filter { $0.hasLanguage(code) } }
        guard let first = wanted.first else {
            let known = variants.map(\.language).joined(separator: ", ")
            let asked = languages.joined(separator: ", ")
            let reason = "the template '\(name)' has no language \(asked); it has \(known)"
            return .missing(TemplateProblem(.unknownLanguage, reason))
        }
        if let approved = wanted.first(where: { $0.status == .approved }) { return .found(approved) }
        let reason = "the template '\(name)' (\(first.language)) is \(first.status), not APPROVED"
        return .missing(TemplateProblem(.notApproved, reason))
    }

    /// The languages in which a template may be sent.
    ///
    /// - Parameter name: The template's name.
    /// - Returns: The codes of the approved ones, in the order in which ``choose(_:languages:)`` prefers them.
    package func approvedLanguages(of name: String) -> [String] {
        let variants = (positions[name] ?? []).map { templates[$0] }
        return variants.filter { $0.status == .approved }.map(\.language).sorted()
    }

    /// Holds a request against the catalogue.
    ///
    /// - Parameter request: The request.
    /// - Returns: Every reason why the partner would refuse it; empty for texts and interactive messages.
    package func check(_ request: MessageRequest) -> [TemplateProblem] {
        guard case .template(let message) = request.content else { return [] }
        switch choose(message.name, languages: message.language.map { [$0] } ?? []) {
        case .found(let template): return template.check(message)
        case .missing(let problem): return [problem]
        }
    }

    /// What the customer would read.
    ///
    /// - Parameter request: The request.
    /// - Returns: The message; `nil` when its template is not in the catalogue. A template that is not approved
    ///   is shown all the same.
    package func render(_ request: MessageRequest) -> RenderedMessage? {
        switch request.content {
        case .text(let text): return RenderedMessage(body: text)
        case .interactive(let object): return RenderedMessage(interactive: object.object)
        case .template(let message):
            let variants = (positions[message.name] ?? []).map { templates[$0] }
                .filter { template in message.language.map(template.hasLanguage) ?? true }
                .sorted { $0.language < $1.language }
            let template = variants.first { $0.status == .approved } ?? variants.first
            return template?.render(message)
        }
    }
}

extension MessageTemplate {
    /// Whether a locale code means this template's: `en-US` is `en_US`, but `en` is not.
    func hasLanguage(_ code: String) -> Bool {
        func plain(_ code: String) -> String { code.lowercased().replacing("-", with: "_") }
        return plain(code) == plain(language)
    }
}
