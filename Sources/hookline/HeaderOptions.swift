// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HTTPTypes

/// `--header`, on commands that make a request.
struct HeaderOptions: ParsableArguments {
    @Option(help: "A header as NAME:VALUE; may be repeated.")
    var header: [String] = []

    func validate() throws {
        for text in header where Self.field(text) == nil {
            throw ValidationError("--header '\(text)'; expected NAME:VALUE")
        }
    }

    /// The headers in their order.
    var fields: HTTPFields { HTTPFields(header.compactMap(Self.field)) }

    private static func field(_ text: String) -> HTTPField? {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let name = HTTPField.Name(String(parts[0])) else { return nil }
        return HTTPField(name: name, value: String(parts[1].drop { $0 == " " }))
    }
}
