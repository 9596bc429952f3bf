// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import ServiceConfiguration
internal import TLS

/// The certificates that the listeners show; that each fits its key was seen when the configuration was read.
struct CertificateCheck: Sendable {
    /// Whose it is, such as `listen`.
    let key: String
    let certificate: TLSCertificate
    let now: Timestamp

    /// The certificates of a configuration.
    ///
    /// - Parameters:
    ///   - settings: The configuration.
    ///   - now: The time.
    ///   - environment: Reads their files.
    /// - Returns: One for each listener that speaks TLS.
    static func all(
        _ settings: Settings,
        now: Timestamp,
        _ environment: SettingsEnvironment
    ) -> [CertificateCheck] {
        [("tls", settings.tls), ("admin.tls", settings.adminTLS)].compactMap { key, files in
            guard let files, let bytes = environment.readFile(files.certificate),
                let certificate = try? TLSCertificate(pem: bytes)
            else { return nil }
            return CertificateCheck(key: key, certificate: certificate, now: now)
        }
    }

    var findings: [DoctorReport.Finding] {
        if let doubt = certificate.doubt(at: now) { return [finding(.wrong, "\(names): \(doubt); renew it")] }
        let rest = now.duration(to: certificate.ends)
        let until = "until \(certificate.ends.rfc3339)"
        let first =
            rest < soon
            ? finding(
                .wrong,
                "\(names) \(until), in \(DurationText.write(.seconds(rest.components.seconds))); renew it"
            )
            : finding(.fine, "\(names) \(until)")
        return [first] + [trust].compactMap(\.self)
    }

    /// Whoever renews certificates does so well before that, and those of six days at half of their life: then somebody
    /// should ask why it was not done.
    private var soon: Duration { min(.seconds(14 * 86_400), certificate.begins.duration(to: certificate.ends) / 3) }

    private var names: String { "\(key) is for \(certificate.names.joined(separator: ", "))" }

    /// What keeps senders from trusting it that do not know it.
    private var trust: DoctorReport.Finding? {
        if certificate.isSelfSigned {
            return finding(.note, "\(key) vouches for itself: senders that check certificates refuse it")
        }
        guard certificate.followers == 0 else { return nil }
        return finding(
            .note,
            "the file of \(key) holds one certificate alone; most senders need the ones between it and its authority behind it"
        )
    }

    private func finding(_ verdict: DoctorReport.Verdict, _ sentence: String) -> DoctorReport.Finding {
        .init("certificate", verdict, sentence)
    }
}
