// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HooklineApp

/// The command line; one file a command, what a command does stands in HooklineApp.
@main
struct Hookline: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hookline",
        abstract: "Webhooks in, WhatsApp out.",
        discussion: "Exit codes: 0 fine, 1 findings, 64 wrong usage, 69 and above as in sysexits.h.",
        version: ProgramVersion.text,
        subcommands: [
            ServeCommand.self, RulesCommand.self, MessagesCommand.self, EventsCommand.self, KeysCommand.self,
            SendCommand.self, TemplatesCommand.self, ExplainCommand.self, RenderCommand.self, MatchCommand.self,
            SourcesCommand.self, SignCommand.self, PostCommand.self, SandboxCommand.self,
            DoctorCommand.self,
        ]
    )
}
