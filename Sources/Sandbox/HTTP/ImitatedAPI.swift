// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import HTTPValues
internal import OrderedCollections
internal import PartnerAPI
internal import Server

/// The partner API's own routes: messages, templates, uploads.
struct ImitatedAPI: Sendable {
    let settings: SandboxSettings
    let state: SandboxState
    /// Known once the sandbox ends.
    let ending: OnceValue<Void>

    var routes: [SandboxRoute] {
        [
            SandboxRoute(.post, PartnerPath.base + PartnerPath.send, send),
            SandboxRoute(.get, PartnerPath.base + PartnerPath.templates, templates),
            SandboxRoute(.post, PartnerPath.base + "/media", maxBodyBytes: MediaLibrary.maxBodyBytes, upload),
        ]
    }

    @Sendable
    private func send(_ request: SandboxRequest) async throws -> Reply {
        let credentials = PartnerCredentials(request.headers)
        let body = body(of: request)
        let fate = await fate(of: body, credentials)
        let fault = FaultPerformer(fate: fate, clock: settings.clock, state: state, ending: ending)
        return try await fault.perform(credentials, body: body) { isHeld in
            await answer(credentials, body, isHeld: isHeld)
        }
    }

    /// The body or why there is none, which is only told to those with a key.
    private func body(of request: SandboxRequest) -> Result<JSON, PartnerError> {
        do {
            return .success(try request.json())
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
    ) async -> Reply {
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
            return SandboxAnswer.failed
        }
    }

    /// Only approved templates are listed, as the API's page says.
    @Sendable
    private func templates(_ request: SandboxRequest) async throws -> Reply {
        let workspace = try await state.workspace(for: PartnerCredentials(request.headers))
        if let refusal = await refusalByRate() { return refusal }
        return SandboxAnswer.json(200, workspace.catalogue.approved.json())
    }

    /// Uploads are ours: the published page names media ids and no way to get one.
    @Sendable
    private func upload(_ request: SandboxRequest) async throws -> Reply {
        let workspace = try await state.workspace(for: PartnerCredentials(request.headers))
        if let refusal = await refusalByRate() { return refusal }
        let type = request.headers[.contentType]
        let upload = try await state.update { registry throws(PartnerError) in
            try registry.media.upload(request.inbound.body, contentType: type, workspaceID: workspace.id)
        }
        let data: JSON = ["id": .string(upload.id), "contentType": .string(upload.contentType)]
        return SandboxAnswer.json(201, ["success": true, "data": data])
    }

    private func refusalByRate() async -> Reply? {
        guard let wait = await state.take(at: settings.clock.now) else { return nil }
        let reason = "The global rate limit is reached; Retry-After says when there is room again."
        let seconds = max(1, Int(wait.inSeconds.rounded(.up)))
        return SandboxAnswer.error(PartnerError(429, "RATE_LIMITED", reason), [.retryAfter: String(seconds)])
    }
}

extension SandboxState {
    /// The workspace of a request's key.
    func workspace(for credentials: PartnerCredentials) throws(PartnerError) -> Workspace {
        try registry.authorize(credentials)
    }
}
