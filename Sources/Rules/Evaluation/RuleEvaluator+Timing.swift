// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Liquid
import Messages
import PartnerAPI

// What a rule says about when and whether its messages leave, read from an event.

extension RuleEvaluator {
    /// What a message is about: `key`, and the value of `when_changed`.
    struct Subject: Sendable {
        var key: String?
        var change: Change?
    }

    /// Reads what the messages of an element are about.
    ///
    /// - Parameters:
    ///   - scope: What texts can name.
    ///   - number: Which element it is.
    /// - Returns: Nothing for rules that need no key; or why there is none.
    func subject(_ scope: LiquidScope, _ number: Int) -> Result<Subject, Refusal> {
        guard let key = rule.timing.key, rule.timing.cancelWhen != nil || rule.timing.whenChanged != nil else {
            return .success(Subject())
        }
        return Result { () throws(Refusal) in
            do throws(Refusal) {
                var subject = Subject(key: try self.key(key, of: "key", scope))
                subject.change = try change(of: subject.key, scope, number)
                return subject
            } catch {
                throw explained(error)
            }
        }
    }

    private func change(of key: String?, _ scope: LiquidScope, _ number: Int) throws(Refusal) -> Change? {
        guard let key, let expression = rule.timing.whenChanged else { return nil }
        let value = ParameterCleaning.clean(try expression.render(scope))
        return Change(rule: rule.name, key: key, value: value, time: statedTime, number: number)
    }

    /// What an event calls off that is the rule's `cancel_when`.
    ///
    /// - Parameters:
    ///   - scope: What texts can name before `let`.
    ///   - isOwn: Whether the rule makes messages of the event as well.
    /// - Returns: What it calls off; or why it has no key, as a payment that belongs to no order.
    func cancellation(_ scope: LiquidScope, isOwn: Bool) -> Result<Cancellation, Refusal> {
        guard let setting = rule.timing.cancelWhen else {
            preconditionFailure("an event was matched by the 'cancel_when' of '\(rule.name)', which has none")
        }
        return Result { () throws(Refusal) in
            // What `let` defines is for the rule's own events: not all of it may be found in this one.
            let scope = (try? binding(scope)) ?? scope
            let delay: Duration? =
                switch rule.timing.delay {
                case _ where rule.timing.digest != nil: rule.timing.digest?.every
                case nil: .zero
                case .span(let span)?: span
                case .computed?: nil
                }
            let key = try key(setting.key, of: "cancel_when.key", scope)
            let collects = rule.timing.digest != nil
            return Cancellation(rule: rule.name, key: key, delay: delay, isOwn: isOwn, collects: collects)
        }
    }

    func key(_ expression: Expression, of name: String, _ scope: LiquidScope) throws(Refusal) -> String {
        let key = ParameterCleaning.clean(try expression.render(scope))
        guard !key.isEmpty else { throw empty(expression, name) }
        return key
    }

    /// The refusal of an empty key, with the path that gave nothing.
    func empty(_ expression: Expression, _ name: String) -> Refusal {
        let path = expression.template.references.first?.path
        let source = path.map { ", from '\($0)'" } ?? ""
        return Refusal(.badKey, "the key of '\(name)' is empty\(source)", at: expression.location, path: path)
    }

    // MARK: When

    /// When a message may leave, as its rule says; a time that is past stays what it is.
    ///
    /// `nil` for at once.
    func dueAt(_ scope: LiquidScope) throws(Refusal) -> Timestamp? {
        switch rule.timing.delay {
        case nil: return nil
        case .span(let span)?: return context.now.advanced(by: span)
        case .computed(let expression)?:
            let text = ParameterCleaning.clean(try expression.render(scope))
            if let due = Self.instant(text, from: context.now) { return due }
            throw refusal(ofDelay: text, expression)
        }
    }

    private func refusal(ofDelay text: String, _ expression: Expression) -> Refusal {
        let path = expression.template.references.first?.path
        let source = path.map { " from '\($0)'" } ?? ""
        let (what, expected) = Self.mistake(inDelay: text)
        let reason = "'delay' gives \(Self.quoted(text))\(source), \(what); expected \(expected)"
        return Refusal(.badDelay, reason, at: expression.location, path: path)
    }

    /// What is wrong with a text that gives no time, and what would be right.
    private static func mistake(inDelay text: String) -> (what: String, expected: String) {
        let forms = "a span such as '2h', an RFC 3339 instant, or Unix seconds or milliseconds"
        if hasNoZone(text) { return ("a time without zone", "an offset such as +05:30, or Z") }
        if let time = Timestamp(rfc3339: text) ?? unixTime(text) {
            let isNumber = Timestamp(rfc3339: text) == nil
            let unit = isNumber ? " when it is read as Unix time" : ""
            let year = time.rfc3339.prefix { $0 != "T" }.dropLast(6)
            return ("which is in the year \(year)\(unit)", "a time from 2000 to 2099: \(forms)")
        }
        return (text.isEmpty ? "which is nothing" : "which is no time", forms)
    }

    /// A value of the payload as a reason may show it.
    private static func quoted(_ text: String) -> String {
        text.count <= 80 ? "'\(NumberHiding.hide(in: text))'" : "'\(NumberHiding.hide(in: String(text.prefix(80))))…'"
    }

    /// Whether a text is a day or a time that would be an instant, were its zone known.
    private static func hasNoZone(_ text: String) -> Bool {
        let text = text.replacing(" ", with: "T")
        return ["Z", ":00Z", "T00:00:00Z"].contains { Timestamp(rfc3339: text + $0) != nil }
    }

    /// The time that a text gives; `nil` for what is no time, and for a number that is one of another century.
    private static func instant(_ text: String, from now: Timestamp) -> Timestamp? {
        if let span = DurationText.parse(text) { return now.advanced(by: span) }
        guard let instant = Timestamp(rfc3339: text) ?? unixTime(text), Timestamp.century.contains(instant) else {
            return nil
        }
        return instant
    }

    /// Unix time in seconds or milliseconds.
    private static func unixTime(_ text: String) -> Timestamp? {
        guard let number = ExactDecimal(text)?.int else { return nil }
        // Eleven digits are the year 5138 in seconds; thirteen are milliseconds of our days.
        return number < 100_000_000_000
            ? Timestamp(seconds: Int64(number))
            : Timestamp(microseconds: Int64(number).multiplied(saturating: 1_000))
    }
}
