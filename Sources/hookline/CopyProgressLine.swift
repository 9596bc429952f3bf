// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StoreCopying
import Synchronization

/// Tells on standard error how far a copy is: on a terminal in one line that changes, else in a line now and then.
final class CopyProgressLine: Sendable {
    private struct State {
        var begin = ContinuousClock.now
        var phase: CopyReport.Phase?
        var last: ContinuousClock.Instant?
        var table = ""
    }

    private let state = Mutex(State())
    private let isTerminal = isatty(STDERR_FILENO) == 1

    /// Shows how far it is, unless that was just shown.
    func show(_ report: CopyReport) {
        let line = state.withLock { state -> String? in
            let now = ContinuousClock.now
            if state.phase != report.phase { state = State(begin: now, phase: report.phase) }
            let pause: Duration = isTerminal ? .milliseconds(200) : .seconds(5)
            let isOver = report.done >= report.total
            guard isOver || state.last.map({ $0.advanced(by: pause) <= now }) ?? true else { return nil }
            guard !isOver || isTerminal || state.table != report.table || state.last == nil else { return nil }
            (state.last, state.table) = (now, report.table)
            return Self.text(report, after: state.begin.duration(to: now))
        }
        guard let line else { return }
        if isTerminal { write("\r\u{1B}[2K\(line)") } else { write("\(line)\n") }
    }

    /// Ends the line.
    func end() {
        if isTerminal, state.withLock({ $0.last != nil }) { write("\n") }
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }

    static func text(_ report: CopyReport, after time: Duration) -> String {
        let verb = report.phase == .copying ? report.isResumed ? "copying on" : "copying" : "comparing"
        let now = report.done - report.known
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        let share = report.total > 0 ? min(100, report.done * 100 / report.total) : 100
        var text = "\(verb) \(report.table): \(report.rows) rows"
        text += "; \(report.done) of \(report.total) rows in all (\(share) %)"
        guard seconds >= 1, now > 0 else { return text }
        let rate = Double(now) / seconds
        text += ", \(Int(rate)) a second"
        let left = Double(max(0, report.total - report.done)) / rate
        if left >= 1 { text += ", about \(left < 120 ? "\(Int(left)) s" : "\(Int(left / 60)) min") left" }
        return text
    }
}
