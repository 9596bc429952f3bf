// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import TestSupport

/// Random patterns and events over few names and values, so that they meet often.
struct RandomPatterns {
    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func pattern(depth: Int = 3, isInOr: Bool = false) -> JSON {
        var members: [(String, JSON)] = []
        for name in names.shuffled(using: &random).prefix(Int.random(in: 1...2, using: &random)) {
            members.append((name, field(depth: depth, isInOr: isInOr)))
        }
        if depth > 1, chance(5) {
            let branches = (0..<Int.random(in: 2...3, using: &random)).map { _ in
                pattern(depth: depth - 1, isInOr: true)
            }
            members.append(("$or", .array(branches)))
        }
        return object(members)
    }

    mutating func event(depth: Int = 4) -> JSON {
        object(names.filter { _ in !chance(4) }.map { ($0, value(depth: depth)) })
    }

    private let names = ["a", "b", "c"]
    private let texts = ["x", "X", "xy", "yx", "5", "05.0", "10.0.0.7", "::1", "", "äß", "ÄSS"]
    private let numbers = ["0", "1", "1.0", "5", "5e0", "-3", "12345678901234567890", "0.1"]

    private mutating func field(depth: Int, isInOr: Bool) -> JSON {
        if depth > 1, !chance(3) { return pattern(depth: depth - 1, isInOr: isInOr) }
        return .array((0..<Int.random(in: 1...2, using: &random)).map { _ in alternative() })
    }

    private mutating func value(depth: Int) -> JSON {
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1: depth > 1 ? event(depth: depth - 1) : scalar()
        case 2, 3:
            depth > 1
                ? .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth: depth - 1) }) : scalar()
        default: scalar()
        }
    }

    private mutating func scalar() -> JSON {
        switch Int.random(in: 0..<7, using: &random) {
        case 0: .null
        case 1: .bool(chance(2))
        case 2, 3: number()
        default: text()
        }
    }

    private mutating func alternative() -> JSON {
        switch Int.random(in: 0..<16, using: &random) {
        case 0: ["prefix": text()]
        case 1: ["suffix": text()]
        case 2: ["equals-ignore-case": text()]
        case 3: ["prefix": ["equals-ignore-case": text()]]
        case 4: ["suffix": ["equals-ignore-case": text()]]
        case 5:
            [
                "wildcard": .string(
                    ["x*", "*", "*x", "x*x", "*y*", "x", "*xy*", "*0.0*.7"].randomElement(using: &random) ?? ""
                )
            ]
        case 6: ["anything-but": chance(2) ? text() : .array([number(), number()])]
        case 7: ["anything-but": ["wildcard": "*x*"]]
        case 8: ["numeric": [">", number(from: ["0", "1"]), "<=", number(from: ["5", "12345678901234567890"])]]
        case 9: ["numeric": [.string(["<", "<=", ">", ">=", "="].randomElement(using: &random) ?? ""), number()]]
        case 10: object([(["gt", "gte", "lt", "lte", "eq"].randomElement(using: &random) ?? "", number())])
        case 11: ["exists": .bool(chance(3))]
        case 12: ["cidr": .string(["10.0.0.0/8", "0.0.0.0/0", "::/127"].randomElement(using: &random) ?? "")]
        default: scalar()
        }
    }

    private mutating func text() -> JSON { .string(texts.randomElement(using: &random) ?? "") }

    private mutating func number() -> JSON { number(from: numbers) }

    private mutating func number(from texts: [String]) -> JSON {
        .number(JSONNumber(texts.randomElement(using: &random) ?? "") ?? JSONNumber(0))
    }

    private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

    private func object(_ members: [(String, JSON)]) -> JSON {
        let text = members.map { "\(JSON.string($0).text()):\($1.text())" }.joined(separator: ",")
        return (try? JSON(parsing: "{\(text)}")) ?? .null
    }
}
