// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
import Foundation

/// The two streams of a command: everything that is printed passes here, and nothing of it can speak to the terminal.
enum Terminal {
    /// Prints lines for people; control characters in them become visible.
    static func print(_ text: String) {
        FileHandle.standardOutput.write(Data(VisibleText.block(text).utf8))
    }

    /// Prints JSON; control characters in it are escaped as JSON does.
    static func print(json: String) {
        FileHandle.standardOutput.write(Data(VisibleText.json(json).utf8))
    }

    /// Prints what programs read byte by byte, such as signed headers and bodies.
    static func print(exactly text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    static func printError(_ text: String) {
        FileHandle.standardError.write(Data((VisibleText.block(text) + "\n").utf8))
    }

    static func printErrors(_ findings: [some CustomStringConvertible]) {
        for finding in findings { printError("\(finding)") }
    }

    /// A file's bytes, or those of standard input for `-`; ends the command when there is nothing to read.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - content: What is expected in it, for people.
    /// - Returns: Its bytes, at least one.
    /// - Throws: The exit code, when it cannot be read or is empty; the reason is printed.
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
            print(json: answers)
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
