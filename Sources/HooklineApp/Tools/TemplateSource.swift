// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation
package import PartnerAPI

/// Where `--templates` takes the templates from.
package enum TemplateSource: Hashable, Sendable {
    /// The partner, as it has them now.
    case live
    /// A file with JSON as `GET /templates` answers.
    case file(String)

    /// Reads the option's value.
    ///
    /// - Parameter text: `live`, or a path.
    package init(_ text: String) {
        self = text == "live" ? .live : .file(text)
    }

    /// The templates.
    ///
    /// - Parameter settings: The configuration, which `live` needs.
    /// - Returns: The catalogue.
    /// - Throws: ``PartnerAccessError`` when there is none.
    package func catalogue(
        _ settings: () throws -> Settings
    ) async throws -> TemplateCatalogue {
        switch self {
        case .live: return try await PartnerAccess.catalogue(account: nil, settings: try settings())
        case .file(let path):
            guard let data = FileManager.default.contents(atPath: path) else {
                throw PartnerAccessError(reason: "\(path): cannot be read; expected a file")
            }
            do {
                if let catalogue = TemplateCatalogue(try JSON(parsing: Array(data))) { return catalogue }
            } catch {
                throw PartnerAccessError(reason: "\(path): \(error)")
            }
            throw PartnerAccessError(
                reason: "\(path): found no list of templates; expected JSON as GET /templates answers"
            )
        }
    }
}
