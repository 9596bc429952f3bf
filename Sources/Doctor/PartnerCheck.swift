// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import PartnerAPI
internal import PartnerClient
internal import Rules
internal import TemplateCatalogues

/// One account at the partner: whether its key works, and whether it has the templates that rules use.
struct PartnerCheck: Sendable {
    /// The account's name.
    let account: String
    /// What the partner answered when it was asked for templates.
    let answer: Result<TemplateCatalogue, PartnerClientError>
    /// The templates that rules use and the account cannot send.
    let alerts: [TemplateAlert]

    private var area: String { "account \(account)" }

    var findings: [DoctorReport.Finding] {
        switch answer {
        case .success(let catalogue):
            return [keyWorks(catalogue)]
                + alerts.map { .init(area, .wrong, "\($0.description); 'hookline templates' lists those it has") }
        case .failure(let error) where error.code == .unauthorized:
            return [
                .init(
                    area,
                    .wrong,
                    "the partner refuses the key: \(error.reason); set 'api_key' and 'api_secret' to a key of its workspace"
                )
            ]
        case .failure(let error):
            return [
                .init(area, .wrong, "the partner gave no templates: \(error.reason); check 'base_url' and the network")
            ]
        }
    }

    private func keyWorks(_ catalogue: TemplateCatalogue) -> DoctorReport.Finding {
        let approved = catalogue.templates.count { $0.status == .approved }
        let others = catalogue.templates.count - approved
        var sentence = "the key works; \(approved.counted("template is", "templates are")) approved"
        if others > 0 { sentence += ", \(others.counted("is", "are")) not" }
        if catalogue.unreadable > 0 { sentence += ", \(catalogue.unreadable) could not be read" }
        guard approved == 0 else { return .init(area, .fine, sentence) }
        return .init(area, .note, "\(sentence); have one approved in the partner's workspace")
    }
}

extension PartnerCheck {
    /// One check for each account, in the order of the configuration.
    static func all(
        _ answers: [(account: String, answer: Result<TemplateCatalogue, PartnerClientError>)],
        uses: [TemplateUse]
    ) -> [PartnerCheck] {
        let known = answers.compactMap { account, answer in (try? answer.get()).map { (account, $0) } }
        let catalogues = Dictionary(known) { first, _ in first }
        let alerts = TemplateAlert.find(uses, in: catalogues, standard: answers.first?.account ?? "")
        return answers.map { account, answer in
            PartnerCheck(account: account, answer: answer, alerts: alerts.filter { $0.account == account })
        }
    }
}
