// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import HTTPTypes
internal import HTTPValues
internal import Logging
internal import Outbox

// Who is who: a token is shown once, and a cookie stands for it from then on.

extension Console {
    /// For whoever has no session: the page to sign in on, and back here afterwards.
    ///
    /// A link from another site comes without the cookie. Then the browser asks once more by itself, from our own page.
    func stranger(_ request: BrowserRequest) -> Reply {
        if request.isFromAnotherSite, !request.isPost {
            return page("arrival", .parts(frame("Hookline", nil, request, nil)))
        }
        let place = request.isPost || request.place.isEmpty ? "" : "?then=\(PercentEncoding.encode(request.place))"
        return Self.redirect(to: "login\(place)", from: request)
    }

    func signInPage(_ request: BrowserRequest, _ problem: APIProblem? = nil) -> Reply {
        let shown: Shown = [
            "then": .optional(request.form["then"] ?? request.query["then"]),
            "problem": .optional(problem.map(Self.words)),
            "out": .flag(request.query["out"] != nil),
        ]
        return page(
            "login",
            shown.with(frame("Sign in", nil, request, nil)),
            status: problem?.kind.status ?? 200
        )
    }

    private static func words(_ problem: APIProblem) -> String {
        guard problem.kind == .unauthorized else { return problem.detail }
        return "No live token has this text. It may have been mistyped or cut, or it has expired or was revoked."
    }

    func signIn(_ request: BrowserRequest) async -> Reply {
        let shown = request.form["token"].map { $0.filter { !$0.isWhitespace } }
        let fingerprint = shown.flatMap { TokenText($0) }?.fingerprint
        let token: AccessToken
        do throws(APIProblem) {
            token = try await api.admit(fingerprint, host: request.host)
        } catch {
            logger.info(
                "somebody could not sign in to the console",
                metadata: ["problem": "\(error.kind.rawValue)", "from": "\(Self.origin(request))"]
            )
            return signInPage(request, error)
        }
        if let old = request.cookie { sessions.end(old.text) }
        let text = sessions.begin(token.fingerprint, isSecure: request.isSecure, at: clock.now)
        logger.info(
            "somebody signed in to the console",
            metadata: ["token": "\(token.name)", "from": "\(Self.origin(request))"]
        )
        return Reply(
            status: 303,
            headers: [
                .location: Self.up(request) + Self.safe(request.form["then"]),
                .setCookie: BrowserRequest.setCookie(text, isSecure: request.isSecure),
            ]
        )
    }

    private static func origin(_ request: BrowserRequest) -> String { request.client?.description ?? "unknown" }

    func signOut(_ request: BrowserRequest) -> Reply {
        guard let cookie = request.cookie else { return Self.redirect(to: "login", from: request) }
        sessions.end(cookie.text)
        let headers: HTTPFields = [
            .location: Self.up(request) + "login?out=1",
            .setCookie: BrowserRequest.setCookie(nil, isSecure: cookie.isSecure),
        ]
        return Reply(status: 303, headers: headers)
    }

    /// A place below the console: nothing that could lead to another site, or up and out of the console.
    static func safe(_ place: String?) -> String {
        guard let place, place.utf8.count <= 2_000, let first = place.utf8.first, isLetter(first) else { return "" }
        let path = place.prefix { $0 != "?" }
        let isPlain = place.utf8.allSatisfy { isLetter($0) || marks.contains($0) }
        // Browsers take a written dot or slash for one.
        let hidden = ["%2e", "%2f", "%5c"].contains { path.lowercased().contains($0) }
        return isPlain && !hidden && !path.contains("..") && !path.contains("//") && !path.contains(":") ? place : ""
    }

    private static let marks = Array("0123456789-._~/?&=%+:,".utf8)

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
