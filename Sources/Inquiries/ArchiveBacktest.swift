// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import Messages
internal import OrderedCollections
package import Outbox
package import PartnerAPI
internal import Presentation
package import Rehearsal
package import Replays
package import Rules
package import ServiceConfiguration

/// `hookline rules backtest`: the events that are kept against the rules as they are now.
package enum ArchiveBacktest {
    /// What is compared with what.
    package struct Question: Sendable {
        /// The rules as they are now.
        package var rules: RuleSet
        /// The rules to compare with; `nil` to compare with the messages that are kept.
        package var against: RuleSet?
        /// The templates that rules are held against; `nil` takes them on trust.
        package var catalogue: TemplateCatalogue?
        /// What is told of.
        package var scope: Backtest.Scope
        /// The most differences to list.
        package var limit: Int

        package init(
            rules: RuleSet,
            against: RuleSet? = nil,
            catalogue: TemplateCatalogue? = nil,
            scope: Backtest.Scope = Backtest.Scope(),
            limit: Int = .max
        ) {
            self.rules = rules
            self.against = against
            self.catalogue = catalogue
            self.scope = scope
            self.limit = limit
        }
    }

    private static let page = 500

    /// Rehearses everything that was accepted up to now, and sends nothing.
    ///
    /// - Parameters:
    ///   - question: What is compared with what.
    ///   - store: Where the events are.
    ///   - settings: The configuration, for its sources and accounts.
    /// - Returns: What was found.
    /// - Throws: `StoreError` when the store cannot be read.
    package static func run(
        _ question: Question,
        over store: any ReadingStore,
        _ settings: Settings
    ) async throws(StoreError) -> BacktestAnswer {
        var run = Run(question, settings)
        var cursor: PageCursor?
        repeat {
            let page = try await store.archive(after: cursor, limit: page)
            for archived in page.elements { run.take(archived) }
            cursor = page.next
        } while cursor != nil
        return run.answer()
    }

    /// Rehearses the events of a file, and sends nothing.
    ///
    /// They have no messages: without other rules to compare with, all that would leave is added.
    ///
    /// - Parameters:
    ///   - question: What is compared with what.
    ///   - lines: The events, in the order in which they came.
    ///   - settings: The configuration, for its sources and accounts.
    /// - Returns: What was found.
    /// - Throws: ``EventLines/Mistake`` when a line is no event.
    package static func run(
        _ question: Question,
        over lines: consuming EventLines,
        _ settings: Settings
    ) throws(EventLines.Mistake) -> BacktestAnswer {
        var run = Run(question, settings)
        while let archived = try lines.next() { run.take(archived) }
        return run.answer()
    }

    /// A backtest that is on its way.
    struct Run {
        private var decoder: ArchiveDecoder
        private var backtest: Backtest
        private var archive = BacktestAnswer.Archive()

        init(_ question: Question, _ settings: Settings) {
            decoder = ArchiveDecoder(settings, catalogue: question.catalogue)
            backtest = Backtest(
                question.rules,
                against: question.against,
                accounts: settings.accounts.map(\.name),
                scope: question.scope,
                limit: question.limit
            )
        }

        mutating func take(_ archived: ArchivedEvent) {
            archive.note(archived.event.receivedAt)
            do throws(ArchiveDecoder.Omission) {
                backtest.take(try decoder.decode(archived))
            } catch {
                archive.omitted[error, default: 0] += 1
            }
        }

        consuming func answer() -> BacktestAnswer {
            BacktestAnswer(archive: archive, report: backtest.report())
        }
    }
}

/// The answer of `hookline rules backtest`.
package struct BacktestAnswer: Sendable {
    /// What there was to rehearse.
    package struct Archive: Hashable, Sendable {
        /// How many events are kept.
        package private(set) var events = 0
        /// When the first of them came.
        package private(set) var first: Timestamp?
        /// When the last of them came.
        package private(set) var last: Timestamp?
        /// How many were not rehearsed, by reason.
        package var omitted: [ArchiveDecoder.Omission: Int] = [:]

        package init() {}

        /// Counts an event.
        mutating func note(_ receivedAt: Timestamp) {
            events += 1
            first = first.map { min($0, receivedAt) } ?? receivedAt
            last = last.map { max($0, receivedAt) } ?? receivedAt
        }

        /// How many events were rehearsed.
        package var rehearsed: Int { events - omitted.values.reduce(0, +) }

        fileprivate var reasons: [(reason: ArchiveDecoder.Omission, count: Int)] {
            ArchiveDecoder.Omission.allCases.compactMap { reason in omitted[reason].map { (reason, $0) } }
        }
    }

    /// What there was to rehearse.
    package let archive: Archive
    /// What was found.
    package let report: BacktestReport

    /// The answer as data.
    package var json: JSON {
        let omitted = archive.reasons.map { ($0.reason.rawValue, JSON.number(JSONNumber($0.count))) }
        let events: JSON = [
            "kept": .number(JSONNumber(archive.events)), "rehearsed": .number(JSONNumber(archive.rehearsed)),
            "first": archive.first.map { .string($0.rfc3339) } ?? .null,
            "last": archive.last.map { .string($0.rfc3339) } ?? .null,
            "omitted": .object(.init(uniqueKeysWithValues: omitted)),
        ]
        return JSON.object(["events": events]).adding(report.json)
    }

    /// The answer for people: the events, a line a rule, then each difference.
    package var text: String {
        var text = "\(archive.rehearsed) of \(archive.events.counted("event")) rehearsed\(span)\n"
        for (reason, count) in archive.reasons { text += "left out: \(reason.sentence(count))\n" }
        let kinds = BacktestReport.Kind.allCases
        if !report.rules.isEmpty {
            let rows = report.rules.map { row in
                [row.rule] + kinds.map { String(row.counts[$0]) } + [row.note ?? ""]
            }
            text +=
                "\n" + TextTable.render(titles: ["RULE"] + kinds.map { $0.rawValue.uppercased() } + [""], rows: rows)
        }
        for difference in report.differences { text += "\n" + Self.text(difference) }
        if report.omitted > 0 { text += "\nand \(report.omitted.counted("more difference"))\n" }
        return text + "\n" + verdict
    }

    private var span: String {
        guard let first = archive.first, let last = archive.last else { return "" }
        return ", from \(first.rfc3339) to \(last.rfc3339)"
    }

    private var verdict: String {
        if report.isEmpty { return "no difference: \(report.counts[.same].counted("message")) as before\n" }
        let kinds: [BacktestReport.Kind] = [.added, .removed, .changed, .moved]
        return kinds.map { "\(report.counts[$0]) \($0.rawValue)" }.joined(separator: ", ")
            + ", \(report.counts[.same]) as before\n"
    }

    private static func text(_ difference: BacktestReport.Difference) -> String {
        let kinds = difference.kinds.map(\.rawValue).joined(separator: ", ")
        let type = difference.type.isEmpty ? "-" : difference.type
        var lines = [
            "\(kinds): \(difference.rule) to \(difference.recipient)",
            "  event \(difference.event) (\(difference.source), \(type)) of \(difference.receivedAt.rfc3339)",
        ]
        if let why = difference.why { lines.append("  why   \(why)") }
        if let before = difference.before, let after = difference.after, difference.kinds.contains(.moved) {
            lines.append("  time  \(before.words) → \(after.words)")
        }
        for change in difference.changes {
            lines.append("  \(change.field)")
            lines.append("    - \(change.before?.debugDescription ?? "nothing")")
            lines.append("    + \(change.after?.debugDescription ?? "nothing")")
        }
        return lines.map { VisibleText.line($0) + "\n" }.joined()
    }
}
