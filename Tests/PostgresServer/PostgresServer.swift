// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOConcurrencyHelpers
package import PostgresConnection
import TestSupport

/// A PostgreSQL of the tests' own, in a temporary folder and on a socket there, for nobody else.
///
/// It ends with the test process, and with a test that is cancelled, however that ends: a shell beside it reads from a pipe
/// that the tests hold open, and ends the server and removes its folder when the pipe is closed. That shell is a child of the
/// one that the tests know and may kill. Where the tests run as root it runs as `postgres`, since
/// PostgreSQL refuses to be root. Where PostgreSQL is missing, a test fails.
package final class PostgresServer: Sendable {
    /// Where PostgreSQL is missing, and the like.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    let folder: URL
    private let admin: PostgresLane
    private let names = NIOLockedValueBox(0)
    private let places = Places()

    /// How many databases are in use at once: each has stores with half a dozen connections and as many processes, and the
    /// tests of a process all run at once.
    private actor Places {
        private var free = 16
        private var waiters: [CheckedContinuation<Void, Never>] = []

        func take() async {
            guard free == 0 else { return free -= 1 }
            await withCheckedContinuation { waiters.append($0) }
        }

        func giveBack() {
            guard waiters.isEmpty else { return waiters.removeFirst().resume() }
            free += 1
        }
    }

    /// The server that all tests of a process share, each with a database of its own.
    package static func shared() async throws -> PostgresServer {
        try await common.value
    }

    private static let common = Task {
        let started = Watchers<Result<PostgresServer, any Error>?>(nil)
        Task {
            do {
                try await run { server in
                    started.change { $0 = .success(server) }
                    // It ends with the process.
                    await Gate().pass()
                }
            } catch {
                started.change { $0 = .failure(error) }
            }
        }
        guard let result = await started.until(at: nil, { $0 != nil }) else { throw Failure(description: "cancelled") }
        return try result.get()
    }

    /// Runs a server for the time of a closure.
    ///
    /// - Parameters:
    ///   - settings: Lines for its configuration.
    ///   - body: What is done meanwhile.
    /// - Returns: What the closure returned.
    /// - Throws: What the closure throws, or why there is no server.
    package static func run<Value: Sendable>(
        _ settings: [String] = [],
        _ body: @Sendable (PostgresServer) async throws -> Value
    ) async throws -> Value {
        let programs = try self.programs()
        let folder = FileManager.default.temporaryDirectory.appending(path: "hl-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var lifeline: Lifeline? = try Lifeline(at: folder.appending(path: "alive").path)
        let shell = Program(
            "/bin/bash",
            ["-c", supervision, "postgres", folder.path, programs, (common(settings)).joined(separator: "\n")]
        )
        return try await shell.running { program in
            guard await program.line(after: "ready") != nil else {
                throw Failure(description: "PostgreSQL did not start; what it said stands above")
            }
            let server = try PostgresServer(folder)
            let result: Result<Value, any Error>
            do { result = .success(try await body(server)) } catch { result = .failure(error) }
            await server.admin.close()
            withExtendedLifetime(lifeline) {}
            lifeline = nil
            await program.untilEnded()
            return try result.get()
        }.value
    }

    private static func common(_ settings: [String]) -> [String] {
        [
            "listen_addresses = ''", "fsync = off", "max_connections = 400", "shared_buffers = 64MB",
            "autovacuum_naptime = 5s", "max_wal_size = 256MB",
        ] + settings
    }

    /// The folder of PostgreSQL's programs.
    private static func programs() throws -> String {
        let root = URL(filePath: "/usr/lib/postgresql")
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        let newest = versions.compactMap(Int.init).max()
        guard let newest else {
            throw Failure(description: "PostgreSQL is not installed; `make setup-test` installs it")
        }
        return root.appending(path: "\(newest)/bin").path
    }

    /// A shell's lines, run in the folder `$1` until nobody holds its pipe `alive` open any more; `as` runs programs that refuse to
    /// be root.
    static func supervising(_ lines: String) -> String {
        """
        set -u
        supervise() {
        cd "$1"
        trap '' INT TERM HUP PIPE
        exec 3<alive
        as=()
        if [ "$(id -u)" = 0 ]; then
            chown -R postgres .
            as=(setpriv --reuid=postgres --regid=postgres --init-groups --)
        fi
        \(lines)
        echo ready
        read -r _ <&3
        }
        supervise "$@" &
        wait
        """
    }

    /// `$1` is the folder, `$2` where the programs are, `$3` the configuration.
    private static let supervision = supervising(
        """
        end() {
            "${as[@]}" "$2/pg_ctl" -D "$1/data" -m immediate stop >/dev/null 2>&1
            rm -rf "$1"
        }
        trap 'end "$1" "$2"' EXIT
        "${as[@]}" "$2/initdb" -D "$1/data" -U hookline -A trust -E UTF8 --locale=C.UTF-8 --no-sync --no-instructions \\
            >log 2>&1 || { cat log >&2; exit 1; }
        printf '%s\\n' "unix_socket_directories = '$1'" "$3" >>data/postgresql.conf
        "${as[@]}" "$2/pg_ctl" -D "$1/data" -l "$1/data/log" -w -t 60 start >/dev/null || { cat data/log >&2; exit 1; }
        """
    )

    private init(_ folder: URL) throws {
        self.folder = folder
        admin = PostgresLane(to: try Self.address(folder, "postgres"))
    }

    private static func address(_ folder: URL, _ database: String) throws -> PostgresAddress {
        try PostgresAddress("postgres://hookline@/\(database)").with("host", folder.path)
    }

    /// The process that all others of the server are children of.
    package var postmaster: Int32? {
        let file = try? String(contentsOf: folder.appending(path: "data/postmaster.pid"), encoding: .utf8)
        return file?.split(separator: "\n").first.flatMap { Int32($0) }
    }

    /// The server's socket.
    package var socket: String { folder.appending(path: ".s.PGSQL.5432").path }

    /// The address of a database over a port of a proxy.
    package func address(of database: String, overPort port: Int) throws -> PostgresAddress {
        try PostgresAddress("postgres://hookline@127.0.0.1:\(port)/\(database)?sslmode=disable&gssencmode=disable")
    }

    /// The address of the database that every server has.
    package var address: PostgresAddress { get throws { try Self.address(folder, "postgres") } }

    /// Lends a new, empty database.
    ///
    /// - Parameter body: Gets its name and its address; all connections to it end afterwards.
    /// - Returns: What the closure returned.
    /// - Throws: What the closure throws, or why there is no database.
    package func withDatabase<Value>(_ body: (String, PostgresAddress) async throws -> Value) async throws -> Value {
        await places.take()
        let result: Result<Value, any Error>
        do { result = .success(try await withNewDatabase(body)) } catch { result = .failure(error) }
        await places.giveBack()
        return try result.get()
    }

    private func withNewDatabase<Value>(_ body: (String, PostgresAddress) async throws -> Value) async throws -> Value {
        let name = names.withLockedValue { count in
            count += 1
            return "test_\(count)"
        }
        try await run("CREATE DATABASE \(name)")
        let result: Result<Value, any Error>
        do { result = .success(try await body(name, Self.address(folder, name))) } catch { result = .failure(error) }
        try await run("DROP DATABASE \(name) WITH (FORCE)")
        return try result.get()
    }

    /// Runs a statement on a connection of its own kind, to the database that every server has.
    package func run(_ sql: String) async throws {
        try await admin.perform { session in
            _ = try session.rows(
                PostgresQuery(sql, prepared: false),
                by: ContinuousClock.now.advanced(by: .seconds(60))
            )
        }
    }
}

/// The end of a pipe that stays open while the process lives.
final class Lifeline {
    private let file: Int32

    init(at path: String) throws {
        // For reading too, so that the opening waits for nobody.
        guard mkfifo(path, 0o644) == 0 else { throw PostgresServer.Failure(description: "mkfifo: \(errno)") }
        file = open(path, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { throw PostgresServer.Failure(description: "open: \(errno)") }
    }

    deinit {
        close(file)
    }
}
