// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
package import Logging
internal import PhoneNumbers

extension SettingsReader {
    /// The numbering plans of a file; `nil` where none is named, and for what was reported.
    mutating func numberingPlans(_ node: YAMLNode?) -> NumberingPlans? {
        guard let node, let path = node.text else { return nil }
        guard let bytes = environment.readFile(beside(path)) else {
            add(.invalidValue, at: node.location, "the file '\(path)' of the numbering plans cannot be read")
            return nil
        }
        do throws(NumberingPlansError) {
            return try NumberingPlans(bytes)
        } catch {
            add(.invalidValue, at: node.location, "the numbering plans '\(path)': \(error)")
            return nil
        }
    }
}

extension Settings {
    /// Reads every phone number with the configuration's numbering plans from here on.
    ///
    /// - Returns: Why that cannot be; `nil` when it is done, or when there is nothing to do.
    package func useNumberingPlans() -> String? {
        do throws(NumberingPlansError) {
            try numberingPlans?.use()
            return nil
        } catch {
            return "numbering_plans: \(error)"
        }
    }

    /// Says in the log which numbering plans phone numbers are read with.
    package static func logNumberingPlans(_ logger: Logger) {
        let plans = NumberingPlans.inUse
        logger.info(
            "phone numbers are read with these numbering plans",
            metadata: [
                "date": "\(plans.day)", "from": "\(plans.source)", "built_in": "\(plans.isBuiltIn)",
            ]
        )
    }
}

/// What `hookline --version` says.
package enum ProgramVersion {
    /// The version, with the day of the numbering plans that are built in.
    package static var text: String { "0.1.0 (built-in numbering plans of \(NumberingPlans.builtInDay))" }
}
