// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import PartnerAPI
import Presentation
import Testing

@Suite("A chat bubble in the terminal")
struct ChatBubbleTests {
    @Test("shows header, body, footer, buttons and cards in a frame that holds them")
    func whole() {
        let message = RenderedMessage(
            header: .text("Order KK-2041"),
            body: "Hi Meera, your order has left us today and should reach you by tomorrow evening.\nThank you!",
            footer: "Kaapi Kadai",
            buttons: [.init(text: "Track", target: "https://track.example/1")],
            cards: [.init(header: .media(format: "image", reference: nil), body: "Steel tumbler", buttons: [])]
        )
        #expect(
            ChatBubble.draw(message) == """
                ╭──────────────────────────────────────────────────────────╮
                │ Order KK-2041                                            │
                │                                                          │
                │ Hi Meera, your order has left us today and should reach  │
                │ you by tomorrow evening.                                 │
                │ Thank you!                                               │
                │                                                          │
                │ Kaapi Kadai                                              │
                ├──────────────────────────────────────────────────────────┤
                │ → Track (https://track.example/1)                        │
                ╰──────────────────────────────────────────────────────────╯
                ┌ card 1
                │ [image]
                │ Steel tumbler
                └
                """
        )
    }

    @Test("keeps its right side straight beside wide characters")
    func wide() {
        let lines = ChatBubble.draw(RenderedMessage(body: "ok 👍 日本")).split(separator: "\n")
        #expect(lines[1].hasSuffix(String(repeating: " ", count: 46) + " │"))
    }
}
