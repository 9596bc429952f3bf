// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
import HooklineApp

/// `hookline match`: tries an event pattern.
struct MatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "match",
        abstract: "Hold an event against a pattern.",
        discussion: """
            hookline match '{"amount": [{"gte": 500}]}' event.json
            Exits with 1 when it does not match. With --lines, each line of standard input is {"pattern", "event"} and
            gets {"match": true|false} or {"error"}.
            """
    )

    @Flag(help: "Answer JSON Lines from standard input.")
    var lines = false
    @Argument(help: "The pattern as JSON.")
    var pattern: String?
    @Argument(help: "A JSON file with the event; {} if left out, - reads standard input.")
    var event: String?

    func validate() throws {
        guard lines == (pattern == nil) else { throw ValidationError("expected a pattern, or --lines") }
    }

    func run() async throws {
        if lines { return Terminal.answerLines(LinePlayground.match) }
        let answer: PatternPlayground.Answer
        do {
            let event = try Terminal.readJSON(event ?? "")
            answer = try PatternPlayground.match(try JSON(parsing: pattern ?? ""), event.root)
        } catch let failure as PatternPlayground.Failure {
            Terminal.printError("pattern: \(failure.reason)")
            throw ExitCode(sysexit: .dataError)
        } catch let error as JSONError {
            Terminal.printError("pattern: \(error)")
            throw ExitCode(sysexit: .dataError)
        }
        Terminal.print(answer.reason.map { "no match: \($0)\n" } ?? "match\n")
        if !answer.isMatch { throw ExitCode.findings }
    }
}
