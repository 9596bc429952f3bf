// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLogic
import Events
import Webhooks

/// `hookline render`: tries a piece of Liquid.
struct RenderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Render a piece of Liquid.",
        discussion: """
            hookline render '{{ total | money: "INR" }}' order.json
            With --lines, each line of standard input is {"template", "data"} and gets {"result"} or {"error"}.
            """
    )

    @Flag(help: "Answer JSON Lines from standard input.")
    var lines = false
    @Flag(help: "An undefined value prints nothing instead of being refused.")
    var lax = false
    @Option(help: "Whose data it is: a preset, such as stripe; 'hookline sources show' says what that means for it.")
    var preset: String?
    @Argument(help: "The Liquid.")
    var template: String?
    @Argument(help: "A JSON file with the data; {} if left out, - reads standard input.")
    var data: String?

    func validate() throws {
        guard lines == (template == nil) else { throw ValidationError("expected a piece of Liquid, or --lines") }
        if let preset, Preset.named(preset) == nil {
            throw ValidationError("there is no preset '\(preset)'; 'hookline sources list' shows those there are")
        }
    }

    func run() async throws {
        let playground = LiquidPlayground(
            isLax: lax,
            conventions: preset.flatMap(Preset.named)?.conventions ?? .standard
        )
        if lines { return Terminal.answerLines { LinePlayground.render($0, playground) } }
        do {
            let data = try Terminal.readJSON(data ?? "")
            Terminal.print(try playground.render(template ?? "", data.root) + "\n")
        } catch let failure as LiquidPlayground.Failure {
            Terminal.printError(failure.reason)
            throw ExitCode(sysexit: .dataError)
        }
    }
}

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
