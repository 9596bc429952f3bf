// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
import HooklineApp

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
    @Argument(help: "The Liquid.")
    var template: String?
    @Argument(help: "A JSON file with the data; {} if left out, - reads standard input.")
    var data: String?

    func validate() throws {
        guard lines == (template == nil) else { throw ValidationError("expected a piece of Liquid, or --lines") }
    }

    func run() async throws {
        let playground = LiquidPlayground(isLax: lax)
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
