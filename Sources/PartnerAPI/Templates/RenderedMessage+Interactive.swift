// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import OrderedCollections

extension RenderedMessage {
    /// An interactive message, read leniently: texts may stand plain or as `{"text": …}`.
    ///
    /// - Parameter object: The content of the request.
    init(interactive object: OrderedDictionary<String, JSON>) {
        let action = object["action"]
        let buttons = object["buttons"]?.array ?? action?["buttons"]?.array ?? []
        let sections = object["sections"]?.array ?? action?["sections"]?.array ?? []
        let rows = sections.flatMap { $0["rows"]?.array ?? [] }
        self.init(
            header: object["header"]?.shownText.map { .text($0) },
            body: object["body"]?.shownText ?? "",
            footer: object["footer"]?.shownText,
            buttons: (buttons + rows).map { Button(text: $0.shownText ?? "", target: $0["url"]?.string) }
        )
    }
}

extension JSON {
    fileprivate var shownText: String? {
        string ?? self["text"]?.string ?? self["title"]?.string ?? self["reply"]?["title"]?.string
    }
}
