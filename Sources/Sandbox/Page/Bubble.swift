// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import PartnerAPI

/// One message as the customer sees it: a chat bubble, its buttons, its cards.
struct Bubble {
    let message: ReceivedMessage

    var html: HTML {
        """
        <li class="message" id="\(message.id)">
        \(message.rendering.map(bubble) ?? unknown)
        <details><summary>Cloud API</summary><pre>\(message.cloud.text(.indented))</pre></details>
        </li>
        """
    }

    private var unknown: HTML { #"<div class="bubble"><p class="body">(nothing that can be shown)</p></div>"# }

    /// A text of white space only keeps a bubble open, but says nothing; the list still shows it.
    private func bubble(_ rendering: RenderedMessage) -> HTML {
        """
        <div class="bubble">
        \(rendering.header.map(header))
        <p class="body" dir="auto">\(rendering.body)</p>
        \(rendering.footer.map { "<p class=\"footer\" dir=\"auto\">\($0)</p>" as HTML })
        <time datetime="\(message.time.rfc3339)">\(String(message.time.rfc3339.dropFirst(11).prefix(5))) UTC</time>
        </div>
        \(buttons(rendering.buttons))\(carousel(rendering.cards))
        """
    }

    private func carousel(_ cards: [RenderedMessage.Card]) -> HTML? {
        guard !cards.isEmpty else { return nil }
        let items = HTML(cards.map(card))
        return """
            <div class="carousel"><ol class="cards" tabindex="0" aria-label="Cards">\(items)</ol>\
            <button class="turn back" type="button" aria-label="Card before">‹</button>\
            <button class="turn on" type="button" aria-label="Next card">›</button></div>
            """
    }

    private func card(_ card: RenderedMessage.Card) -> HTML {
        """
        <li class="card">\(card.header.map(header))<p class="body" dir="auto">\(card.body)</p>\(buttons(card.buttons))</li>
        """
    }

    private func header(_ header: RenderedMessage.Header) -> HTML {
        switch header {
        case .text(let text): return "<p class=\"header\" dir=\"auto\">\(text)</p>"
        case .location: return #"<p class="media">📍 location</p>"#
        case .media(let format, let reference): return media(format, reference)
        }
    }

    /// Uploads are shown; links are not followed, so that the page never leaves this machine.
    private func media(_ format: String, _ reference: String?) -> HTML {
        guard let reference, !reference.contains("/") else {
            return "<p class=\"media\">\(reference ?? "the template's own \(format)")</p>"
        }
        switch format {
        case "image": return "<img class=\"media\" src=\"/sandbox/media/\(reference)\" alt=\"image \(reference)\">"
        case "video":
            return "<video class=\"media\" src=\"/sandbox/media/\(reference)\" controls preload=\"metadata\"></video>"
        default: return "<p class=\"media\">📄 \(format) \(reference)</p>"
        }
    }

    private func buttons(_ buttons: [RenderedMessage.Button]) -> HTML? {
        guard !buttons.isEmpty else { return nil }
        return "<ul class=\"buttons\">\(HTML(buttons.map(button)))</ul>"
    }

    /// Only web addresses become links; whatever else a template says is shown and goes nowhere.
    private func button(_ button: RenderedMessage.Button) -> HTML {
        guard let target = button.target else { return "<li><span>↩ \(button.text)</span></li>" }
        let lowered = target.lowercased()
        guard lowered.hasPrefix("https://") || lowered.hasPrefix("http://") else {
            let sign = target.first == "+" ? "☎" : "⧉"
            return "<li><span title=\"\(target)\">\(sign) \(button.text)</span></li>"
        }
        return """
            <li><a href="\(target)" title="\(target)" target="_blank" rel="noopener noreferrer">↗ \(button.text)</a></li>
            """
    }
}
