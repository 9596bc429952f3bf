// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import AdminAPI
package import Events
internal import HTTPTypes
package import HTTPValues
package import Logging
internal import Outbox

/// The web console: pages for people, over the same routes, scopes and audit log as the admin API.
///
/// Every page is made whole here and needs no script. What a page shows or does it asks the API for, as the holder of the
/// token with which its reader signed in; the console has no other way to the store.
package struct Console: HTTPEndpoint {
    /// Every path that begins so is the console's.
    package static let basePath = "/console"
    /// The most bytes of a form.
    static let maxBodyBytes = 64 * 1_024

    let api: AdminAPI
    let ports: ConsolePorts
    let clock: any WallClock
    let logger: Logger
    let sessions = Sessions()
    let assets = Assets()
    let templates: Templates
    let screens: [Screen]
    private let prefix: String

    /// A console over an API.
    ///
    /// - Parameters:
    ///   - api: What it asks.
    ///   - ports: What it asks beside.
    ///   - prefix: What a proxy leaves before the console's path, such as `/hookline`; empty for nothing.
    ///   - clock: What time it is.
    ///   - logger: Receives a line for each sign-in and each failure.
    package init(_ api: AdminAPI, ports: ConsolePorts, prefix: String, clock: any WallClock, logger: Logger) {
        self.api = api
        self.ports = ports
        self.prefix = prefix
        self.clock = clock
        self.logger = logger
        screens = Screens.all
        do {
            templates = try Templates(Screens.templates)
        } catch {
            preconditionFailure("a template of the console is none: \(error)")
        }
    }

    /// Whether a request is the console's.
    ///
    /// - Parameter line: Its first line.
    /// - Returns: Whether its path is the console's, with the prefix or without.
    package func takes(_ line: RequestLine) -> Bool { place(of: line) != nil }

    /// What stands below the console's path; `nil` for another's path, empty for the console's without its last slash.
    private func place(of line: RequestLine) -> Substring? {
        var path = line.path[...]
        if !prefix.isEmpty, path.hasPrefix(prefix + Self.basePath) { path = path.dropFirst(prefix.count) }
        guard path.hasPrefix(Self.basePath) else { return nil }
        let below = path.dropFirst(Self.basePath.count)
        return below.isEmpty || below.first == "/" ? below : nil
    }

    package func open(_ line: RequestLine) -> Opening {
        guard let place = place(of: line), line.method == .get || line.method == .head || line.method == .post else {
            return .answer(Self.whole(ProblemDetails.plain(405)))
        }
        // Links are relative, so that they hold behind any proxy: the first page needs the slash.
        guard !place.isEmpty else { return .answer(Self.whole(Reply(status: 308, headers: [.location: "console/"]))) }
        return .body(
            AsyncTaker(maxBodyBytes: Self.maxBodyBytes) {
                Self.whole(ProblemDetails.plain(413))
            } reply: {
                await reply(to: $0, at: place.dropFirst())
            }
        )
    }

    func reply(to request: InboundRequest, at path: Substring) async -> Reply {
        guard let browser = BrowserRequest(request, path: path) else { return Self.whole(ProblemDetails.plain(400)) }
        do throws(APIProblem) {
            try api.requireName(request.host)
        } catch {
            return Self.whole(trouble(error, browser, nil))
        }
        if let asset = assets.reply(path, known: request.headers[.ifNoneMatch]) { return asset }
        return Self.whole(await answer(browser))
    }

    /// An answer with what stands in every one.
    private static func whole(_ reply: Reply) -> Reply {
        // Of a name that stands in both, the answer's own counts.
        let fixed = headers.filter { field in reply.headers[field.name] == nil }
        return Reply(
            status: reply.status,
            headers: HTTPFields(fixed) + reply.headers,
            body: reply.body,
            stream: reply.stream
        )
    }

    /// What stands in every answer: nothing but our own style and script is loaded, nothing is framed, nothing kept.
    ///
    /// With `no-referrer` a browser would say `Origin: null` of our own forms, and over plain HTTP that header is all there
    /// is to know them by; `same-origin` tells other sites as little.
    static let headers: HTTPFields = [
        .contentSecurityPolicy: [
            "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
            "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
        ].joined(separator: "; "),
        .referrerPolicy: "same-origin", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
    ]
}

extension HTTPField.Name {
    fileprivate static let referrerPolicy: HTTPField.Name = {
        guard let name = HTTPField.Name("Referrer-Policy") else { preconditionFailure("it is a field name") }
        return name
    }()
}
