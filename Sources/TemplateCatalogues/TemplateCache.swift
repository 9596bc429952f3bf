// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
package import Foundation
internal import PartnerAPI

/// The last good copies on disk, so that a service that starts while the partner is away knows its templates.
///
/// One file an account, `<folder>/<account>.json`, readable by its owner alone:
/// `{"version": 1, "base_url": …, "read_at": RFC 3339, "answer": …}`, where `answer` has the form of `GET /templates`.
package struct TemplateCache: Sendable {
    /// What a file that is there can be wrong with.
    struct Failure: Error, Hashable, Sendable {
        /// One sentence; names the file.
        let reason: String
    }

    private static let version: JSON = 1

    /// Where the files are; made with the first copy.
    package let folder: URL

    /// - Parameter folder: Where the files are; made with the first copy.
    package init(folder: URL) {
        self.folder = folder
    }

    /// Reads an account's copy.
    ///
    /// - Parameters:
    ///   - account: The account's name.
    ///   - baseURL: Where the account is now; a copy from elsewhere does not count.
    /// - Returns: The copy; `nil` when there is none.
    /// - Throws: ``Failure`` when there is a file that is no copy.
    func read(_ account: String, baseURL: String) throws(Failure) -> TemplateCopy? {
        let file = self.file(account)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        guard let data = FileManager.default.contents(atPath: file.path), let json = try? JSON(parsing: Array(data)),
            json["version"] == Self.version, let readAt = json["read_at"]?.string.flatMap(Timestamp.init(rfc3339:)),
            let catalogue = json["answer"].flatMap({ TemplateCatalogue($0) })
        else { throw Failure(reason: "\(file.path): found no copy of an account's templates; it is read anew") }
        guard json["base_url"]?.string == baseURL else { return nil }
        return TemplateCopy(catalogue: catalogue, readAt: readAt)
    }

    /// Replaces an account's copy: a reader sees the old file or the new one, never a part.
    ///
    /// - Throws: ``Failure`` when it cannot be written; the old file stays then.
    func write(_ copy: TemplateCopy, _ account: String, baseURL: String) throws(Failure) {
        let json: JSON = [
            "version": Self.version, "base_url": .string(baseURL), "read_at": .string(copy.readAt.rfc3339),
            "answer": copy.catalogue.json(),
        ]
        let file = self.file(account)
        let draft = folder.appending(path: ".\(UUID().uuidString).tmp")
        do {
            try FileManager.default.createDirectory(
                at: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw Failure(reason: "\(folder.path): cannot be created: \(error.localizedDescription)")
        }
        let isWritten = FileManager.default.createFile(
            atPath: draft.path,
            contents: Data(json.encoded()),
            attributes: [.posixPermissions: 0o600]
        )
        guard isWritten, rename(draft.path, file.path) == 0 else {
            try? FileManager.default.removeItem(at: draft)
            throw Failure(reason: "\(file.path): cannot be written")
        }
    }

    private func file(_ account: String) -> URL {
        // A name from the configuration may hold anything; percent escapes keep it inside the folder.
        folder.appending(path: "\(PercentEncoding.encode(account, keeping: "-_")).json")
    }
}
