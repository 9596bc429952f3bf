// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// All pages, and all templates: the table of the console.
///
/// A page is a file beside this one, a file in `Templates/`, and a line in each of these.
enum Screens {
    /// Every page; of several whose path fits, the one with more fixed parts counts.
    static let all: [Screen] = [
        overview, resumeAccount, search, live,
        messages, newMessages, nextMessages, message, decision,
        events, refused, event, payloadFile, eventRule, eventRuleFile, replay, lookUpAgain,
        rules, rule, backtest, playground, templateList, templatePage, sources, source,
        consent, optOut, optIn,
        jobs, newJob, job, jobChange,
        access, keys, newToken, revokeToken, newKey, revokeKey, audit,
    ]

    /// Every template by its name: the pages', then the parts that pages share.
    static let templates: [String: [UInt8]] = [
        "overview": PackageResources.overview_mustache,
        "messages": PackageResources.messages_mustache, "next": PackageResources.next_mustache,
        "message": PackageResources.message_mustache,
        "decision": PackageResources.decision_mustache, "ask": PackageResources.ask_mustache,
        "events": PackageResources.events_mustache, "refused": PackageResources.refused_mustache,
        "event": PackageResources.event_mustache, "event-rule": PackageResources.event_rule_mustache,
        "replay": PackageResources.replay_mustache,
        "rules": PackageResources.rules_mustache, "rule": PackageResources.rule_mustache,
        "backtest": PackageResources.backtest_mustache, "access": PackageResources.access_mustache,
        "keys": PackageResources.keys_mustache, "key-rows": PackageResources.key_rows_mustache,
        "secret": PackageResources.secret_mustache,
        "rule-text": PackageResources.rule_text_mustache,
        "playground": PackageResources.playground_mustache,
        "templates": PackageResources.templates_mustache, "template": PackageResources.template_mustache,
        "sources": PackageResources.sources_mustache, "source": PackageResources.source_mustache,
        "consent": PackageResources.consent_mustache,
        "jobs": PackageResources.jobs_mustache, "new-job": PackageResources.new_job_mustache,
        "job": PackageResources.job_mustache,
        "audit": PackageResources.audit_mustache,
        "login": PackageResources.login_mustache, "arrival": PackageResources.arrival_mustache,
        "trouble": PackageResources.trouble_mustache,
        "layout": PackageResources.layout_mustache, "icons": PackageResources.icons_mustache,
        "time": PackageResources.time_mustache, "words": PackageResources.words_mustache,
        "state": PackageResources.state_mustache,
        "pager": PackageResources.pager_mustache, "chips": PackageResources.chips_mustache,
        "message-rows": PackageResources.message_rows_mustache, "message-row": PackageResources.message_row_mustache,
        "entry": PackageResources.entry_mustache,
        "bubble": PackageResources.bubble_mustache,
    ]
}
