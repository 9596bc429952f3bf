// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLogic
import Events
import Foundation
import Messages
import Outbox
import Presentation
import ServiceConfiguration

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

extension GlobalOptions {
    /// Lets an account of the configuration pass, and none; prints which there are and ends the command otherwise.
    func requireAccount(_ name: String?) throws {
        guard let name else { return }
        let known = try settings(needsSecrets: false).accounts.map(\.name)
        guard !known.contains(name) else { return }
        Terminal.printError("the configuration has no account '\(name)'; it has \(known.joined(separator: ", "))")
        throw ExitCode(sysexit: .dataError)
    }
}

extension Masking {
    /// What a configuration lets commands show.
    init(_ settings: Settings) {
        self.init(hidesNumbers: settings.privacy.masksNumbers, fields: settings.privacy.maskedFields)
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

/// `--limit`, on commands that list.
struct LimitOption: ParsableArguments {
    @Option(help: "The most to list.")
    var limit = 50

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit is \(limit); expected 1 to 10000") }
    }
}

/// From when until when, on commands that choose by time.
struct SpanOptions: ParsableArguments {
    @Option(help: "Only what came then or later, such as 2026-01-15T10:00:00Z.", transform: Self.time)
    var since: Timestamp?
    @Option(help: "Only what came before then.", transform: Self.time)
    var until: Timestamp?

    private static func time(_ text: String) throws -> Timestamp {
        if let time = Timestamp(rfc3339: text) { return time }
        throw ValidationError("'\(text)' is no time; expected one such as 2026-01-15T10:00:00Z")
    }
}

/// Why, on commands that change something.
struct ReasonOption: ParsableArguments {
    @Option(name: [.customLong("why"), .customLong("reason")], help: "Why, for whoever asks later.")
    var reason: String?
}

/// To whom something went, on commands that look for it.
struct RecipientOptions: ParsableArguments {
    @Option(help: "Only those to this phone number, in any spelling.")
    var to: String?
    @Option(help: "The country of a number without country code, such as IN.")
    var country: String?
    @Option(help: "Only those to this contact of the partner.")
    var contact: String?

    /// Whether somebody is named.
    var areNamed: Bool { to != nil || contact != nil }

    func validate() throws {
        guard to == nil || contact == nil else { throw ValidationError("--to and --contact name two recipients") }
    }

    /// The names that the store may have for them, none for everybody; prints why a number is none, and ends the
    /// command then.
    func names() throws -> [String] {
        if let contact { return [ConsentSubject.contact(contact)] }
        guard let to else { return [] }
        do {
            return ConsentEntry.names(of: try ConsentSubject.phone(to, country: country))
        } catch {
            Terminal.printError("--to: \(error)")
            throw ExitCode(sysexit: .dataError)
        }
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

/// Opens the configured store beside a service that may be running, and closes it again.
///
/// - Parameters:
///   - global: Where the configuration is.
///   - settings: The configuration, where it was read before.
///   - createsIt: Whether the store is made when there is none yet.
///   - body: What to do with the store.
/// - Returns: What `body` returns.
/// - Throws: `ExitCode` after an error was printed.
func withStore<Result: Sendable>(
    _ global: GlobalOptions,
    settings: Settings? = nil,
    createsIt: Bool = false,
    _ body: (any ServiceStore) async throws -> Result
) async throws -> Result {
    let settings = try settings ?? global.settings(needsSecrets: false)
    do {
        let store = try await StoreOpener.openForTools(settings.store, createsIt: createsIt)
        let result: Result
        do {
            result = try await body(store)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
        return result
    } catch let error as StoreError {
        Terminal.printError("the store: \(error.reason)")
        throw ExitCode(sysexit: .ioError)
    }
}
