// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CurlTransport
internal import Foundation
internal import HTTPValues
internal import TLS

/// How a command reaches a listener of the service that runs with the same configuration.
///
/// Over TLS it asks for no name and no authority, since it asks an address of its own machine and may be the first to learn
/// that a certificate has ended: it takes the key of the certificate that the configuration names, and no other.
package struct OwnListener: Sendable {
    /// Scheme, host and port, such as `http://127.0.0.1:8081`.
    package let base: String
    /// How it is connected to.
    package let options: TransportOptions

    init(_ address: ListenAddress, _ tls: TLSFiles?, takesProxyHeader: Bool = false) {
        let host = address.host == "0.0.0.0" ? "127.0.0.1" : address.host
        base = "\(tls == nil ? "http" : "https")://\(ListenAddress(host: host, port: address.port))"
        var options = TransportOptions()
        if let tls {
            let certificate = FileManager.default.contents(atPath: tls.certificate).map { Array($0) } ?? []
            options.pinnedKey = (try? TLSCertificate(pem: certificate))?.keyPin
        }
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
    package var outer: OwnListener { OwnListener(listen, tls, takesProxyHeader: takesProxyHeader) }

    /// The inner listener.
    package var inner: OwnListener { OwnListener(adminListen, adminTLS) }
}
