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

/// The two streams of a command.
enum Terminal {
    static func print(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    static func printError(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    static func printErrors(_ findings: [some CustomStringConvertible]) {
        for finding in findings { printError("\(finding)") }
    }

    /// A file's bytes, or those of standard input for `-`; ends the command when there is nothing to read.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - content: What is expected in it, for people.
    static func read(_ path: String, expecting content: String = "a file with something in it") throws -> [UInt8] {
        let data: Data
        if path == "-" {
            data = FileHandle.standardInput.readDataToEndOfFile()
        } else {
            // A handle, because a file may also be a pipe, as in `hookline match '…' <(curl …)`.
            guard let file = FileHandle(forReadingAtPath: path), let read = try? file.readToEnd() ?? Data() else {
                printError("\(path): cannot be read; expected a file")
                throw ExitCode(sysexit: .noInput)
            }
            data = read
        }
        guard data.isEmpty else { return Array(data) }
        printError(
            path == "-" ? "standard input is empty; expected \(content)" : "\(path): is empty; expected \(content)"
        )
        throw ExitCode(sysexit: .dataError)
    }
}

extension Terminal {
    /// Answers each line of standard input with one line, in order, until its end.
    static func answerLines(_ answer: ([UInt8]) -> String) {
        var rest: [UInt8] = []
        while true {
            let bytes = FileHandle.standardInput.availableData
            rest += bytes
            var answers = ""
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(rest[..<end])
                rest.removeSubrange(...end)
                if !line.isEmpty { answers += answer(line) + "\n" }
            }
            if bytes.isEmpty, !rest.isEmpty { answers += answer(rest) + "\n" }
            print(answers)
            if bytes.isEmpty { return }
        }
    }

    /// A file's JSON, `{}` for an empty path; ends the command when it is none.
    static func readJSON(_ path: String) throws -> JSONDocument {
        let bytes = path.isEmpty ? Array("{}".utf8) : try read(path, expecting: "a JSON value")
        do {
            return try JSONDocument(bytes)
        } catch {
            printError("\(path): \(error)")
            throw ExitCode(sysexit: .dataError)
        }
    }
}
