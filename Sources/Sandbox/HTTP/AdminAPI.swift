// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import HTTPValues
internal import OrderedCollections
internal import PartnerAPI

/// The routes under `/sandbox` that stand for the partner's own console: workspaces, keys, contacts, numbers, templates.
///
/// They need no key, as the sandbox listens on this machine. `?workspace=ID` chooses a workspace, the first if left out.
struct AdminAPI: Sendable {
    let settings: SandboxSettings
    let state: SandboxState

    var routes: [SandboxRoute] {
        [
            SandboxRoute(.get, "/sandbox/workspaces") { _ in await list(state.registry.workspaces.values.map(\.json))
            },
            SandboxRoute(.post, "/sandbox/workspaces", createWorkspace),
            SandboxRoute(.get, "/sandbox/keys") { _ in await list(state.registry.keys.values.map(\.json)) },
            SandboxRoute(.post, "/sandbox/keys", createKey),
            SandboxRoute(.put, "/sandbox/keys/:id", changeKey),
            SandboxRoute(.delete, "/sandbox/keys/:id", revokeKey),
            SandboxRoute(.get, "/sandbox/contacts") { request in
                try await list(state.registry.workspace(request.query("workspace")).contacts.values.map(\.json))
            },
            SandboxRoute(.post, "/sandbox/contacts", createContact),
            SandboxRoute(.get, "/sandbox/phone-numbers") { request in
                try await list(state.registry.workspace(request.query("workspace")).numberList)
            },
            SandboxRoute(.post, "/sandbox/phone-numbers", createNumber),
            SandboxRoute(.put, "/sandbox/phone-numbers/:id", activateNumber),
            SandboxRoute(.get, "/sandbox/templates") { request in
                SandboxAnswer.json(200, try await state.registry.workspace(request.query("workspace")).catalogue.json())
            },
            SandboxRoute(.put, "/sandbox/templates", replaceTemplates),
            SandboxRoute(.put, "/sandbox/templates/:name", changeTemplate),
        ]
    }

    private func list(_ items: [JSON]) -> Reply {
        SandboxAnswer.json(200, .array(items))
    }

    // MARK: Workspaces and keys

    @Sendable
    private func createWorkspace(_ request: SandboxRequest) async throws -> Reply {
        let name = try request.json().requiredText("name")
        let id = SortableID.make("ws_", at: settings.clock.now)
        let workspace = Workspace(id: id, name: name, catalogue: settings.catalogue)
        await state.put(workspace)
        return SandboxAnswer.json(201, workspace.json)
    }

    /// Only owners and admins create keys, as the API's page says; `role` lets a test rehearse the refusal.
    @Sendable
    private func createKey(_ request: SandboxRequest) async throws -> Reply {
        let body = try request.json()
        let label = try body.optionalText("label")
        let role = try body.optionalText("role") ?? "owner"
        guard ["owner", "admin"].contains(role) else {
            throw PartnerError(403, "FORBIDDEN", "Only owners and admins create API keys.")
        }
        let workspace = try body.optionalText("workspaceId") ?? request.query("workspace")
        let now = settings.clock.now
        let issued = try await state.update { registry throws(PartnerError) in
            try registry.createKey(label: label, workspace: workspace, at: now)
        }
        guard var answer = issued.key.json.object else { return SandboxAnswer.json(201, issued.key.json) }
        answer["apiSecret"] = .string(issued.secret)
        return SandboxAnswer.json(201, .object(answer))
    }

    @Sendable
    private func changeKey(_ request: SandboxRequest) async throws -> Reply {
        guard let isRevoked = try request.json().optionalBool("revoked") else {
            throw PartnerError(422, "MISSING_FIELD", "revoked: expected true or false")
        }
        let id = request.parameter
        let key = try await state.update { registry throws(PartnerError) in
            try registry.setRevoked(isRevoked, key: id)
        }
        return SandboxAnswer.json(200, key.json)
    }

    @Sendable
    private func revokeKey(_ request: SandboxRequest) async throws -> Reply {
        let id = request.parameter
        _ = try await state.update { registry throws(PartnerError) in try registry.setRevoked(true, key: id) }
        return .empty(204)
    }

    // MARK: People and numbers

    @Sendable
    private func createContact(_ request: SandboxRequest) async throws -> Reply {
        let body = try request.json()
        let contact = Workspace.Contact(
            id: try body.optionalText("id") ?? SortableID.make("ct_", at: settings.clock.now),
            name: try body.requiredText("name"),
            phone: try phone(body)
        )
        try await state.change(workspace: request.query("workspace")) { $0.add(contact) }
        return SandboxAnswer.json(201, contact.json)
    }

    @Sendable
    private func createNumber(_ request: SandboxRequest) async throws -> Reply {
        let body = try request.json()
        let number = Workspace.SendingNumber(
            id: try body.optionalText("id") ?? SortableID.make("pn_", at: settings.clock.now),
            phone: try phone(body),
            name: try body.requiredText("name")
        )
        let isActive = try body.optionalBool("active") ?? false
        let changed = try await state.change(workspace: request.query("workspace")) {
            $0.add(number, isActive: isActive)
        }
        return SandboxAnswer.json(201, number.json(isActive: changed.activeNumberID == number.id))
    }

    /// One number is active at a time, so making one active makes the others inactive.
    @Sendable
    private func activateNumber(_ request: SandboxRequest) async throws -> Reply {
        guard try request.json().optionalBool("active") == true else {
            throw PartnerError(422, "WRONG_TYPE", "active: expected true; make another number active instead")
        }
        let id = request.parameter
        let workspace = request.query("workspace")
        let number = try await state.registry.workspace(workspace).sendingNumber(id)
        try await state.change(workspace: workspace) { $0.add(number, isActive: true) }
        return SandboxAnswer.json(200, number.json(isActive: true))
    }

    private func phone(_ body: JSON) throws(PartnerError) -> PhoneNumberDigits {
        let text = try body.requiredText("phone")
        do {
            return try PhoneNumberDigits(text)
        } catch {
            throw PartnerError(422, error.code.rawValue, "\(error)")
        }
    }

    // MARK: Templates

    @Sendable
    private func replaceTemplates(_ request: SandboxRequest) async throws -> Reply {
        guard let catalogue = TemplateCatalogue(try request.json()) else {
            throw PartnerError(
                422,
                "BAD_TEMPLATES",
                "this is no list of templates; expected one as GET /sandbox/templates answers"
            )
        }
        guard catalogue.unreadable == 0 else {
            let reason =
                "\(catalogue.unreadable.counted("template has", "templates have")) no name or no language; nothing was changed"
            throw PartnerError(422, "BAD_TEMPLATES", reason)
        }
        try await state.change(workspace: request.query("workspace")) { $0.catalogue = catalogue }
        return SandboxAnswer.json(200, catalogue.json())
    }

    @Sendable
    private func changeTemplate(_ request: SandboxRequest) async throws -> Reply {
        let body = try request.json()
        let status = MessageTemplate.Status(try body.requiredText("status"))
        let language = try body.optionalText("language")
        let name = request.parameter
        var workspace = try await state.registry.workspace(request.query("workspace"))
        guard workspace.setStatus(status, ofTemplate: name, language: language) > 0 else {
            throw PartnerError(404, "UNKNOWN_TEMPLATE", "no template has this name and language")
        }
        try await state.change(workspace: workspace.id) {
            _ = $0.setStatus(status, ofTemplate: name, language: language)
        }
        return SandboxAnswer.json(200, workspace.catalogue.json())
    }
}
