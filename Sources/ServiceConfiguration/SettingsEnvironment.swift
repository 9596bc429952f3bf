// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Messages
package import Outbox
internal import SQLiteOutbox

/// What a configuration may refer to beside itself: variables, files, systemd credentials.
package struct SettingsEnvironment: Sendable {
    /// The process's environment.
    package var variables: [String: String]
    /// A file's content; `nil` when it cannot be read.
    package var readFile: @Sendable (String) -> [UInt8]?

    package init(variables: [String: String], readFile: @escaping @Sendable (String) -> [UInt8]?) {
        self.variables = variables
        self.readFile = readFile
    }

    /// This process's environment and this machine's files.
    package static var process: SettingsEnvironment {
        SettingsEnvironment(variables: ProcessInfo.processInfo.environment) { path in
            FileManager.default.contents(atPath: path).map { Array($0) }
        }
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

/// Opens the store that the configuration names.
package enum StoreOpener {
    /// Opens it for the service: creates what is missing and owns it.
    ///
    /// - Parameters:
    ///   - location: Where it is.
    ///   - timeout: How long a write waits that a sender waits for, while another process holds the store.
    ///   - linksReports: Whether a source tells what becomes of messages.
    ///   - knowsWindows: Whether a source passes on what recipients write.
    ///   - readsTraces: Whether sends are traced.
    ///   - reckoned: What time it is for keys and for deleting.
    /// - Returns: The store, to be closed in the end, and what was found in it.
    /// - Throws: `StoreError` when it cannot be opened, is damaged, or another service owns it.
    package static func openForService(
        _ location: Settings.StoreLocation,
        timeout: Duration,
        linksReports: Bool,
        knowsWindows: Bool,
        readsTraces: Bool,
        reckoned: ReckonedTime
    ) async throws(StoreError) -> (store: any ServiceStore, examination: StoreExamination?) {
        switch location {
        case .sqlite(let path):
            var options = SQLiteOutbox.Options()
            options.patience = timeout
            options.linksReports = linksReports
            options.knowsWindows = knowsWindows
            options.readsTraces = readsTraces
            options.busyTimeout = max(options.busyTimeout, timeout)
            let store = try await SQLiteOutbox.open(path, options: options, reckoned: reckoned)
            return (store, store.examination)
        }
    }

    /// Opens it beside a service that may be running.
    ///
    /// - Parameters:
    ///   - location: Where it is.
    ///   - createsIt: Whether it is made when there is none yet, as a service's first start would.
    /// - Returns: The store; close it in the end.
    /// - Throws: `StoreError` when there is none or it cannot be opened.
    package static func openForTools(
        _ location: Settings.StoreLocation,
        createsIt: Bool = false
    ) async throws(StoreError) -> any ServiceStore {
        switch location {
        case .sqlite(let path):
            if createsIt, !FileManager.default.fileExists(atPath: path) {
                await (try SQLiteOutbox.open(path, role: .service)).close()
            }
            return try await SQLiteOutbox.open(path, role: .tool)
        }
    }
}
