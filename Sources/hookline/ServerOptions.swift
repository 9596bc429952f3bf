// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLogic
import Events
import Foundation
import OrderedCollections

/// A service somewhere, in the place of the store on this machine.
struct ServerOptions: ParsableArguments {
    @Option(help: "Ask a service over its admin API, such as https://hookline.internal, instead of opening the store.")
    var server: String?
    @Option(help: "The file with the token for --server; the variable HOOKLINE_TOKEN if left out.")
    var tokenFile: String?

    func validate() throws {
        if tokenFile != nil, server == nil { throw ValidationError("--token-file goes with --server") }
    }

    /// The service, where one is named.
    ///
    /// Prints what is wrong with its address or the token, and ends the command then.
    var remote: RemoteService? {
        get throws {
            guard let server else { return nil }
            guard RemoteService(address: server, token: "") != nil else {
                let expected = "an address with https://, or http:// to this machine, for the token goes there"
                Terminal.printError("--server: expected \(expected)")
                throw ExitCode(sysexit: .config)
            }
            return RemoteService(address: server, token: try token)
        }
    }

    /// The token; ends the command where there is none.
    private var token: String {
        get throws {
            let token: String
            if let tokenFile {
                if let objection = TokenFile.objection(to: tokenFile) {
                    Terminal.printError(objection)
                    throw ExitCode(sysexit: .config)
                }
                token = String(decoding: try Terminal.read(tokenFile, expecting: "a token"), as: UTF8.self)
            } else {
                token = ProcessInfo.processInfo.environment["HOOKLINE_TOKEN"] ?? ""
            }
            let word = token.trimmingCharacters(in: .whitespacesAndNewlines)
            guard !word.isEmpty else {
                Terminal.printError("--server needs a token: --token-file, or the variable HOOKLINE_TOKEN")
                throw ExitCode(sysexit: .config)
            }
            return word
        }
    }

    /// Refuses what a service is not asked.
    ///
    /// - Parameters:
    ///   - options: By their names, whether they were given.
    ///   - limit: The most to list, where there is such an option.
    /// - Throws: `ValidationError`.
    func refuse(_ options: [(String, Bool)] = [], limit: Int = 1) throws {
        guard server != nil else { return }
        if let (name, _) = options.first(where: \.1) { throw ValidationError("\(name) does not go with --server") }
        if limit > 1_000 { throw ValidationError("--limit is \(limit); with --server expected 1 to 1000") }
    }

    /// Shows what a service answers, as the command shows what is in the store.
    ///
    /// - Parameters:
    ///   - path: Below the API's base path.
    ///   - output: How it is shown.
    ///   - query: Names and values; those without a value are left out.
    /// - Returns: Whether a service was asked.
    /// - Throws: `ExitCode`, once it was printed what is wrong.
    func shows(_ path: String, _ output: OutputOptions, query: [(String, String?)] = []) async throws -> Bool {
        guard let remote = try remote else { return false }
        try await Self.orPrinted { try await remote.show(path, query, as: output) }
        return true
    }

    /// Has a service do something, and prints what it answers as the command does beside the store.
    ///
    /// - Parameters:
    ///   - path: Below the API's base path.
    ///   - output: How it is shown.
    ///   - body: What the route's body wants; members without a value are left out.
    /// - Returns: Whether a service was asked.
    /// - Throws: `ExitCode`, once it was printed what is wrong.
    func does(_ path: String, _ output: OutputOptions, _ body: KeyValuePairs<String, JSON?>) async throws -> Bool {
        guard let remote = try remote else { return false }
        try await Self.orPrinted { try await remote.show(path, body: JSON(leavingOutNil: body), as: output) }
        return true
    }

    /// What a service is asked; prints why it does not do it, and ends the command then.
    static func orPrinted<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let failure as RemoteService.Failure {
            Terminal.printError(failure.reason)
            if failure.isAboutOne { throw ExitCode.findings }
            throw ExitCode(sysexit: [400, 422].contains(failure.status) ? .dataError : .unavailable)
        }
    }
}

extension RemoteService {
    /// Prints what it answers.
    func show(
        _ path: String,
        _ query: [(String, String?)] = [],
        body: JSON? = nil,
        as output: OutputOptions
    ) async throws(Failure) {
        guard output.json else { return Terminal.print(try await text(path, query, body: body)) }
        let json = try await json(path, query, body: body)
        Terminal.print(json: (json["data"] ?? json).text(.indented) + "\n")
    }
}

extension JSON {
    /// An object of the members that have a value.
    init(leavingOutNil members: KeyValuePairs<String, JSON?>) {
        let there = members.compactMap { name, value in value.map { (name, $0) } }
        self = .object(.init(uniqueKeysWithValues: there))
    }

    /// A list of texts; `nil` for none.
    static func texts(_ texts: [String]) -> JSON? { texts.isEmpty ? nil : .array(texts.map(JSON.string)) }
}
