// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A connection that is made anew where it has to be; for one thread.
///
/// Each host of the address has a deadline of its own, so that one that swallows everything takes no time from the others,
/// and the one that answered last is asked first.
package struct PostgresConnector {
    private var options: PostgresSession.Options
    private var hosts: [PostgresAddress]
    private var current: PostgresSession?
    private var failure: (error: PostgresError, until: ContinuousClock.Instant)?
    /// How long the server is left alone after it could not be reached.
    private static let pause: Duration = .milliseconds(200)

    /// Connects nowhere yet.
    ///
    /// - Parameters:
    ///   - address: Where to connect to; several hosts are tried in their order.
    ///   - options: How.
    package init(to address: PostgresAddress, _ options: PostgresSession.Options) {
        hosts = address.eachHost
        self.options = options
    }

    /// A connection that stands, as far as this side can know.
    ///
    /// - Returns: The last one, or a new one; or why there is none.
    package mutating func session() -> Result<PostgresSession, PostgresError> {
        if let current, current.stands() { return .success(current) }
        // A pooler gave us another server connection in the middle, which knows none of our statements, or others' of that name.
        if current?.losesPreparations == true { options.prepares = false }
        current = nil
        if let failure, failure.until > .now { return .failure(failure.error) }
        do throws(PostgresError) {
            let session = try connect()
            (current, failure) = (session, nil)
            return .success(session)
        } catch {
            failure = (error, ContinuousClock.now.advanced(by: Self.pause))
            return .failure(error)
        }
    }

    private mutating func connect() throws(PostgresError) -> PostgresSession {
        var errors: [PostgresError] = []
        for (index, host) in hosts.enumerated() {
            do throws(PostgresError) {
                let session = try PostgresSession(to: host, options)
                hosts.swapAt(0, index)
                return session
            } catch {
                errors.append(error)
            }
        }
        guard errors.count > 1, let last = errors.last else {
            throw errors.last ?? PostgresError(.address, "the address of the database names no host")
        }
        throw PostgresError(last.kind, errors.map(\.reason).joined(separator: "; "), sqlState: last.sqlState)
    }

    /// Ends the connection.
    package mutating func end() {
        current = nil
    }
}
