// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections
internal import PartnerAPI

// How the routes under `/sandbox` show workspaces and what is in them.

extension Workspace {
    var json: JSON { ["id": .string(id), "name": .string(name)] }

    /// The sending numbers, with the one that is active.
    var numberList: [JSON] { numbers.values.map { $0.json(isActive: $0.id == activeNumberID) } }
}

extension Workspace.Contact {
    var json: JSON { ["id": .string(id), "name": .string(name), "phone": .string(phone.digits)] }
}

extension Workspace.SendingNumber {
    func json(isActive: Bool) -> JSON {
        ["id": .string(id), "phone": .string(phone.digits), "name": .string(name), "active": .bool(isActive)]
    }
}

extension WorkspaceKey {
    /// Everything but the secret, which nobody can read again.
    var json: JSON {
        [
            "apiKey": .string(id), "label": label.map { .string($0) } ?? .null, "workspaceId": .string(workspaceID),
            "created": .string(created.rfc3339), "revoked": .bool(isRevoked),
        ]
    }
}

extension SandboxState {
    /// Adds a workspace.
    func put(_ workspace: Workspace) {
        registry.workspaces[workspace.id] = workspace
    }

    /// Changes a workspace in one step.
    ///
    /// - Parameters:
    ///   - id: The workspace; `nil` for the first one.
    ///   - body: Changes it.
    /// - Returns: The changed workspace.
    /// - Throws: 404 when there is none.
    @discardableResult
    func change(workspace id: String?, _ body: @Sendable (inout Workspace) -> Void) throws(PartnerError) -> Workspace {
        var workspace = try registry.workspace(id)
        body(&workspace)
        registry.workspaces[workspace.id] = workspace
        return workspace
    }
}
