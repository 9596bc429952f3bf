// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import EmbeddedFiles
internal import Events
package import PartnerAPI

/// The templates that a sandbox knows when nobody gives it others.
///
/// They are those of the shipped rules, some to try the API with, and one of each status that cannot be sent.
/// `Resources/make_templates.py` writes them.
package enum SandboxTemplates {
    /// The built-in templates.
    ///
    /// - Returns: The catalogue.
    /// - Throws: `JSONError` when the resource is damaged.
    package static func catalogue() throws -> TemplateCatalogue {
        let json = try JSON(parsing: EmbeddedFiles.bytes("Sources/Sandbox/Resources/templates.json"))
        return TemplateCatalogue(json) ?? TemplateCatalogue([])
    }
}
