// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
package import HTTPTypes

/// Request headers as a text: a JSON array of `[name, value]`, in their order, repeated names kept.
package enum HeaderText {
    /// The headers as a text.
    package static func encode(_ headers: HTTPFields) -> String {
        var text = Array("[".utf8)
        text.reserveCapacity(64 * (headers.count + 1))
        for field in headers {
            text.append(contentsOf: text.count > 1 ? ",[".utf8 : "[".utf8)
            JSONEscapes.encode(field.name.rawName, into: &text)
            text.append(UInt8(ascii: ","))
            JSONEscapes.encode(field.value, into: &text)
            text.append(UInt8(ascii: "]"))
        }
        text.append(UInt8(ascii: "]"))
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads the text back; a field that is no field any more is left out.
    package static func decode(_ text: String) -> HTTPFields {
        var headers = HTTPFields()
        for pair in (try? JSON(parsing: text))?.array ?? [] {
            guard let name = pair[0]?.string.flatMap({ HTTPField.Name($0) }), let value = pair[1]?.string else {
                continue
            }
            headers.append(HTTPField(name: name, value: value))
        }
        return headers
    }
}
