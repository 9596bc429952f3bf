// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
import Foundation
import HooklineApp

/// What every command understands.
struct GlobalOptions: ParsableArguments {
    static let defaultConfig = "hookline.yaml"

    @Option(help: "The configuration.")
    var config = GlobalOptions.defaultConfig

    @Flag(help: "Log what is for developers.")
    var verbose = false

    /// The checked configuration; prints what is wrong with it and ends the command otherwise.
    ///
    /// - Parameter needsSecrets: `false` for commands that work beside the service, without what it signs in with.
    /// - Returns: The configuration.
    /// - Throws: `ExitCode` after the mistakes were printed.
    func settings(needsSecrets: Bool = true) throws -> Settings {
        var reader = SettingsReader(path: config, needsSecrets: needsSecrets)
        let (settings, diagnostics) = reader.read()
        Terminal.printErrors(diagnostics)
        guard var settings else { throw ExitCode(sysexit: .config) }
        if let reason = settings.useNumberingPlans() {
            Terminal.printError(reason)
            throw ExitCode(sysexit: .config)
        }
        if verbose { settings.beVerbose() }
        return settings
    }
}

extension GlobalOptions {
    /// The configuration for a command that needs no secret; `nil` when there is no file and none was asked for.
    func settingsForTools() throws -> Settings? {
        hasConfiguration ? try settings(needsSecrets: false) : nil
    }

    /// Whether there is a configuration, or one was asked for.
    var hasConfiguration: Bool {
        FileManager.default.fileExists(atPath: config) || config != GlobalOptions.defaultConfig
    }
}

/// `--json`, on commands that show something.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON.")
    var json = false

    /// Prints what was found, as it is wanted.
    func print(json value: @autoclosure () -> JSON, text: @autoclosure () -> String) {
        if json { Terminal.print(json: value().text(.indented) + "\n") } else { Terminal.print(text()) }
    }
}

extension ExitCode {
    /// The codes of `sysexits.h` that we use.
    enum Sysexit: Int32 {
        /// Bad input data.
        case dataError = 65
        /// An input file that cannot be read.
        case noInput = 66
        /// The partner or the service cannot be reached or refuses.
        case unavailable = 69
        /// An error inside.
        case software = 70
        /// The store cannot be opened.
        case ioError = 74
        /// Something is wrong with the configuration.
        case config = 78
    }

    init(sysexit code: Sysexit) {
        self.init(code.rawValue)
    }

    /// Something was found, as with `diff` and `grep`.
    static let findings = ExitCode(1)
}
