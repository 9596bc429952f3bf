// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Mustache
internal import PartnerAPI

/// The page at `/`: what the customers would have read, newest first.
struct SandboxPage: Sendable {
    private let template: MustacheTemplate

    init() throws {
        template = try MustacheTemplate(string: Self.source)
    }

    /// The page for some messages.
    func html(_ messages: [ReceivedMessage]) -> String {
        template.render(["count": messages.count, "messages": messages.reversed().map(Self.values)])
    }

    private static func values(_ message: ReceivedMessage) -> [String: Any] {
        let recipient =
            switch message.request.recipient {
            case .phone(let number): "+\(number.digits)"
            case .contact(let id): "contact \(id)"
            }
        var values: [String: Any] = [
            "id": message.id,
            "time": message.time.rfc3339,
            "recipient": recipient,
            "json": message.request.json().text(.indented),
        ]
        if let rendering = message.rendering { values["bubble"] = bubble(rendering) }
        return values
    }

    private static func bubble(_ message: RenderedMessage) -> [String: Any] {
        var values: [String: Any] = ["body": message.body, "buttons": message.buttons.map(button)]
        values["header"] = message.header.map(header)
        values["footer"] = message.footer
        values["cards"] = message.cards.map { card in
            var values: [String: Any] = ["body": card.body, "buttons": card.buttons.map(button)]
            values["header"] = card.header.map(header)
            return values
        }
        return values
    }

    private static func header(_ header: RenderedMessage.Header) -> String {
        switch header {
        case .text(let text): text
        case .media(let format, let reference): reference.map { "[\(format) \($0)]" } ?? "[\(format)]"
        case .location: "[location]"
        }
    }

    private static func button(_ button: RenderedMessage.Button) -> [String: String] {
        ["text": button.text, "target": button.target ?? ""]
    }

    private static let source = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="refresh" content="5">
        <title>Hookline sandbox</title>
        <style>
        body { font: 16px/1.4 system-ui, sans-serif; background: #efeae2; margin: 0 auto; max-width: 40rem; padding: 1rem; }
        article { background: #fff; border-radius: .6rem; padding: .6rem .8rem; margin: .8rem 0; box-shadow: 0 1px 1px #0002; }
        h2 { font-size: .9rem; margin: 0 0 .3rem; color: #075e54; }
        p { white-space: pre-wrap; margin: 0 0 .3rem; overflow-wrap: anywhere; }
        time, summary { font-size: .8rem; color: #667781; }
        .footer { font-size: .85rem; color: #667781; }
        .button { display: inline-block; border: 1px solid #00a88466; border-radius: 1rem; color: #008069; padding: .1rem .8rem; margin: .2rem .3rem .2rem 0; }
        section { border-left: 3px solid #25d366; padding-left: .6rem; margin: .4rem 0; }
        pre { overflow-x: auto; font-size: .8rem; }
        </style>
        <h1>Hookline sandbox</h1>
        <p>{{count}} messages were accepted. The page refreshes itself.</p>
        {{#messages}}
        <article>
        <h2>To {{recipient}}</h2>
        {{#bubble}}
        {{#header}}<p><b>{{.}}</b></p>{{/header}}
        <p>{{body}}</p>
        {{#footer}}<p class="footer">{{.}}</p>{{/footer}}
        {{#buttons}}<span class="button" title="{{target}}">{{text}}</span>{{/buttons}}
        {{#cards}}<section>{{#header}}<p><b>{{.}}</b></p>{{/header}}<p>{{body}}</p>{{#buttons}}<span class="button" title="{{target}}">{{text}}</span>{{/buttons}}</section>{{/cards}}
        {{/bubble}}
        <time>{{time}} · {{id}}</time>
        <details><summary>request</summary><pre>{{json}}</pre></details>
        </article>
        {{/messages}}
        </html>
        """
}
