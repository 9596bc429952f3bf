// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Testing

/// Number 22 in those sequences: the parts of an order are told in digests, of which every kill may meet one that is open, is
/// being built, or is leaving.
extension CrashSequenceTests {
    /// A part of an order.
    struct Part: Hashable {
        let order: Int
        let number: Int
    }

    /// The parts that have to be told; the second one may have left before it was dropped, or be told by nobody.
    static var wantedParts: Set<Part> {
        let all = (0..<orders) + [lastOrder]
        return Set(
            all.flatMap { order in
                (order.isMultiple(of: 3) ? [1, 3] : [1, 2, 3]).map { Part(order: order, number: $0) }
            }
        )
    }

    /// The parts that texts tell.
    static func parts(in texts: some Sequence<String>) -> Set<Part> { Set(texts.flatMap(parts)) }

    private static func parts(of text: String) -> [Part] {
        let words = text.split(separator: " ")
        guard words.first == "parts", let order = words.dropFirst().first.flatMap({ Int($0) }) else { return [] }
        return words.dropFirst(2).compactMap { Int($0) }.map { Part(order: order, number: $0) }
    }

    /// Each part is in one digest, nothing of it was lost, and none left with what was dropped before.
    static func checkParts(_ stored: [Stored], _ answers: [Int: Answers]) {
        let digests = stored.filter { $0.rule == "parts" }
        let told = digests.flatMap { parts(of: $0.text) }
        let counts = Dictionary(told.map { ($0, 1) }, uniquingKeysWith: +)
        #expect(counts.filter { $0.value > 1 }.isEmpty, "one part in two digests")
        #expect(wantedParts.subtracting(told) == [], "lost")
        // What a kill interrupted after the partner had it waits for its next try, and so may be waiting when all have come.
        let open = digests.filter { $0.state.isWaiting && !$0.wasUncertain }
        #expect(open.isEmpty, "\(open.map(\.story))")
        var late = 0
        for digest in digests {
            guard let second = parts(of: digest.text).first(where: { $0.number == 2 }),
                let dropped = answers[second.order]?.dropped
            else { continue }
            late += 1
            // What is being sent leaves whole, and again where a kill left open whether it arrived.
            guard digest.timeline.last(where: { $0.at <= dropped })?.to != .sending else { continue }
            #expect(digest.sendings.filter { $0 > dropped } == [], "dropped at \(dropped.rfc3339): \(digest.story)")
        }
        let drops = answers.values.count { $0.dropped != nil }
        #expect(drops == 0 || late < drops, "every part was dropped too late")
        print(
            "crash test of digests: \(told.count) parts in \(digests.count) digests, \(drops - late) of \(drops) dropped in time"
        )
    }
}
