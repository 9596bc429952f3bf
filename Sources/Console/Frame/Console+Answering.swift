// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import HTTPTypes
internal import HTTPValues
internal import Logging
internal import Outbox

// From a browser's request to a page.

extension Console {
    func answer(_ request: BrowserRequest) async -> Reply {
        if request.isPost && !request.isFromOurPage {
            return trouble(APIProblem(.forbidden, "This form did not come from the console's own page."), request, nil)
        }
        switch (request.segments, request.isPost) {
        case (["login"], false): return signInPage(request)
        case (["login"], true): return await signIn(request)
        case (["logout"], true): return signOut(request)
        default: break
        }
        guard let cookie = request.cookie,
            let session = sessions.find(
                cookie.text,
                isSecure: cookie.isSecure,
                at: clock.now,
                counts: !request.isOfScript
            )
        else { return stranger(request) }
        do throws(APIProblem) {
            let token = try await api.admit(session.token, host: request.host)
            return await answer(request, token, cookie.text)
        } catch {
            guard error.kind == .unauthorized else { return trouble(error, request, nil) }
            sessions.end(cookie.text)
            return stranger(request)
        }
    }

    /// A page or a form, for somebody whose token is live.
    private func answer(_ request: BrowserRequest, _ token: AccessToken, _ cookie: String) async -> Reply {
        let found = screens.compactMap { screen in screen.path.match(request.segments).map { (screen, $0) } }
        guard let (screen, path) = found.max(by: { $0.0.path.weight < $1.0.path.weight }) else {
            return trouble(APIProblem(.notFound, "The console has no page at this address."), request, token)
        }
        let visit = Visit(
            token: token,
            now: clock.now,
            path: path,
            query: TypedTimes.read(request.query),
            form: request.form,
            lastEventID: request.lastEventID,
            ports: ports,
            api: api
        )
        do {
            guard token.scope >= screen.scope else {
                let needed = "This page needs a token with the scope \(screen.scope.rawValue)"
                throw APIProblem(.forbidden, "\(needed); '\(token.name)' has \(token.scope.rawValue).")
            }
            if request.isPost, !screen.showsForm { return try await act(screen, visit, request, cookie) }
            return try await show(screen, visit, request, cookie)
        } catch {
            if !(error is APIProblem) {
                logger.warning("a page of the console failed", metadata: ["error": "\(error)"])
            }
            return trouble(Self.problem(error), request, token)
        }
    }

    private func show(_ screen: Screen, _ visit: Visit, _ request: BrowserRequest, _ cookie: String) async throws
        -> Reply
    {
        switch try await screen.show(visit) {
        case .elsewhere(let place): return Self.redirect(to: place, from: request)
        case .bytes(let bytes): return Reply(status: 200, headers: Reply.plainText("").headers, body: bytes)
        case .file(let name, let text):
            let reply = Reply.plainText(text)
            let headers = reply.headers + [.contentDisposition: "attachment; filename=\"\(name)\""]
            return Reply(status: 200, headers: headers, body: reply.body)
        case .live(let stream): return .events(stream)
        case .data(let json):
            return Reply(status: 200, headers: [.contentType: "application/json"], body: json.encoded())
        case .page(let title, var shown):
            if let note = sessions.takeNote(for: cookie) {
                shown["note"] = ["text": .text(note), "trouble": false]
            }
            return page(screen.template, shown.with(frame(title, screen.tab, request, visit.token)))
        }
    }

    /// Does what a form wants; where that is refused, the form is there again with the reason.
    private func act(_ screen: Screen, _ visit: Visit, _ request: BrowserRequest, _ cookie: String) async throws
        -> Reply
    {
        guard let act = screen.act else { return ProblemDetails.plain(405) }
        do {
            let landing = try await act(visit)
            if let secret = landing.secret {
                let parts = secret.shown(back: landing.place)
                return page("secret", parts.with(frame(secret.title, screen.tab, request, visit.token)))
            }
            sessions.leave(landing.note, for: cookie)
            return Self.redirect(to: landing.place, from: request)
        } catch {
            let problem = Self.problem(error)
            guard case .page(let title, let shown) = try await screen.show(visit) else { throw error }
            let note: Shown = ["text": .text(problem.words), "trouble": true]
            let parts = shown.with(["note": note, "reason_given": .optional(request.form["reason"])])
            return page(
                screen.template,
                parts.with(frame(title, screen.tab, request, visit.token)),
                status: problem.kind.status
            )
        }
    }

    private static func problem(_ error: any Error) -> APIProblem {
        error as? APIProblem ?? APIProblem(.unavailable, "Something failed inside; try again, and look into the log.")
    }

    // MARK: Answers

    /// Another page of the console; the browser gets it, whatever it sent.
    static func redirect(to place: String, from request: BrowserRequest) -> Reply {
        Reply(status: 303, headers: [.location: up(request) + place])
    }

    /// The way from a page to the console's first.
    static func up(_ request: BrowserRequest) -> String {
        let depth = max(0, request.segments.count - 1)
        return depth == 0 ? "./" : String(repeating: "../", count: depth)
    }

    func page(_ template: String, _ shown: Shown, status: Int = 200) -> Reply {
        Reply(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8"],
            body: Array(templates.page(shown, template).utf8)
        )
    }

    /// What every page has.
    func frame(_ title: String, _ tab: Tab?, _ request: BrowserRequest, _ token: AccessToken?) -> [String: Shown] {
        let tabs = Tab.allCases.filter { entry in
            token.map { token in screens.contains { $0.tab == entry && token.scope >= $0.scope } } ?? false
        }
        return [
            "title": .text(title), "up": .text(Self.up(request)), "style": .text(assets.style.version),
            "script": .text(assets.script.version),
            "who": token.map { ["name": .text($0.name), "scope": .text($0.scope.rawValue)] } ?? .nothing,
            "masked": .flag(token?.seesPersonalData == false),
            "tabs": .list(
                tabs.map { entry -> Shown in
                    [
                        "label": .text(entry.label), "place": .text(entry.place), "icon": .text(entry.rawValue),
                        "current": .flag(entry == tab),
                    ]
                }
            ),
        ]
    }

    /// A page that says why there is no other.
    func trouble(_ problem: APIProblem, _ request: BrowserRequest, _ token: AccessToken?) -> Reply {
        let shown: Shown = [
            "status": .text(String(problem.kind.status)), "what": .text(problem.kind.title),
            "detail": .text(problem.words), "advice": .optional(Self.advice(problem)),
            "again": Self.again(problem, request),
        ]
        let frame = frame(problem.kind.title, nil, request, token)
        let reply = page("trouble", shown.with(frame), status: problem.kind.status)
        return Reply(status: reply.status, headers: reply.headers + problem.headers, body: reply.body)
    }

    /// The same page without what was asked of it, where that was what is wrong.
    private static func again(_ problem: APIProblem, _ request: BrowserRequest) -> Shown {
        guard [.badParameter, .badBody, .badValue].contains(problem.kind), !request.isPost, !request.query.isEmpty
        else { return .nothing }
        return .text(request.segments.map(Visit.segment).joined(separator: "/"))
    }

    /// How to go on.
    private static func advice(_ problem: APIProblem) -> String? {
        switch problem.kind {
        case .hidden, .forbidden: "Sign out, and in again with another token; 'hookline tokens create' makes one."
        case .badHost: "Add the name to 'admin.hosts' of the configuration."
        case .tooManyRequests, .unavailable: "Wait a moment, then load the page again."
        case .notFound: "It may be older than what is kept; the search at the top finds what is there."
        default: nil
        }
    }
}

extension APIProblem {
    /// The reason, and each mistake.
    var words: String { ([detail] + mistakes.map(\.words)).joined(separator: " ") }
}
