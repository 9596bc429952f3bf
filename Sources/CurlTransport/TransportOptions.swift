// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// How the transport connects; one set for all its requests.
package struct TransportOptions: Hashable, Sendable {
    /// The most time for name, connection and TLS together.
    package var connectTimeout: Duration = .seconds(10)
    /// The most connections to one host.
    package var maxConnectionsPerHost = 32
    /// The most connections in all; further transfers wait, and their time-out runs.
    package var maxConnections = 128
    /// How long an idle connection may be used again.
    ///
    /// A server that closes it while a request is under way leaves us uncertain, so we stay below the shortest
    /// common limit: Node.js closes after 5 seconds.
    package var maxIdle: Duration = .seconds(4)
    /// Certificates to trust instead of the system's, as a PEM file; for tests and private authorities.
    package var certificateAuthorities: String?
    /// Whether a server has to prove that it is the one of its name; `false` only for a listener of our own on this machine.
    package var verifiesServer = true
    /// Whether a connection begins with a header of the PROXY protocol, as one that a proxy makes.
    package var sendsProxyHeader = false
    /// Offers HTTP/2 in TLS.
    ///
    /// HTTP/1.1 is the default: keep-alive is cheaper for small answers, and libcurl 7.88
    /// is at fault with HTTP/2 on reused connections.
    package var offersHTTP2 = false
    /// The address of a proxy; `nil` for none.
    ///
    /// `http_proxy` and its kin in the environment are never read.
    package var proxy: String?
    /// Addresses that count as those of the open Internet where a request refuses private ones; for tests.
    package var openAddresses: Set<IPAddress> = []
    /// The `User-Agent`.
    package var userAgent = "Hookline"

    /// The defaults.
    package init() {}
}
