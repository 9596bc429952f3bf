// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections
internal import PartnerAPI

/// All workspaces, keys and uploads: what the partner knows about its customers, as a value.
struct Registry: Hashable, Sendable {
    var workspaces: OrderedDictionary<String, Workspace> = [:]
    var keys: OrderedDictionary<String, WorkspaceKey> = [:]
    var media = MediaLibrary()

    /// Lets a request in.
    ///
    /// - Parameter credentials: What the request shows of itself.
    /// - Returns: The key's workspace.
    /// - Throws: One and the same 401 for a key that is missing, wrong or revoked.
    func authorize(_ credentials: PartnerCredentials) throws(PartnerError) -> Workspace {
        guard let id = credentials.key, let secret = credentials.secret, let key = keys[id], key.opens(with: secret),
            !key.isRevoked, let workspace = workspaces[key.workspaceID]
        else { throw .unauthorized }
        return workspace
    }

    /// A workspace that an admin route names.
    ///
    /// - Parameter id: Its id; `nil` for the first one.
    /// - Returns: The workspace as it is now.
    /// - Throws: 404 when there is none.
    func workspace(_ id: String?) throws(PartnerError) -> Workspace {
        guard let workspace = id.map({ workspaces[$0] }) ?? workspaces.values.first else {
            throw PartnerError(404, "UNKNOWN_WORKSPACE", "no workspace has this id; GET /sandbox/workspaces lists them")
        }
        return workspace
    }

    mutating func createKey(label: String?, workspace id: String?, at time: Timestamp) throws(PartnerError)
        -> (key: WorkspaceKey, secret: String)
    {
        let (drawn, workspaceID) = (DrawnKey(), try workspace(id).id)
        let key = WorkspaceKey(
            id: drawn.id,
            secret: drawn.secret,
            label: label,
            workspaceID: workspaceID,
            created: time
        )
        keys[key.id] = key
        return (key, drawn.secret)
    }

    @discardableResult
    mutating func setRevoked(_ isRevoked: Bool, key id: String) throws(PartnerError) -> WorkspaceKey {
        guard var key = keys[id] else {
            throw PartnerError(404, "UNKNOWN_KEY", "no key has this id; GET /sandbox/keys lists them")
        }
        key.isRevoked = isRevoked
        keys[id] = key
        return key
    }

    /// Refuses a media id that no upload of this workspace has given out.
    func requireMedia(of message: MessageRequest, in workspace: Workspace) throws(PartnerError) {
        guard case .template(let template) = message.content else { return }
        for id in template.mediaIDs where media[id]?.workspaceID != workspace.id {
            let reason = "the media id '\(id.prefix(40))' is of no upload; POST /api/v1/public/media gives ids out"
            throw PartnerError(422, "UNKNOWN_MEDIA", reason)
        }
    }
}

extension TemplateMessage {
    /// The ids of uploads that the message names, in cards and in Cloud API components.
    var mediaIDs: [String] {
        switch payload {
        case .variables: []
        case .carousel(let carousel): carousel.cards.compactMap { $0.header?.id }
        case .components(let components): components.flatMap(Self.mediaIDs)
        }
    }

    private static func mediaIDs(_ component: JSON) -> [String] {
        let cards = component["cards"]?.array ?? []
        let parameters = component["parameters"]?.array ?? []
        let own = parameters.compactMap { parameter in
            ["image", "video", "document"].lazy.compactMap { parameter[$0]?["id"]?.string }.first
        }
        return own + cards.flatMap { card in (card["components"]?.array ?? []).flatMap(mediaIDs) }
    }
}
