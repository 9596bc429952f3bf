// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import HTTPValues

/// What a browser sent, read once.
struct BrowserRequest: Sendable {
    /// Below the console's own path, decoded: `["messages", "msg_…"]`; the first page is `["overview"]`.
    let segments: [String]
    /// What stands in the query, without what is empty; of a name that stands there twice the first.
    let query: [String: String]
    /// What stands in the form, likewise.
    let form: [String: String]
    /// By which name the browser speaks to us.
    let host: String?
    /// Whether it is a GET or HEAD, or a POST.
    let isPost: Bool
    /// Path and query below the console, for the way back after signing in.
    let place: String
    /// Who sent it, as far as anybody says that may be believed.
    let client: ClientAddress?
    private let cameByHTTPS: Bool
    private let headers: HTTPFields

    /// Reads a request to the console.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - path: Its path below the console, such as `messages/msg_1`.
    init?(_ request: InboundRequest, path: Substring) {
        var segments: [String] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            guard let text = Self.decoded(part, plusIsSpace: false) else { return nil }
            segments.append(text)
        }
        self.segments = segments == [""] ? ["overview"] : segments
        let tail = request.target.firstIndex(of: "?").map { request.target[$0...] } ?? ""
        query = Self.pairs(tail.dropFirst())
        place = String(path + tail)
        isPost = request.method == .post
        form = isPost ? Self.pairs(String(decoding: request.body, as: UTF8.self)[...]) : [:]
        host = request.host
        client = request.client
        cameByHTTPS = request.isSecure
        headers = request.headers
    }

    /// Whether it was our own page that sent it: what the browser says of that itself, else the `Origin`.
    ///
    /// Browsers say `Sec-Fetch-Site` over HTTPS and to this machine alone.
    var isFromOurPage: Bool {
        if let site = headers[Self.fetchSite] { return site == "same-origin" }
        guard let origin = headers[.origin], let host else { return false }
        return origin == "http://\(host)" || origin == "https://\(host)"
    }

    /// Whether our script asks by itself, and nobody looks.
    var isOfScript: Bool { segments == ["live"] || segments == ["messages", "new"] }

    /// Where the browser was in the stream of what changes.
    var lastEventID: String? { headers[Self.lastEvent] }

    /// Whether a link on another site led here, so that the browser kept the cookie back.
    var isFromAnotherSite: Bool { headers[Self.fetchSite] == "cross-site" }

    /// Whether the browser speaks HTTPS: to us, to a proxy that may say so, or as it says itself of our own page.
    var isSecure: Bool { cameByHTTPS || headers[.origin]?.hasPrefix("https://") == true }

    /// The session's text, and whether it came under the name that only HTTPS can set.
    var cookie: (text: String, isSecure: Bool)? {
        let pairs = headers[values: .cookie].joined(separator: ";").split(separator: ";").map { pair in
            pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        }
        for (name, isSecure) in [(Self.secureCookie, true), (Self.plainCookie, false)] {
            if let found = pairs.first(where: { $0.count == 2 && $0[0] == name }) {
                return (String(found[1]), isSecure)
            }
        }
        return nil
    }

    private static let secureCookie = "__Host-hookline"
    private static let plainCookie = "hookline"

    /// The header that gives a browser its session, or takes it back.
    ///
    /// The prefix `__Host-` and `Secure` are for HTTPS alone; over plain HTTP, on loopback and in private nets, the cookie has
    /// a plain name. Neither is sent along by another site's page, and no script reads it.
    static func setCookie(_ text: String?, isSecure: Bool) -> String {
        let name = isSecure ? secureCookie : plainCookie
        let age = text == nil ? 0 : Sessions.longest.components.seconds
        return "\(name)=\(text ?? ""); Path=/; HttpOnly; SameSite=Strict; Max-Age=\(age)" + (isSecure ? "; Secure" : "")
    }

    private static func pairs(_ text: Substring) -> [String: String] {
        var found: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = decoded(parts[0]), let value = decoded(parts[1]), !value.isEmpty,
                found[name] == nil
            else { continue }
            // Browsers send the lines of a text area with both marks.
            found[name] = value.replacing("\r\n", with: "\n")
        }
        return found
    }

    private static func decoded(_ text: Substring, plusIsSpace: Bool = true) -> String? {
        String(validating: PercentEncoding.decode(Array(text.utf8)[...], plusIsSpace: plusIsSpace), as: UTF8.self)
    }

    private static let fetchSite = known("Sec-Fetch-Site")
    private static let lastEvent = known("Last-Event-ID")

    private static func known(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("'\(name)' is a field name") }
        return field
    }
}
