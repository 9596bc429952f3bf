// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import Hummingbird
internal import OrderedCollections
internal import PartnerAPI

/// The partner API's own routes: messages, templates, uploads.
struct ImitatedAPI: Sendable {
    let settings: SandboxSettings
    let state: SandboxState

    var routes: [SandboxRoute] {
        [
            SandboxRoute(.post, PartnerPath.base + PartnerPath.send, send),
            SandboxRoute(.get, PartnerPath.base + PartnerPath.templates, templates),
            SandboxRoute(.post, PartnerPath.base + "/media", upload),
        ]
    }

    @Sendable
    private func send(_ request: Request, _ context: SandboxContext) async throws -> Response {
        let credentials = PartnerCredentials(request.headers)
        let body = await body(of: request)
        let fate = await fate(of: body, credentials)
        let fault = FaultPerformer(fate: fate, clock: settings.clock, state: state, channel: context.channel)
        let response = try await fault.perform(credentials, body: body) { isHeld in
            await answer(credentials, body, isHeld: isHeld)
        }
        return response
    }

    /// The body or why there is none, which is only told to those with a key.
    private func body(of request: Request) async -> Result<JSON, PartnerError> {
        do {
            return .success(try await request.json())
        } catch {
            return .failure(error)
        }
    }

    /// What goes wrong with this request: by its number, else by the plan.
    private func fate(of body: Result<JSON, PartnerError>, _ credentials: PartnerCredentials) async -> FaultPlan.Fate {
        let phone = (try? body.get())?["phone"]?.string
        var fate = await state.fate(to: phone)
        guard settings.honoursMagicNumbers, let phone,
            let magic = MagicNumber(phone), (try? await state.workspace(for: credentials)) != nil
        else { return fate }
        if case .latency(let delay) = magic.kind { fate.delay += delay } else { fate.strike = magic.kind }
        return fate
    }

    private func answer(
        _ credentials: PartnerCredentials,
        _ body: Result<JSON, PartnerError>,
        isHeld: Bool
    ) async -> Response {
        do {
            let workspace = try await state.workspace(for: credentials)
            if let refusal = await refusalByRate() { return refusal }
            let message = try MessageRequest(json: body.get())
            let received = try await state.accept(message, workspaceID: workspace.id, at: settings.clock.now)
            return SandboxAnswer.accepted(id: received.id, isHeld: isHeld)
        } catch let error as MessageRequestError {
            return SandboxAnswer.error(PartnerError(error))
        } catch let error as PartnerError {
            return SandboxAnswer.error(error)
        } catch {
            return SandboxAnswer.error(PartnerError(500, "INTERNAL", "The sandbox failed."))
        }
    }

    /// Only approved templates are listed, as the API's page says.
    @Sendable
    private func templates(_ request: Request, _ context: SandboxContext) async throws -> Response {
        let workspace = try await state.workspace(for: PartnerCredentials(request.headers))
        if let refusal = await refusalByRate() { return refusal }
        return SandboxAnswer.json(.ok, workspace.catalogue.approved.json())
    }

    /// Uploads are ours: the published page names media ids and no way to get one.
    @Sendable
    private func upload(_ request: Request, _ context: SandboxContext) async throws -> Response {
        let workspace = try await state.workspace(for: PartnerCredentials(request.headers))
        if let refusal = await refusalByRate() { return refusal }
        let type = request.headers[.contentType]
        let bytes = try await request.bytes(upTo: (MediaLibrary.limits.values.max() ?? 0) + 1)
        let upload = try await state.update { registry throws(PartnerError) in
            try registry.media.upload(bytes, contentType: type, workspaceID: workspace.id)
        }
        let data: JSON = ["id": .string(upload.id), "contentType": .string(upload.contentType)]
        return SandboxAnswer.json(.created, ["success": true, "data": data])
    }

    private func refusalByRate() async -> Response? {
        guard let wait = await state.take(at: settings.clock.now) else { return nil }
        let reason = "The global rate limit is reached; Retry-After says when there is room again."
        var response = SandboxAnswer.error(PartnerError(429, "RATE_LIMITED", reason))
        response.headers[.retryAfter] = String(max(1, Int(wait.inSeconds.rounded(.up))))
        return response
    }
}

extension SandboxState {
    /// The workspace of a request's key.
    func workspace(for credentials: PartnerCredentials) throws(PartnerError) -> Workspace {
        try registry.authorize(credentials)
    }
}
