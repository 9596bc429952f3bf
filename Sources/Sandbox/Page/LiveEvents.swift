// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import PartnerAPI
internal import ServiceLifecycle

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
    func response(to request: Request) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .xContentTypeOptions: "nosniff"],
            body: ResponseBody { writer in
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await write(to: &writer)
                }
                try await writer.finish(nil)
            }
        )
    }

    /// Concurrent, because the writer's own methods are: it must not come from somebody's isolation.
    @concurrent
    private func write(to writer: inout any ResponseBodyWriter) async throws {
        // A comment first: the browser calls the stream open when it has seen a byte.
        try await writer.write(ByteBuffer(string: ": hello\n\n"))
        var position = await start == nil ? state.position : start
        for await _ in await state.changes().cancelOnGracefulShutdown() {
            guard let last = position, let messages = await state.messages(after: last) else {
                return try await writer.write(ByteBuffer(string: "event: stale\ndata: {}\n\n"))
            }
            for message in messages {
                let next = LivePosition(generation: last.generation, sequence: message.sequence)
                try await writer.write(ByteBuffer(string: event(message, at: next)))
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
