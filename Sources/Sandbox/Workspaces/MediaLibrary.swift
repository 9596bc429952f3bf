// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections
internal import PartnerAPI

/// The uploads, so that carousel headers can name real ids.
struct MediaLibrary: Hashable, Sendable {
    /// One upload.
    struct Upload: Hashable, Sendable {
        let id: String
        let workspaceID: String
        /// One of ``MediaLibrary/limits``.
        let contentType: String
        let bytes: [UInt8]
    }

    /// The media types that WhatsApp takes for headers, with the most bytes of each.
    ///
    /// - SeeAlso: [Cloud API media](https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media)
    static let limits: OrderedDictionary<String, Int> = [
        "image/jpeg": 5 << 20, "image/png": 5 << 20, "video/mp4": 16 << 20, "video/3gpp": 16 << 20,
        "application/pdf": 16 << 20,
    ]
    /// The most bytes of any body: one more than the largest upload has, which is refused in words of its own.
    static let maxBodyBytes = (limits.values.max() ?? 0) + 1
    /// The most bytes of all uploads together; beyond it the oldest go.
    static let capacity = 128 << 20

    private var uploads: OrderedDictionary<String, Upload> = [:]
    private var size = 0

    subscript(id: String) -> Upload? { uploads[id] }

    /// All uploads, oldest first.
    var all: [Upload] { Array(uploads.values) }

    /// Keeps an upload; the oldest make room.
    mutating func add(_ upload: Upload) {
        uploads[upload.id] = upload
        size += upload.bytes.count
        while size > Self.capacity, uploads.count > 1 { size -= uploads.removeFirst().value.bytes.count }
    }

    /// Checks and keeps an upload.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - header: The value of `Content-Type`; parameters after `;` do not count.
    ///   - workspaceID: Whose upload it is.
    /// - Returns: The upload with an id of sixteen digits, as Meta's are.
    /// - Throws: 415 for another type, 413 for too many bytes, 400 for none.
    mutating func upload(_ bytes: [UInt8], contentType header: String?, workspaceID: String) throws(PartnerError)
        -> Upload
    {
        let type = header.map { $0.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace } } ?? ""
        guard let limit = Self.limits[type] else {
            let known = Self.limits.keys.joined(separator: ", ")
            throw PartnerError(415, "UNSUPPORTED_MEDIA", "this is no media type for a header; expected one of \(known)")
        }
        guard !bytes.isEmpty else { throw PartnerError(400, "EMPTY_BODY", "the body is empty; expected the file") }
        guard bytes.count <= limit else {
            throw PartnerError(413, "BODY_TOO_LARGE", "the file has \(bytes.count) bytes; \(type) may have \(limit)")
        }
        var id = String(Int.random(in: 1_000_000_000_000_000...9_999_999_999_999_999))
        while uploads[id] != nil { id = String(Int.random(in: 1_000_000_000_000_000...9_999_999_999_999_999)) }
        let upload = Upload(id: id, workspaceID: workspaceID, contentType: type, bytes: bytes)
        add(upload)
        return upload
    }
}
