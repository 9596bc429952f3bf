// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CurlTransport
internal import HTTPValues

/// How a command reaches a listener of the service that runs with the same configuration.
///
/// Over TLS it takes every certificate, as it asks nobody who they are where the listener speaks plain HTTP: it asks an address
/// of its own machine, by no name, may be the first to learn that a certificate has ended, and the one that is shown
/// need not be the one in the files. No token goes there.
package struct OwnListener: Sendable {
    /// Scheme, host and port, such as `http://127.0.0.1:8081`.
    package let base: String
    /// How it is connected to.
    package let options: TransportOptions

    init(_ address: ListenAddress, speaksTLS: Bool, takesProxyHeader: Bool = false) {
        let host = address.host == "0.0.0.0" ? "127.0.0.1" : address.host
        base = "\(speaksTLS ? "https" : "http")://\(ListenAddress(host: host, port: address.port))"
        var options = TransportOptions()
        options.verifiesServer = !speaksTLS
        options.sendsProxyHeader = takesProxyHeader
        self.options = options
    }
}

extension Settings {
    /// Whether the listener for senders is spoken to by `https` or by `http`.
    package var scheme: String { tls == nil ? "http" : "https" }

    /// The same of the inner listener.
    package var innerScheme: String { adminTLS == nil ? "http" : "https" }

    /// The listener for senders.
    package var outer: OwnListener { OwnListener(listen, speaksTLS: tls != nil, takesProxyHeader: takesProxyHeader) }

    /// The inner listener.
    package var inner: OwnListener { OwnListener(adminListen, speaksTLS: adminTLS != nil) }
}
