// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CCurl

/// One field of a request's or an answer's head.
package struct HeaderField: Hashable, Sendable {
    /// The name; in lower case in answers.
    package let name: String
    /// The value without the spaces around it.
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The header lines of requests, in libcurl's own form, built once and used by any number of transfers.
///
/// An `Expect` field is added empty, so that libcurl does not wait for `100 Continue`. It prints names only:
/// values are secrets.
@safe package final class HeaderList: Sendable, CustomStringConvertible {
    /// The fields as they were given.
    package let fields: [HeaderField]

    // Immutable from the end of `init` to `deinit`; libcurl only reads a list, so any thread may pass it on.
    nonisolated(unsafe) let list: UnsafeMutablePointer<curl_slist>?

    /// Builds the lines.
    ///
    /// - Parameter fields: The fields in order.
    /// - Throws: `TransportError` with code `badRequest` for a name that is no token, or a value with a line
    ///   break or NUL in it; the text names the field, never its value.
    package init(_ fields: [HeaderField]) throws(TransportError) {
        for field in fields where !Self.isSound(field) {
            throw TransportError(.badRequest, .notSent, "the header field '\(field.name.prefix(40))' is malformed")
        }
        var list: UnsafeMutablePointer<curl_slist>?
        for line in fields.map({ "\($0.name): \($0.value)" }) + ["Expect:"] {
            guard let longer = unsafe curl_slist_append(list, line) else {
                unsafe curl_slist_free_all(list)
                throw TransportError(.library, .notSent, "no memory for the header lines")
            }
            unsafe list = longer
        }
        self.fields = fields
        unsafe self.list = list
    }

    deinit {
        unsafe curl_slist_free_all(list)
    }

    package var description: String { fields.map(\.name).joined(separator: ", ") }

    private static func isSound(_ field: HeaderField) -> Bool {
        let isToken = field.name.utf8.allSatisfy { byte in
            let isSign = "!#$%&'*+-.^_`|~".utf8.contains(byte)
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            return isSign || isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        // libcurl drops a line without value, so an empty one is a mistake of the caller.
        let isText = field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
        return isToken && isText && !field.name.isEmpty && !field.value.isEmpty
    }
}
