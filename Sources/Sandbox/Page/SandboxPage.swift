// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import EmbeddedFiles
internal import Events
internal import HTTPTypes
internal import HTTPValues
internal import PartnerAPI

/// The page at `/`: the telephones that got messages, the last one first.
///
/// `Resources/page.html` is the frame; everything in it stands in the page itself, so that it needs no network.
struct SandboxPage: Sendable {
    /// How many of the last messages the page begins with.
    static let maxMessages = 500

    private let frame: String
    private let baseURL: String

    /// - Parameter settings: Whose address and magic numbers the page names.
    init(_ settings: SandboxSettings) {
        frame = String(decoding: EmbeddedFiles.bytes("Sources/Sandbox/Resources/page.html"), as: UTF8.self)
        baseURL = "/api/v1/public"
    }

    /// The page as it is now, under a policy that runs no script but its own.
    func answer(_ state: SandboxState) async -> Reply {
        let (messages, position, count) = await state.page
        let nonce = String(
            (0..<22).compactMap { _ in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".randomElement()
            }
        )
        let policy = """
            default-src 'none'; style-src 'nonce-\(nonce)'; script-src 'nonce-\(nonce)'; img-src 'self' data:; \
            media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
            """
        let page = html(messages, position: position, count: count, nonce: nonce)
        return SandboxAnswer.html(200, page, [.contentSecurityPolicy: policy])
    }

    func html(_ messages: [ReceivedMessage], position: LivePosition, count: Int, nonce: String) -> String {
        let magic = MagicNumber.all.map { "<tr><td>\($0.digits)</td><td>\($0.meaning)</td></tr>" as HTML }
        let parts: [(String, HTML)] = [
            ("%nonce%", "\(nonce)"), ("%position%", "\(position.description)"), ("%count%", "\(String(count))"),
            ("%base%", "\(baseURL)"), ("%magic%", HTML(magic)),
        ]
        let page = parts.reduce(frame) { $0.replacing($1.0, with: $1.1.text) }
        // Last, so that a message which says %nonce% is shown and not filled.
        return page.replacing("%phones%", with: HTML(phones(messages)).text)
    }

    private func phones(_ messages: [ReceivedMessage]) -> [HTML] {
        let phones = Dictionary(grouping: messages) { "\($0.recipient.digits)" }
        let newestFirst = phones.values.sorted { ($0.last?.sequence ?? 0) > ($1.last?.sequence ?? 0) }
        return newestFirst.compactMap { messages in
            messages.last.map { phone($0, bubbles: HTML(messages.map { Bubble(message: $0).html })) }
        }
    }

    /// A telephone; the newest message names its owner.
    func phone(_ message: ReceivedMessage, bubbles: HTML = "") -> HTML {
        let number = "+\(message.recipient.digits)"
        let name = message.recipientName ?? number
        let initial = message.recipientName.map { String($0.prefix(1)) } ?? "☺"
        return """
            <section class="phone" id="phone-\(message.recipient.digits)" aria-label="\(name)">
            <header><span class="avatar" aria-hidden="true">\(initial)</span><h2>\(name)</h2><p>\(message.recipientName == nil ? "not a contact" : number)</p></header>
            <ol class="chat" tabindex="0" aria-label="Messages">\(bubbles)</ol>
            </section>
            """
    }
}

extension SandboxState {
    /// What the page shows, in one look.
    fileprivate var page: (messages: [ReceivedMessage], position: LivePosition, count: Int) {
        (Array(received.suffix(SandboxPage.maxMessages)), position, acceptedCount)
    }
}
