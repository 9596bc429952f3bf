// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import PartnerAPI

/// A gap of a template, which a rule has to fill, with the words that stand round it.
package struct TemplateGap: Hashable, Sendable {
    /// What the gap is a part of.
    package enum Place: Hashable, Sendable {
        /// The message's text.
        case body
        /// The line above it.
        case header
        /// A picture, film or document above it.
        case media(String)
        /// The end of a button's address, and the beginning that stands in the template.
        case address(button: Int, prefix: String)
        /// The code that a button copies.
        case code(button: Int)
        /// A place on the map above the text.
        case location
    }

    /// By which it is named here: `1` or `customer` in the text, `header`, `button 0`.
    package let id: String
    /// What it is a part of.
    package let place: Place
    /// What a customer has read before it; earlier gaps are ``hole``.
    package let before: String
    /// What follows it, up to the next gap.
    package let after: String
    /// The value that Meta was shown when the template was approved; `nil` where nobody knows one.
    package let example: String?

    /// What stands for another gap among the words.
    static let hole = "□"

    /// The gap's name where a person chose one, for a number says nothing.
    var chosenName: String? { place == .body && Int(id) == nil ? id : nil }

    /// The words round it, on one line, for a note: `…have received {{2}} for your…`.
    package var excerpt: String {
        switch place {
        case .address, .code: return "the button '\(before)'"
        case .media, .location: return "the header"
        case .body, .header: break
        }
        let around = 28
        let start = before.suffix(around)
        let end = after.prefix(around)
        let lead = before.count > around ? "…" : ""
        let tail = after.count > around ? "…" : ""
        let shown = place == .header ? "1" : id
        return "\(lead)\(start){{\(shown)}}\(end)\(tail)".replacing("\n", with: " ").replacing(Self.hole, with: "…")
    }
}

extension MessageTemplate {
    /// What a rule has to fill: the gaps of the text in their order, then the header's, then the buttons'.
    var gaps: [TemplateGap] {
        let samples = GapExamples(record)
        var gaps: [TemplateGap] = []
        if let body = bubble.body { gaps += TemplateGap.gaps(of: body, in: .body, samples.body) }
        switch bubble.header {
        case .text(let text)? where !text.slots.isEmpty:
            gaps += TemplateGap.gaps(of: text, in: .header, samples.header).prefix(1)
        case .media(let format)?:
            gaps.append(TemplateGap(id: "header", place: .media(format), before: "", after: "", example: nil))
        case .location?: gaps.append(TemplateGap(id: "header", place: .location, before: "", after: "", example: nil))
        default: break
        }
        for position in bubble.buttonsWithGap {
            let button = bubble.buttons[position]
            var place = TemplateGap.Place.code(button: position)
            if case .url(let address) = button.action { place = .address(button: position, prefix: address.prefix) }
            gaps.append(
                TemplateGap(id: "button \(position)", place: place, before: button.text, after: "", example: nil)
            )
        }
        return gaps
    }
}

extension TemplateGap {
    /// The gaps of a text by slot, each with what stands round its first place.
    fileprivate static func gaps(of text: TemplateText, in place: Place, _ examples: [String: String]) -> [TemplateGap]
    {
        text.slots.enumerated().map { position, slot in
            let (before, after) = surroundings(of: slot, in: text.parts)
            return TemplateGap(
                id: place == .header ? "header" : slot,
                place: place,
                before: before,
                after: after,
                example: examples[slot] ?? examples[String(position + 1)]
            )
        }
    }

    private static func surroundings(of slot: String, in parts: [TemplateText.Part]) -> (String, String) {
        var before = ""
        for (position, part) in parts.enumerated() {
            switch part {
            case .literal(let text): before += text
            case .gap(slot):
                if parts.indices.contains(position + 1), case .literal(let after) = parts[position + 1] {
                    return (before, after)
                }
                return (before, "")
            case .gap: before += hole
            }
        }
        return ("", "")
    }
}

/// The values that Meta was shown for the gaps of a template, by slot or name.
private struct GapExamples {
    var body: [String: String] = [:]
    var header: [String: String] = [:]

    init(_ record: JSON) {
        for component in record["components"]?.array ?? [] {
            guard let example = component["example"] else { continue }
            let texts = example["body_text"]?[0]?.array ?? example["header_text"]?.array ?? []
            let named = example["body_text_named_params"]?.array ?? example["header_text_named_params"]?.array ?? []
            var found: [String: String] = [:]
            for (position, text) in texts.enumerated() { found[String(position + 1)] = text.string }
            for parameter in named {
                if let name = parameter["param_name"]?.string { found[name] = parameter["example"]?.string }
            }
            if component["type"]?.string?.uppercased() == "HEADER" { header = found } else { body = found }
        }
    }
}

extension TemplateGap {
    /// The gaps of a template's record.
    static func all(of record: JSON) -> [TemplateGap] { MessageTemplate(record)?.gaps ?? [] }
}
