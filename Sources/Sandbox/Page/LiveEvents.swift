// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import HTTPValues
internal import PartnerAPI

/// The stream of new messages for an open page: server-sent events.
///
/// Each `message` event has the position as its id, so a page whose connection broke goes on where it stopped. A page
/// of another run, or of before a clearing, gets one `stale` event and loads itself anew.
///
/// - SeeAlso: [Server-sent events](https://html.spec.whatwg.org/multipage/server-sent-events.html)
struct LiveEvents: Sendable {
    let state: SandboxState
    let page: SandboxPage
    /// Where the page stands; `nil` when it did not say.
    let start: LivePosition?

    /// Lasts until the page goes away or the sandbox ends.
    var reply: Reply { .events(ReplyStream { try await write($0) }, SandboxAnswer.usual) }

    private func write(_ send: ReplyStream.Send) async throws {
        // A comment first: the browser calls the stream open when it has seen a byte.
        try await send(Array(": hello\n\n".utf8))
        var position = await start == nil ? state.position : start
        for await _ in await state.changes() {
            guard let last = position, let messages = await state.messages(after: last) else {
                return try await send(Array("event: stale\ndata: {}\n\n".utf8))
            }
            for message in messages {
                let next = LivePosition(generation: last.generation, sequence: message.sequence)
                try await send(Array(event(message, at: next).utf8))
                position = next
            }
        }
    }

    private func event(_ message: ReceivedMessage, at position: LivePosition) -> String {
        let data: JSON = [
            "id": .string(message.id), "phone": .string("phone-\(message.recipient.digits)"),
            "phoneHTML": .string(page.phone(message).text), "bubbleHTML": .string(Bubble(message: message).html.text),
        ]
        return "id: \(position)\nevent: message\ndata: \(data.text())\n\n"
    }
}
