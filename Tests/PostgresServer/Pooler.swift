// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
package import PostgresConnection
import TestSupport

/// A PgBouncer of a test's own before a PostgreSQL of the tests, on a socket in a temporary folder.
///
/// It pools by transaction: each transaction gets whichever server connection is free, and what a session keeps on the server
/// (prepared statements, LISTEN) is another one's after that. It ends as the server does, whatever becomes of the test.
package enum Pooler {
    /// Runs one for the time of a closure.
    ///
    /// - Parameters:
    ///   - server: Where its connections go.
    ///   - database: Which database.
    ///   - size: So many connections at most it keeps to that.
    ///   - body: Gets the address to connect to.
    /// - Returns: What the closure returned.
    /// - Throws: What the closure throws, or why there is no pooler.
    package static func run<Value: Sendable>(
        before server: PostgresServer,
        _ database: String,
        size: Int = 4,
        _ body: @Sendable (PostgresAddress) async throws -> Value
    ) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hl-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let settings = """
            [databases]
            \(database) = host=\(server.folder.path) port=5432 dbname=\(database) user=hookline
            [pgbouncer]
            listen_addr =
            listen_port = 6432
            unix_socket_dir = \(folder.path)
            auth_type = any
            pool_mode = transaction
            default_pool_size = \(size)
            max_client_conn = 200
            """
        try settings.write(to: folder.appending(path: "pooler.ini"), atomically: true, encoding: .utf8)
        var lifeline: Lifeline? = try Lifeline(at: folder.appending(path: "alive").path)
        let shell = Program("/bin/bash", ["-c", supervision, "pgbouncer", folder.path])
        return try await shell.running { program in
            guard await program.line(after: "ready") != nil else {
                throw PostgresServer.Failure(description: "PgBouncer did not start; `make setup-test` installs it")
            }
            let address = try PostgresAddress("postgres://hookline@/\(database)")
                .with("host", folder.path).with("port", "6432")
            let result: Result<Value, any Error>
            do { result = .success(try await body(address)) } catch { result = .failure(error) }
            withExtendedLifetime(lifeline) {}
            lifeline = nil
            await program.untilEnded()
            return try result.get()
        }.value
    }

    /// `$1` is the folder.
    private static let supervision = PostgresServer.supervising(
        """
        "${as[@]}" /usr/sbin/pgbouncer pooler.ini >log 2>&1 3<&- &
        pooler=$!
        trap 'kill -KILL $pooler 2>/dev/null; wait $pooler 2>/dev/null; rm -rf "$1"' EXIT
        for _ in $(seq 600); do [ -S .s.PGSQL.6432 ] && break; kill -0 $pooler 2>/dev/null || break; sleep 0.1; done
        [ -S .s.PGSQL.6432 ] || { cat log >&2; exit 1; }
        """
    )
}
