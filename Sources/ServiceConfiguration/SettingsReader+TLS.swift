// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
internal import TLS

/// A listener's `tls` as it stands in the configuration.
struct TLSDraft: Sendable {
    var certificate: YAMLNode?
    var key: YAMLNode?
}

extension SettingsReader {
    /// A listener's certificate and key, read once to see that they can be served; what is wrong is reported.
    mutating func tls(_ node: YAMLNode?) -> TLSFiles? {
        guard let node, !node.isBroken else { return nil }
        var draft = TLSDraft()
        SettingsSpecification.tls.read(node, &self, &draft)
        guard let certificate = draft.certificate, let key = draft.key, let certificatePath = file(certificate),
            let keyPath = file(key)
        else { return nil }
        let files = TLSFiles(certificate: certificatePath, key: keyPath)
        guard needsSecrets else { return files }
        if !keyFiles.contains(keyPath) { keyFiles.append(keyPath) }
        do throws(TLSError) {
            _ = try files.identity(environment.readFile)
        } catch {
            let place = error.part == .certificate ? certificate : key
            add(.invalidValue, at: place.location, "'\(files.name(of: error.part))': \(error)")
        }
        return files
    }

    /// A path as it stands, or one to a credential of systemd's.
    private func file(_ node: YAMLNode) -> String? {
        node.text.map { secretFile($0) ?? beside($0) }
    }
}

extension SettingsSpecification {
    static let tls = Specification<TLSDraft>(
        "tls",
        "TLS in the listener itself; plain HTTP if left out.",
        [
            Setting(
                "certificate",
                required: true,
                "The certificate and those that lead from it to one that clients know, as a PEM file."
            ) { node, _, tls in tls.certificate = node },
            Setting("key", required: true, "Its key, as a PEM file without passphrase; a path or credential:….") {
                node,
                _,
                tls in
                tls.key = node
            },
        ]
    )
}
