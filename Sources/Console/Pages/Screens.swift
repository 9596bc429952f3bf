// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import EmbeddedFiles

/// All pages, and all templates: the table of the console.
///
/// A page is a file beside this one, a file in `Templates/` (`make embedded` lists it) and a line of `all`.
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

    /// Every template by its name, the pages' and the parts that pages share: the files in `Templates/` without `.mustache`.
    static let templates: [String: [UInt8]] = EmbeddedFiles.all(below: "Sources/Console/Templates/")
        .reduce(into: [:]) { all, file in all[String(file.key.dropLast(".mustache".count))] = file.value }
}
