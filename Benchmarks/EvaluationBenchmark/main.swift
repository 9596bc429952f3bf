// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

// What it costs to make an event's messages, as multiples of parsing the same event's JSON: the first message, each
// further one, and their parts; then what must not grow with everything: conditions inside one list, `limit` and
// `truncate` over a large body, rules without a selective value. Times are for information, ratios are to be compared.

import EventPatterns
import Events
import Foundation
import HTTPValues
import Liquid
import PartnerAPI
import PhoneNumbers
import Rules

/// Microseconds of processor time that a call takes: the best of several passes, which a neighbour's load hardly changes.
func cost(_ body: () throws -> Int) rethrows -> Double {
    var sum = 0
    var count = 1
    var best = Double.infinity
    var passes = 0
    while passes < 7 {
        let start = clock()
        for _ in 0..<count { sum &+= try body() }
        let taken = Double(clock() - start) * 1_000_000 / Double(CLOCKS_PER_SEC)
        if taken < 20_000 {
            count *= 2
            continue
        }
        best = min(best, taken / Double(count))
        passes += 1
    }
    precondition(sum != .min, "the results are used, so that nothing is optimized away")
    return best
}

func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

func row(_ name: String, _ value: Double, of base: Double, _ unit: String) {
    print(padded("  " + name, 46), String(format: "%9.2f µs %9.2f × %@", value, value / base, unit))
}

let context = EvaluationContext(now: EvaluationWorkload.now)
let bytes = EvaluationWorkload.order()
let event = try EvaluationWorkload.event(bytes)
let scope = LiquidScope(root: event.payload.root, now: EvaluationWorkload.now)

func rendering(_ template: String) throws -> Double {
    let template = try LiquidTemplate(template)
    return try cost { try template.render(scope).utf8.count }
}

func evaluation(_ rules: RuleSet) -> Double {
    cost { rules.evaluate(event, in: context).outcomes.count }
}

print("One event of \(bytes.count) bytes; times in microseconds of processor time, and in parses of the same event.")
let parse = try cost { try JSONDocument(bytes).root.count }
row("parse", parse, of: parse, "parse")
let none = evaluation(try EvaluationWorkload.rules([EvaluationWorkload.idle]))
row("a rule that does not match", none, of: parse, "parse")
let one = try EvaluationWorkload.rules([EvaluationWorkload.typical(0)])
let ten = try EvaluationWorkload.rules((0..<10).map(EvaluationWorkload.typical))
guard ten.evaluate(event, in: context).messages.count == 10 else { throw BenchmarkMistake(text: "ten rules match") }
let first = evaluation(one)
row("the first message", first, of: parse, "parse")
row("each further message", (evaluation(ten) - first) / 9, of: parse, "parse")

print("A request as the intake has it from a connection, to its answer, over a store that keeps nothing:")
let posted = try RequestWorkload(one)
func answering(_ request: InboundRequest, of workload: RequestWorkload, with status: Int) throws -> Double {
    guard workload.post(request) == status else { throw BenchmarkMistake(text: "the answer is not \(status)") }
    return cost { workload.post(request) }
}
row("one message", try answering(posted.signed, of: posted, with: 200), of: parse, "parse")
let unmatched = try RequestWorkload(one, type: "order.other")
row("no rule matches", try answering(unmatched.signed, of: unmatched, with: 200), of: parse, "parse")
row("a bad signature", try answering(posted.forged, of: posted, with: 401), of: parse, "parse")
row("an unknown path", try answering(posted.lost, of: posted, with: 404), of: parse, "parse")

print("Their parts:")
let phone = try cost { try PhoneNumber("+91 98450 61237", country: "IN").digits.utf8.count }
row("international phone number", phone, of: parse, "parse")
let national = try cost { try PhoneNumber("098450 61237", country: "IN").digits.utf8.count }
row("national phone number", national, of: parse, "parse")
row("money", try rendering("{{ total_price | money: currency }}"), of: parse, "parse")
row("date", try rendering("{{ created_at | date: '%d %b, %H:%M', 'Asia/Kolkata' }}"), of: parse, "parse")
row("a field", try rendering("{{ customer.first_name }}"), of: parse, "parse")
row("a field with a default", try rendering("{{ customer.first_name | default: 'there' }}"), of: parse, "parse")
let value = "Please leave the parcel at the door"
row("cleaning a parameter", cost { ParameterCleaning.clean(value).utf8.count }, of: parse, "parse")

print("Conditions that must hold in one element of a list (50 elements), by rules and conditions:")
let list = try JSONDocument(EvaluationWorkload.order(lines: 50))
let listParse = try cost { try JSONDocument(EvaluationWorkload.order(lines: 50)).root.count }
for (rules, conditions) in [(1, 4), (100, 4), (1_000, 4), (100, 6)] {
    let patterns = try (0..<rules).map { number in
        try EventPattern(payload: JSON(parsing: EvaluationWorkload.inOneElement(number, conditions: conditions)))
    }
    let index = PatternIndex(patterns)
    let took = cost { index.matches(list).count }
    row("\(rules) rules of \(conditions) conditions", took, of: listParse, "parse")
}

print("A list at the end of a large body, beside the same of 9 lines:")
for template in [
    "{% for l in line_items limit: 3 %}{{ l.title }} {% endfor %}",
    "{{ line_items | map: 'title' | join: ', ' | truncate: 60 }}",
] {
    let small = try rendering(template)
    let large = try JSONDocument(EvaluationWorkload.order(lines: 2_500))
    let compiled = try LiquidTemplate(template)
    let wide = LiquidScope(root: large.root, now: EvaluationWorkload.now)
    let took = try cost { try compiled.render(wide).utf8.count }
    row(String(template.prefix(40)), took, of: small, "9 lines (\(large.bytes.count / 1_000) kB)")
}

print("Rules of which none has a selective value (a shared equality and ranges, prefixes, anything-but):")
var ofTen = 0.0
for count in [10, 100, 1_000, 10_000] {
    let patterns = try (0..<count).map { try EventPattern(payload: JSON(parsing: EvaluationWorkload.unselective($0))) }
    let index = PatternIndex(patterns)
    let took = try cost { index.matches(try JSONDocument(bytes)).count }
    if count == 10 { ofTen = took }
    print(
        padded("  \(count) rules", 46),
        String(format: "%9.0f events/s, %.3f of the rate with 10", 1_000_000 / took, ofTen / took)
    )
}
