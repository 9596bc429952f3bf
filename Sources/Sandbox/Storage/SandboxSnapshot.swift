// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation
internal import OrderedCollections
internal import PartnerAPI

/// Everything that a sandbox remembers, as one JSON document.
struct SandboxSnapshot: Hashable, Sendable {
    var registry: Registry
    var messages: [ReceivedMessage] = []

    /// The document's format; another number is another format.
    private static let version = 1

    /// Writes the document.
    func encoded() -> [UInt8] {
        let document: JSON = [
            "version": .number(JSONNumber(Self.version)),
            "workspaces": .array(registry.workspaces.values.map(\.record)),
            "keys": .array(registry.keys.values.map(\.record)),
            "media": .array(registry.media.all.map(\.record)),
            "messages": .array(messages.map(\.record)),
        ]
        return document.encoded()
    }

    init(registry: Registry, messages: [ReceivedMessage] = []) {
        self.registry = registry
        self.messages = messages
    }

    /// Reads a document.
    ///
    /// - Parameter bytes: What ``encoded()`` wrote.
    /// - Throws: `PartnerError` when it is no such document; nothing is guessed.
    init(_ bytes: [UInt8]) throws(PartnerError) {
        do {
            let document = try JSON(parsing: bytes)
            guard document["version"]?.number?.int == Self.version else {
                throw Self.damage("the version is not \(Self.version)")
            }
            registry = Registry()
            for record in document["workspaces"]?.array ?? [] {
                let workspace = try Workspace(record: record)
                registry.workspaces[workspace.id] = workspace
            }
            for record in document["keys"]?.array ?? [] {
                let key = try WorkspaceKey(record: record)
                registry.keys[key.id] = key
            }
            for record in document["media"]?.array ?? [] { registry.media.add(try MediaLibrary.Upload(record: record)) }
            for (position, record) in (document["messages"]?.array ?? []).enumerated() {
                messages.append(try ReceivedMessage(record: record, sequence: position + 1, registry: registry))
            }
        } catch let error as PartnerError {
            throw error
        } catch {
            throw Self.damage("\(error)")
        }
    }

    static func damage(_ reason: String) -> PartnerError {
        PartnerError(500, "DAMAGED_STATE", "the state file cannot be read: \(reason)")
    }
}

extension JSON {
    /// A string member that a record must have.
    fileprivate func text(_ name: String) throws(PartnerError) -> String {
        guard let text = self[name]?.string else { throw SandboxSnapshot.damage("'\(name)' is missing") }
        return text
    }

    fileprivate func time(_ name: String) throws(PartnerError) -> Timestamp {
        guard let time = Timestamp(rfc3339: try text(name)) else {
            throw SandboxSnapshot.damage("'\(name)' is no time")
        }
        return time
    }

    fileprivate func base64(_ name: String) throws(PartnerError) -> [UInt8] {
        guard let data = Data(base64Encoded: try text(name)) else {
            throw SandboxSnapshot.damage("'\(name)' is no base64")
        }
        return Array(data)
    }
}

extension Workspace {
    fileprivate var record: JSON {
        [
            "id": .string(id), "name": .string(name),
            "contacts": .array(contacts.values.map(\.json)),
            "phoneNumbers": .array(numbers.values.map { $0.json(isActive: $0.id == activeNumberID) }),
            "templates": .array(catalogue.templates.map(\.record)),
        ]
    }

    fileprivate init(record: JSON) throws {
        let catalogue = record["templates"].flatMap { TemplateCatalogue($0) } ?? TemplateCatalogue([])
        self.init(id: try record.text("id"), name: try record.text("name"), catalogue: catalogue)
        for contact in record["contacts"]?.array ?? [] {
            let phone = try PhoneNumberDigits(contact.text("phone"))
            add(Contact(id: try contact.text("id"), name: try contact.text("name"), phone: phone))
        }
        for number in record["phoneNumbers"]?.array ?? [] {
            let phone = try PhoneNumberDigits(number.text("phone"))
            let isActive = number["active"]?.bool ?? false
            add(
                SendingNumber(id: try number.text("id"), phone: phone, name: try number.text("name")),
                isActive: isActive
            )
        }
    }
}

extension WorkspaceKey {
    fileprivate var record: JSON {
        [
            "id": .string(id), "secretSha256": .string(Data(secretFingerprint).base64EncodedString()),
            "label": label.map { .string($0) } ?? .null, "workspaceId": .string(workspaceID),
            "created": .string(created.rfc3339), "revoked": .bool(isRevoked),
        ]
    }

    fileprivate init(record: JSON) throws {
        self.init(
            id: try record.text("id"),
            secretFingerprint: try record.base64("secretSha256"),
            label: record["label"]?.string,
            workspaceID: try record.text("workspaceId"),
            created: try record.time("created"),
            isRevoked: record["revoked"]?.bool ?? false
        )
    }
}

extension MediaLibrary.Upload {
    fileprivate var record: JSON {
        [
            "id": .string(id), "workspaceId": .string(workspaceID), "contentType": .string(contentType),
            "bytes": .string(Data(bytes).base64EncodedString()),
        ]
    }

    fileprivate init(record: JSON) throws {
        self.init(
            id: try record.text("id"),
            workspaceID: try record.text("workspaceId"),
            contentType: try record.text("contentType"),
            bytes: try record.base64("bytes")
        )
    }
}

extension ReceivedMessage {
    fileprivate var record: JSON { json }

    fileprivate init(record: JSON, sequence: Int, registry: Registry) throws {
        let request = try MessageRequest(json: record["request"] ?? .null)
        let workspaceID = try record.text("workspaceId")
        self.init(
            id: try record.text("id"),
            time: try record.time("time"),
            request: request,
            // The template as it is now: the file keeps what was sent, not what it looked like.
            rendering: registry.workspaces[workspaceID]?.catalogue.render(request),
            cloud: record["cloud"] ?? .null,
            workspaceID: workspaceID,
            recipient: try PhoneNumberDigits(record.text("to")),
            recipientName: record["name"]?.string,
            sender: try PhoneNumberDigits(record.text("from")),
            sequence: sequence
        )
    }
}
