// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import Foundation

/// What a configuration may refer to beside itself: variables, files, systemd credentials.
package struct SettingsEnvironment: Sendable {
    /// The process's environment.
    package var variables: [String: String]
    /// A file's content; `nil` when it cannot be read.
    package var readFile: @Sendable (String) -> [UInt8]?
    /// When a file was last written; `nil` where nobody knows.
    package var writtenAt: @Sendable (String) -> Timestamp? = { _ in nil }

    package init(variables: [String: String], readFile: @escaping @Sendable (String) -> [UInt8]?) {
        self.variables = variables
        self.readFile = readFile
    }

    /// This process's environment and this machine's files.
    package static var process: SettingsEnvironment {
        var environment = SettingsEnvironment(variables: ProcessInfo.processInfo.environment) { path in
            FileManager.default.contents(atPath: path).map { Array($0) }
        }
        environment.writtenAt = { path in
            // Through symbolic links: what they point to is what is read.
            let real = URL(filePath: path).resolvingSymlinksInPath().path
            let written = (try? FileManager.default.attributesOfItem(atPath: real))?[.modificationDate] as? Date
            return written.map { Timestamp($0) }
        }
        return environment
    }
}

/// `${NAME}` in a configuration: the value of an environment variable; `${NAME:-text}`, a text where it is not set or empty.
///
/// YAML does not allow braces in an unquoted text inside `[…]` and `{…}`, where people write them all the same. So
/// before YAML sees the text, the braces become two characters that nobody types, one for one, which keeps every
/// column; afterwards they mark where a value goes.
enum Interpolation {
    private static let open: Character = "\u{F8F0}"
    private static let close: Character = "\u{F8F1}"

    /// The text as YAML is to see it.
    static func mask(_ text: String) -> String {
        text.replacing(#/\$\{([A-Za-z_][A-Za-z0-9_]*(?::-[^{}\r\n]*)?)\}/#) { "$\(open)\($0.output.1)\(close)" }
    }

    /// The variable's name, when a masked text is nothing but that variable.
    static func soleVariable(_ text: String) -> String? {
        text.wholeMatch(of: #/\s*\$\u{F8F0}([A-Za-z0-9_]+)(?::-[^\u{F8F1}]*)?\u{F8F1}\s*/#).map { String($0.output.1) }
    }

    /// What a masked text says once the variables are in.
    enum Resolution {
        case value(String)
        /// These variables are not set.
        case unset([String])
    }

    /// Puts the variables' values into a text.
    static func resolve(_ text: String, _ variables: [String: String]) -> Resolution {
        var missing: [String] = []
        let value = text.replacing(#/\$\u{F8F0}([A-Za-z0-9_]+)(?::-([^\u{F8F1}]*))?\u{F8F1}/#) { match in
            let name = String(match.output.1)
            if let standIn = match.output.2 {
                return variables[name].flatMap { $0.isEmpty ? nil : $0 } ?? String(standIn)
            }
            if let value = variables[name] { return value }
            missing.append(name)
            return ""
        }
        return missing.isEmpty ? .value(value) : .unset(missing)
    }
}
