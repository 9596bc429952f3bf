// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
import HooklineApp
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
