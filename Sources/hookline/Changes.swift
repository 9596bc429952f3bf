// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLogic
import Events
import Foundation
import Messages
import Outbox
import Presentation

/// How many messages at once are dealt with.
struct JobOptions: ParsableArguments {
    @OptionGroup var why: ReasonOption
    @Flag(help: "Do it; without it the messages are counted, and a person at a terminal is asked.")
    var yes = false
    @Option(help: "How many messages a second go into the queue at most; \(JobOrder.defaultRate) if left out.")
    var rate: Int?
    @Option(help: "A key by which the same order given twice is one job.")
    var key: String?
    @Flag(help: "Begin the job, and do not wait for its end.")
    var detach = false

    func validate() throws {
        guard let rate, !(1...10_000).contains(rate) else { return }
        throw ValidationError("--rate is \(rate); expected 1 to 10000")
    }

    /// An option that was given and says something about jobs alone.
    var onlyForJobs: String? {
        rate != nil ? "--rate" : key != nil ? "--key" : detach ? "--detach" : nil
    }

    /// Whether it is to be done: by `--yes`, or by the word of a person who was told how many.
    ///
    /// - Parameter count: How many messages it is about; above a hundred the number itself has to be typed.
    /// - Returns: Whether it is to be done.
    func confirms(_ count: Int) -> Bool {
        if yes { return true }
        guard isatty(STDIN_FILENO) == 1 else {
            Terminal.printError("nothing was done; --yes does it")
            return false
        }
        let word = count > 100 ? String(count) : "yes"
        Terminal.printError("type \(word) to do it:")
        if readLine()?.trimmingCharacters(in: .whitespaces) == word { return true }
        Terminal.printError("nothing was done")
        return false
    }

    /// Begins a job, and follows it where that is wanted.
    ///
    /// - Parameters:
    ///   - work: What it does.
    ///   - reason: Why.
    ///   - count: How many messages, or of a replay events, it was counted to be about: only with `--yes` it may be others by now.
    ///   - store: Where it is kept.
    ///   - output: How it is shown.
    /// - Throws: `ExitCode`, once it was printed what is wrong.
    func carryOut(
        _ work: JobOrder.Work,
        because reason: String?,
        about count: Int,
        in store: any ServiceStore,
        _ output: OutputOptions
    ) async throws {
        let who = Operator.atCommandLine
        let order = JobOrder(work, by: who.description, key: key, rate: rate ?? JobOrder.defaultRate)
        let action = OperatorAction(
            .beginJob(order),
            by: who,
            because: reason,
            ifAbout: yes ? nil : count,
            at: store.timekeeper.now
        )
        guard case .job(let job) = try await store.attempt(action).orPrinted() else { return }
        try await JobEnd(output: output, isDetached: detach).await(job, in: store, by: store.timekeeper)
    }
}

extension JobOptions {
    /// Has a service begin a job, and follows it where that is wanted.
    ///
    /// - Parameters:
    ///   - path: Where it is ordered, below the API's base path.
    ///   - body: What it is about.
    ///   - count: How many messages it was counted to be about: only with `--yes` it may be others by now.
    ///   - remote: The service.
    ///   - output: How it is shown.
    /// - Throws: `RemoteService.Failure`, or `ExitCode` where the job did not do all that it was to do.
    func carryOut(
        _ path: String,
        _ body: JSON,
        counted count: Int,
        at remote: RemoteService,
        _ output: OutputOptions
    ) async throws {
        let how: KeyValuePairs<String, JSON?> = [
            "reason": why.reason.map(JSON.string), "rate": rate.map { .number(JSONNumber($0)) },
            "key": key.map(JSON.string), "expected": yes ? nil : .number(JSONNumber(count)),
        ]
        let order = body.adding(JSON(leavingOutNil: how))
        try await JobEnd(output: output, isDetached: detach).await(try await remote.json(path, body: order), at: remote)
    }
}

/// Shows a job until it has ended.
struct JobEnd {
    let output: OutputOptions
    let isDetached: Bool

    func await(_ begun: JSON, at remote: RemoteService) async throws {
        var job = begun
        let path = "/jobs/\(PercentEncoding.encode(begun["id"]?.string ?? ""))"
        if !isDetached {
            job = try await remote.follow(begun) { next in
                let (id, progress) = (next["id"]?.string ?? "", next["progress"]?.string ?? "")
                if !output.json { Terminal.printError("\(id): \(progress)") }
            }
        }
        if output.json {
            Terminal.print(json: job.text(.indented) + "\n")
        } else {
            Terminal.print(try await remote.text(path))
        }
        let isAnyRefused = job["results"]?["refused"]?.number?.int ?? 0 > 0
        if !isDetached, isAnyRefused || job["state"] != "done" { throw ExitCode.findings }
    }

    func await(_ begun: Job, in store: any JobStore, by clock: any WallClock) async throws {
        var job = begun
        if !isDetached {
            job = try await JobFollower(store, clock: clock).follow(begun) { next in
                if !output.json { Terminal.printError("\(next.id): \(JobViews.progress(next))") }
            }
        }
        output.print(json: job.json(), text: JobViews.text(job))
        guard !isDetached else { return }
        if job.state == .running {
            Terminal.printError(
                "no service works at it: it goes on when one runs; 'hookline jobs show \(job.id)' tells"
            )
            throw ExitCode(sysexit: .unavailable)
        }
        if job.tally[.refused] ?? 0 > 0 || job.state != .done { throw ExitCode.findings }
    }
}

extension ActionStore {
    /// Carries out what a person wants.
    ///
    /// - Parameter action: What, of what, and who wants it.
    /// - Returns: What came of it, or why it was refused.
    /// - Throws: What the store says that cannot work at all.
    fileprivate func attempt(_ action: OperatorAction) async throws(StoreError) -> Result<Changed, StoreError> {
        do throws(StoreError) {
            return .success(try await carryOut(action))
        } catch {
            guard error.code == .notFound || error.code == .conflict else { throw error }
            return .failure(error)
        }
    }
}

extension Result<Changed, StoreError> {
    /// What came of it; prints why it was refused, and ends the command then.
    fileprivate func orPrinted() throws -> Changed {
        switch self {
        case .success(let changed): return changed
        case .failure(let error):
            Terminal.printError(error.reason)
            throw ExitCode.findings
        }
    }
}

/// Makes a change in the store, with its line in the audit log.
///
/// - Parameters:
///   - global: Where the configuration is.
///   - createsIt: Whether the store is made when there is none yet.
///   - reason: Why.
///   - change: What is changed, given what time it is for the store.
/// - Returns: What came of it.
/// - Throws: `ExitCode` after an error was printed: 1 when the change was refused.
@discardableResult
func carryOut(
    _ global: GlobalOptions,
    createsIt: Bool = false,
    because reason: String? = nil,
    _ change: (_ now: Timestamp) -> OperatorAction.Change
) async throws -> Changed {
    try await withStore(global, createsIt: createsIt) { store in
        let now = store.timekeeper.now
        let action = OperatorAction(change(now), by: .atCommandLine, because: reason, at: now)
        return try await store.attempt(action).orPrinted()
    }
}

/// Carries out what a person decided about each of several events, messages or jobs, and prints what became of it.
struct EachChange {
    let global: GlobalOptions
    let server: ServerOptions
    /// How it is printed; `nil` where there is no choice.
    var output: OutputOptions?
    /// Why.
    let reason: String?
    /// Whether what stands against it is not heeded.
    var anyway = false

    /// Carries it out.
    ///
    /// - Parameters:
    ///   - ids: Which ones.
    ///   - path: Where a service is told so, below its API's base path.
    ///   - change: What is changed of one id. What is refused because of its state, or because there is none, is printed, and
    ///     the others go on.
    /// - Throws: `ExitCode` when any was refused, or after an error was printed.
    func run(
        _ ids: [String],
        at path: (_ id: String) -> String,
        _ change: (_ id: String) -> OperatorAction.Change
    ) async throws {
        let results: [(id: String, result: Result<String, Refused>)]
        if let remote = try server.remote {
            results = try await ServerOptions.orPrinted {
                try await each(ids) { try await decide(remote, path(PercentEncoding.encode($0))) }
            }
        } else {
            results = try await withStore(global) { store in
                try await each(ids) { id in
                    let now = store.timekeeper.now
                    let action = OperatorAction(change(id), by: .atCommandLine, because: reason, at: now)
                    return try await store.attempt(action).map(\.sentence).mapError { Refused(reason: $0.reason) }
                }
            }
        }
        if output?.json == true { Terminal.print(json: Self.json(results).text(.indented) + "\n") }
        let isAnyRefused = results.contains { if case .failure = $0.result { true } else { false } }
        if isAnyRefused { throw ExitCode.findings }
    }

    /// Why something was not done with one of them.
    private struct Refused: Error {
        let reason: String
    }

    private func decide(_ remote: RemoteService, _ path: String) async throws -> Result<String, Refused> {
        do throws(RemoteService.Failure) {
            let body = JSON(leavingOutNil: ["reason": reason.map(JSON.string), "anyway": anyway ? true : nil])
            let json = try await remote.json(path, body: body)
            return .success((json["state"] ?? json["result"])?.string ?? "done")
        } catch {
            guard error.isAboutOne else { throw error }
            return .failure(Refused(reason: error.reason))
        }
    }

    private func each(
        _ ids: [String],
        _ decide: (String) async throws -> Result<String, Refused>
    ) async throws -> [(id: String, result: Result<String, Refused>)] {
        var results: [(id: String, result: Result<String, Refused>)] = []
        for id in ids {
            let result = try await decide(id)
            results.append((id, result))
            switch result {
            case .success(let became) where output?.json != true: Terminal.print("\(id): \(became)\n")
            case .failure(let refused): Terminal.printError("\(id): \(refused.reason)")
            case .success: break
            }
        }
        return results
    }

    private static func json(_ results: [(id: String, result: Result<String, Refused>)]) -> JSON {
        .array(
            results.map { id, result in
                switch result {
                case .success(let became): ["id": .string(id), "result": .string(became), "refused": .null]
                case .failure(let refused): ["id": .string(id), "result": .null, "refused": .string(refused.reason)]
                }
            }
        )
    }
}
