// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLogic
import Events
import Messages
import Outbox
import Presentation
import ServiceConfiguration

/// `hookline consent …`: who wants which messages.
struct ConsentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consent",
        abstract: "See and change who wants which messages.",
        discussion: "A change holds from the next message on, also for a service that is running.",
        subcommands: [List.self, Add.self, Remove.self, Import.self, Export.self, Erase.self]
    )

    /// `hookline consent list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List who has opted out, the newest first.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var whom: ConsentSubjects
        @Flag(help: "Everything that was ever said, not only what stands.")
        var history = false
        @Flag(help: "Whom several messages in a row did not reach, and who has not opted out.")
        var suggested = false
        @Flag(help: "What recipients wrote that may be meant as a STOP, until add or remove decides about them.")
        var doubtful = false
        @OptionGroup var most: LimitOption

        func validate() throws {
            let isSeveral = whom.phones.count + whom.contact.count > 1
            try server.refuse([("more than one recipient", isSeveral)], limit: most.limit)
            guard [history, doubtful, suggested].count(where: { $0 }) > 1 else { return }
            throw ValidationError("expected one of --history, --doubtful and --suggested")
        }

        func run() async throws {
            let query: [(String, String?)] = [
                ("phone", whom.phones.first), ("country", whom.country), ("contact", whom.contact.first),
                ("limit", "\(most.limit)"),
            ]
            if doubtful || suggested {
                let path = doubtful ? "/consent/doubtful" : "/consent/suggested"
                if try await server.shows(path, output, query: [("limit", "\(most.limit)")]) { return }
            }
            if try await server.shows(history ? "/consent/history" : "/consent", output, query: query) { return }
            if doubtful { return try await printDoubts() }
            if suggested { return try await printSuggestions() }
            let subjects: [String?] = try whom.names()
            let (isStanding, limit) = (!history, most.limit)
            let found = try await withStore(global) { store in
                var found: [ConsentEntry] = []
                for subject in subjects.isEmpty ? [nil] : subjects {
                    let filter = ConsentFilter(recipient: subject, isStanding: isStanding, limit: limit)
                    found += try await store.consents(filter).elements
                }
                return found
            }
            output.print(json: JSON.array(found.map { $0.json() }), text: ConsentViews.table(found))
        }

        private func printSuggestions() async throws {
            let limit = most.limit
            let found = try await withStore(global) { try await $0.suggestions(limit: limit) }
            output.print(json: JSON.array(found.map { $0.json() }), text: ConsentViews.table(found))
        }

        private func printDoubts() async throws {
            let limit = most.limit
            let found = try await withStore(global) { try await $0.doubts(limit: limit) }
            output.print(json: JSON.array(found.map { $0.json() }), text: ConsentViews.table(found))
        }
    }

    /// `hookline consent add`.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Write down that somebody wants no messages.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var whom: ConsentSubjects
        @OptionGroup var what: ConsentChange

        func run() async throws {
            if try await what.record(whom, at: "/consent", of: server, output) { return }
            try await what.record(.optedOut, whom, global, output)
        }
    }

    /// `hookline consent remove`.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write down that somebody wants messages again.",
            discussion: "The opt-out stays in the ledger, whoever wrote it, and stands no more."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var whom: ConsentSubjects
        @OptionGroup var what: ConsentChange

        func run() async throws {
            if try await what.record(whom, at: "/consent/remove", of: server, output) { return }
            try await what.record(.optedIn, whom, global, output)
        }
    }
}

/// Whom a command is about.
struct ConsentSubjects: ParsableArguments {
    @Argument(help: "Phone numbers, in any spelling.")
    var phones: [String] = []
    @Option(help: "The country of numbers without country code, such as IN.")
    var country: String?
    @Option(help: "A contact's id of the partner, for somebody without a number; may be repeated.")
    var contact: [String] = []

    /// The ledger's names for them; prints which number is none, and ends the command then.
    func names() throws -> [String] {
        let numbers = try phones.enumerated().map { index, text in
            do {
                return try ConsentSubject.phone(text, country: country)
            } catch {
                Terminal.printError("argument \(index + 1): \(error)")
                throw ExitCode(sysexit: .dataError)
            }
        }
        return numbers + contact.map(ConsentSubject.contact)
    }

    /// The same, of at least one.
    func someNames() throws -> [String] {
        try requireSomebody()
        return try names()
    }

    private func requireSomebody() throws {
        guard phones.isEmpty, contact.isEmpty else { return }
        throw ValidationError("nobody is named; expected a phone number or --contact ID")
    }

    /// The same as members of a body, for a service.
    var body: (phones: JSON?, contacts: JSON?, country: JSON?) {
        get throws {
            try requireSomebody()
            return (.texts(phones), .texts(contact), country.map(JSON.string))
        }
    }
}

/// What is written down about them.
struct ConsentChange: ParsableArguments {
    @Option(help: "About which messages: \(ConsentScope.allCases.map(\.rawValue).joined(separator: ", ")).")
    var category = ConsentScope.all
    @Option(help: "Only about messages of this account.")
    var account: String?
    @OptionGroup var why: ReasonOption

    /// Has a service write it down.
    ///
    /// - Parameters:
    ///   - whom: Whom it is about.
    ///   - path: What is written down, below the API's base path.
    ///   - server: The service, where one is named.
    ///   - output: How it is shown.
    /// - Returns: Whether a service was asked.
    /// - Throws: `ExitCode`, once it was printed what is wrong.
    func record(
        _ whom: ConsentSubjects,
        at path: String,
        of server: ServerOptions,
        _ output: OutputOptions
    ) async throws -> Bool {
        let about = try whom.body
        let what: KeyValuePairs<String, JSON?> = [
            "phones": about.phones, "contacts": about.contacts, "country": about.country,
            "category": .string(category.rawValue), "account": account.map(JSON.string),
            "reason": why.reason.map(JSON.string),
        ]
        return try await server.does(path, output, what)
    }

    func record(
        _ decision: ConsentEntry.Decision,
        _ whom: ConsentSubjects,
        _ global: GlobalOptions,
        _ output: OutputOptions
    ) async throws {
        let names = try whom.someNames()
        try global.requireAccount(account)
        let changed = try await carryOut(global, createsIt: true, because: why.reason) { now in
            .consent(
                names.map { name in
                    ConsentEntry(
                        name,
                        decision,
                        category,
                        account: account,
                        origin: .operator,
                        at: now,
                        who: Operator.atCommandLine.name,
                        reason: why.reason
                    )
                }
            )
        }
        guard case .consent(let receipt) = changed else { return }
        output.print(json: receipt.json, text: receipt.text + "\n")
    }
}

extension ConsentCommand {
    /// `hookline consent import`.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take over a list from a CSV file.",
            discussion: """
                The first line names the columns, some of \
                \(ConsentFile.Column.allCases.map(\.rawValue).joined(separator: ", ")). Without --apply nothing is \
                written, and with a mistake in the file neither, unless --skip-mistakes is given. Exits with 1 when \
                there are mistakes.
                """
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The file; - for standard input.")
        var file: String
        @Option(help: "The country of numbers without country code, such as IN.")
        var country: String?
        @Flag(help: "Write it.")
        var apply = false
        @Flag(help: "Leave out the lines that cannot be read.")
        var skipMistakes = false
        @OptionGroup var why: ReasonOption

        func run() async throws {
            let bytes = try Terminal.read(file, expecting: "a CSV file")
            if let remote = try server.remote {
                return try await ServerOptions.orPrinted { try await takeOver(bytes, remote) }
            }
            let (now, accounts) = (SystemClock().now, try global.settings(needsSecrets: false).accounts.map(\.name))
            let who = Operator.atCommandLine
            let defaults = ConsentFile.Defaults(country: country, accounts: accounts, at: now, who: who.name)
            let list = ConsentFile(bytes, defaults)
            for mistake in list.mistakes { Terminal.printError("\(file):\(mistake)") }
            let isWritten = apply && (skipMistakes || list.mistakes.isEmpty)
            let receipt = isWritten ? try await write(list.entries, by: who, now) : nil
            output.print(json: list.json(receipt), text: list.text(receipt, isAsked: apply))
            if !list.mistakes.isEmpty { throw ExitCode.findings }
        }

        /// Has a service read the list, and write it where that is wanted.
        private func takeOver(_ bytes: [UInt8], _ remote: RemoteService) async throws {
            let list: KeyValuePairs<String, JSON?> = [
                "csv": .string(String(decoding: bytes, as: UTF8.self)), "country": country.map(JSON.string),
            ]
            let read = JSON(leavingOutNil: list)
            let checked = try await remote.json("/consent/import/check", body: read)
            let mistakes = checked["mistakes"]?.array ?? []
            for mistake in mistakes {
                let place = ["line", "column"].map { mistake[$0]?.number?.text ?? "" }.joined(separator: ":")
                Terminal.printError("\(file):\(place): \(mistake["reason"]?.string ?? "")")
            }
            if apply, skipMistakes || mistakes.isEmpty {
                let how = JSON(leavingOutNil: [
                    "skip_mistakes": skipMistakes ? true : nil, "reason": .string(why.reason ?? file),
                ])
                try await remote.show("/consent/import", body: read.adding(how), as: output)
            } else if output.json {
                Terminal.print(json: checked.text(.indented) + "\n")
            } else {
                let text = try await remote.text("/consent/import/check", body: read)
                Terminal.print(apply ? ConsentFile.withMistakes(text) : text)
            }
            if !mistakes.isEmpty { throw ExitCode.findings }
        }

        private func write(
            _ entries: [ConsentEntry],
            by who: Operator,
            _ now: Timestamp
        ) async throws -> ConsentReceipt {
            try await withStore(global, createsIt: true) { store in
                var (receipt, rest) = (ConsentReceipt(), entries[...])
                // A service that runs beside it writes in between.
                while !rest.isEmpty {
                    let lines = OperatorAction.Change.consent(Array(rest.prefix(500)))
                    let action = OperatorAction(lines, by: who, because: why.reason ?? file, at: now)
                    if case .consent(let written) = try await store.carryOut(action) { receipt += written }
                    rest = rest.dropFirst(500)
                }
                return receipt
            }
        }
    }

    /// `hookline consent export`.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the whole ledger as CSV, which import reads; --json for JSON."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @Flag(help: "Only opt-outs that stand.")
        var standing = false

        func run() async throws {
            if let remote = try server.remote { return try await ServerOptions.orPrinted { try await show(remote) } }
            let isStanding = standing
            let all = try await withStore(global) { store in
                var filter = ConsentFilter(isStanding: isStanding, limit: 1_000)
                var all: [ConsentEntry] = []
                repeat {
                    let page = try await store.consents(filter)
                    all += page.elements.filter { !ErasedSubject.isName($0.recipient) }
                    filter.cursor = page.next
                } while filter.cursor != nil
                return Array(all.reversed())
            }
            output.print(json: JSON.array(all.map { $0.json() }), text: ConsentFile.table(all))
        }

        private func show(_ remote: RemoteService) async throws {
            guard output.json else {
                let query = standing ? [("standing", "true")] : []
                return Terminal.print(try await remote.text("/consent/export", query))
            }
            let lines = try await remote.whole(standing ? "/consent" : "/consent/history")
            // Who was erased has neither.
            let named = lines.reversed().filter { $0["phone"]?.string != nil || $0["contact"]?.string != nil }
            Terminal.print(json: JSON.array(named).text(.indented) + "\n")
        }
    }
}

extension ConsentCommand {
    /// `hookline consent erase`.
    struct Erase: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Erase what is kept of somebody, but what they wanted.",
            discussion: """
                Deletes their messages, empties the events of these, and forgets when they wrote and what they were told. \
                What they said about messages from you stays, under a keyed hash of their number: an opt-out goes on to \
                hold. Without --yes nothing is erased.
                """
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var whom: ConsentSubjects
        @Flag(help: "Read every event that is kept for the digits of the number, too.")
        var searchBodies = false
        @OptionGroup var why: ReasonOption
        @Flag(help: "Erase it.")
        var yes = false

        func run() async throws {
            let about = try whom.body
            let order: KeyValuePairs<String, JSON?> = [
                "phones": about.phones, "contacts": about.contacts, "country": about.country,
                "search_bodies": searchBodies ? true : nil, "reason": why.reason.map(JSON.string),
            ]
            if try await server.does(yes ? "/consent/erase" : "/consent/erase/count", output, order) { return }
            let names = try whom.someNames()
            let (applies, searches) = (yes, searchBodies)
            let total = try await withStore(global) { store in
                let erasure = ErasureOrder(by: .atCommandLine, because: why.reason, at: store.timekeeper.now)
                var total = Erasure()
                for name in names {
                    total +=
                        applies
                        ? try await store.erase(name, searchingBodies: searches, on: erasure)
                        : try await store.traces(of: name, searchingBodies: searches)
                }
                return total
            }
            output.print(json: total.json(isErased: applies), text: total.text(isErased: applies) + "\n")
        }
    }
}

extension ConsentScope: ExpressibleByArgument {}
