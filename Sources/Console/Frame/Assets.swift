// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import EmbeddedFiles
internal import Events
internal import HTTPTypes
internal import HTTPValues

/// The one stylesheet and the one script, compiled in, under names that change with what is in them.
struct Assets: Sendable {
    /// A file that every page uses.
    struct Asset: Sendable {
        let type: String
        let bytes: [UInt8]
        let tag: String
        /// The end of its address, which is new when it is.
        let version: String

        init(_ bytes: [UInt8], type: String) {
            self.type = type
            self.bytes = bytes
            let sum = Fingerprint(of: bytes).bytes.prefix(8)
            version = sum.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            tag = "\"\(version)\""
        }
    }

    let style = Asset(EmbeddedFiles.bytes("Sources/Console/Assets/console.css"), type: "text/css; charset=utf-8")
    let script = Asset(EmbeddedFiles.bytes("Sources/Console/Assets/console.js"), type: "text/javascript; charset=utf-8")

    /// The answer for one of them; `nil` for any other path.
    ///
    /// - Parameters:
    ///   - path: Below the console.
    ///   - known: The header `If-None-Match`.
    /// - Returns: The file, or 304.
    func reply(_ path: Substring, known: String?) -> Reply? {
        let asset: Asset
        switch path {
        case "console.css": asset = style
        case "console.js": asset = script
        default: return nil
        }
        let headers: HTTPFields = [
            .eTag: asset.tag, .cacheControl: "public, max-age=31536000, immutable", .xContentTypeOptions: "nosniff",
        ]
        if let known, known.split(separator: ",").contains(where: { $0.drop { $0 == " " } == asset.tag }) {
            return Reply(status: 304, headers: headers)
        }
        return Reply(status: 200, headers: headers + [.contentType: asset.type], body: asset.bytes)
    }
}
