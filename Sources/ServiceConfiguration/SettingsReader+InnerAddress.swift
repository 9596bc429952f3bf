// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CheckedYAML
package import HTTPValues

// A health check asks every few seconds, where the partner's secrets may not be readable, and of a service that runs whatever
// was written into the file since it started: it needs two keys of it.
extension SettingsReader {
    /// Reads where the inner listener is and whether it speaks TLS, and nothing else: no secret, no other key.
    ///
    /// - Returns: The address, that of a service without `admin.listen` where it is left out; `nil` when the file is no YAML or the
    ///   address none, with what was found. And how to connect to it.
    package mutating func readInnerAddress() -> (
        address: ListenAddress?, listener: OwnListener?, diagnostics: [Diagnostic]
    ) {
        guard let root = readTree() else { return (nil, nil, diagnostics) }
        let listen = root["admin"]?["listen"].map { resolve($0) }
        var checker = ShapeChecker()
        if let listen { checker.check(listen, SettingsSpecification.innerAddress.field.shape) }
        diagnostics += checker.diagnostics
        var settings = Settings()
        SettingsSpecification.innerAddress.read(listen, &self, &settings)
        guard diagnostics.isEmpty else { return (nil, nil, diagnostics) }
        let speaksTLS = root["admin"]?["tls"]?["certificate"] != nil
        return (settings.adminListen, OwnListener(settings.adminListen, speaksTLS: speaksTLS), diagnostics)
    }
}
