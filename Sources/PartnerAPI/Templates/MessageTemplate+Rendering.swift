// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension MessageTemplate {
    /// Fills the template with a message's values.
    ///
    /// - Parameter message: A message that chose this template.
    /// - Returns: What the customer would read; a gap without value stays visible as `{{1}}`.
    package func render(_ message: TemplateMessage) -> RenderedMessage {
        let arguments = TemplateArguments(message, for: self)
        return RenderedMessage(
            header: bubble.renderedHeader(arguments.bubble),
            body: bubble.body?.filled(with: arguments.bubble.body) ?? "",
            footer: bubble.footer,
            buttons: bubble.renderedButtons(arguments.bubble),
            cards: cards.enumerated().map { index, card in
                let values = arguments.cards[index] ?? TemplateArguments.Values()
                return RenderedMessage.Card(
                    header: card.renderedHeader(values),
                    body: card.body?.filled(with: values.body) ?? "",
                    buttons: card.renderedButtons(values)
                )
            }
        )
    }
}

extension MessageTemplate.Parts {
    fileprivate func renderedHeader(_ values: TemplateArguments.Values) -> RenderedMessage.Header? {
        switch (header, values.header) {
        case (.text(let text)?, .text(let value)?): .text(text.filled(with: [1: value]))
        case (.text(let text)?, _): .text(text.filled(with: [:]))
        case (.media(let format)?, .media(_, let reference)?): .media(format: format, reference: reference)
        case (.media(let format)?, _): .media(format: format, reference: nil)
        case (.location?, _): .location
        case (.other?, _), (nil, _): nil
        }
    }

    fileprivate func renderedButtons(_ values: TemplateArguments.Values) -> [RenderedMessage.Button] {
        buttons.enumerated().map { position, button in
            let value = values.buttons[position]
            let target: String? =
                switch button.action {
                case .url(let address): address.filled(with: value.map { [1: $0] } ?? [:])
                case .phone(let number): number
                case .copyCode: value
                case .quickReply, .other: nil
                }
            return RenderedMessage.Button(text: button.text, target: target)
        }
    }
}
