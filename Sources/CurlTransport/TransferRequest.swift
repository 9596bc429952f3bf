// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// One HTTP request, which prints without headers and body: they hold secrets and phone numbers.
package struct TransferRequest: Sendable, CustomStringConvertible {
    /// The methods that the partner API has.
    package enum Method: String, Hashable, Sendable {
        /// Reads; a body is not sent.
        case get = "GET"
        /// Sends the body, empty or not.
        case post = "POST"
    }

    /// The method.
    package let method: Method
    /// The whole address, `http` or `https`.
    package let url: String
    /// The header lines; one list serves any number of requests.
    package let headers: HeaderList
    /// The body of a `POST`.
    package let body: [UInt8]
    /// The most time from the first moment in the queue to the last byte of the answer.
    package let timeout: Duration
    /// The most bytes of the answer's body; more ends the transfer with an error.
    package let maxResponseBytes: Int
    /// Whether only addresses of the open Internet may be asked, see ``IPAddress/isPublic``.
    ///
    /// For hosts that somebody else chose. Through a proxy, which looks up names itself, such a request is refused.
    package let refusesPrivateAddresses: Bool

    /// Describes a request.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - url: The whole address.
    ///   - headers: The header lines.
    ///   - body: The body of a `POST`.
    ///   - timeout: The most time for everything.
    ///   - maxResponseBytes: The most bytes of the answer's body.
    ///   - refusesPrivateAddresses: Whether only addresses of the open Internet may be asked.
    package init(
        method: Method,
        url: String,
        headers: HeaderList,
        body: [UInt8] = [],
        timeout: Duration = .seconds(30),
        maxResponseBytes: Int = 1 << 20,
        refusesPrivateAddresses: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = method == .post ? body : []
        self.timeout = timeout
        self.maxResponseBytes = maxResponseBytes
        self.refusesPrivateAddresses = refusesPrivateAddresses
    }

    package var description: String { "\(method.rawValue) with \(body.count) bytes" }
}

/// An answer.
package struct TransferResponse: Hashable, Sendable {
    /// The HTTP status, 200 to 599.
    package let status: Int
    /// The lines of the head behind the status line, as they came: few answers are asked for them.
    private let head: [UInt8]
    /// The body, at most as long as the request allows.
    package let body: [UInt8]

    package init(status: Int, headers: [HeaderField] = [], body: [UInt8] = []) {
        let lines = headers.map { "\($0.name): \($0.value)\r\n" }
        self.init(status: status, head: Array(lines.joined().utf8), body: body)
    }

    init(status: Int, head: [UInt8], body: [UInt8]) {
        self.status = status
        self.head = head
        self.body = body
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.status == right.status && left.body == right.body && left.headers == right.headers
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(status)
        hasher.combine(body)
    }

    /// The header fields in the order in which they came, names in lower case, values without the spaces around them.
    package var headers: [HeaderField] {
        lines.compactMap { line in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            return HeaderField(String(decoding: line[..<colon], as: UTF8.self).lowercased(), Self.value(line, colon))
        }
    }

    /// The first field of that name; the others are not looked at.
    ///
    /// - Parameter name: The name in lower case.
    package subscript(name: String) -> String? {
        for line in lines {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon - line.startIndex == name.utf8.count else {
                continue
            }
            let isName = zip(line, name.utf8).allSatisfy { pair in
                let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(pair.0)
                return (isCapital ? pair.0 | 0x20 : pair.0) == pair.1
            }
            if isName { return Self.value(line, colon) }
        }
        return nil
    }

    private var lines: [ArraySlice<UInt8>] { head.split(separator: UInt8(ascii: "\n")) }

    private static func value(_ line: ArraySlice<UInt8>, _ colon: Int) -> String {
        let text = String(decoding: line[(colon + 1)...], as: UTF8.self).drop(while: \.isWhitespace)
        let end = text.lastIndex { !$0.isWhitespace }.map(text.index(after:)) ?? text.startIndex
        return String(text[..<end])
    }
}
