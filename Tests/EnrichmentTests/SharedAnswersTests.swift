// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Events
import Testing

@testable import Enrichment

@Suite("An answer that several events need")
struct SharedAnswersTests {
    private typealias Answers = SharedAnswers<String>

    private static func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

    private static func lookUp(_ path: String = "/1", token: String = "t") throws -> LookUp {
        LookUp(
            address: try WebAddress("https://a.example\(path)"),
            headers: [HeaderField("Authorization", token)],
            refusesPrivateAddresses: false,
            timeout: .seconds(10)
        )
    }

    @Test("serves those that arrived before its transfer began, and no later ones")
    func freshness() throws {
        var answers = Answers()
        let lookUp = try Self.lookUp()
        #expect(answers.turn(for: lookUp, receivedAt: Self.at(10), maxAge: nil, now: Self.at(12)) == .fetch(1))
        #expect(answers.end(1, with: (["v": 1], 7)) == [])
        #expect(answers.turn(for: lookUp, receivedAt: Self.at(12), maxAge: nil, now: Self.at(99)) == .known(["v": 1]))
        #expect(answers.turn(for: lookUp, receivedAt: Self.at(13), maxAge: nil, now: Self.at(14)) == .fetch(2))
    }

    @Test("serves later ones while it is younger than 'cache'")
    func cache() throws {
        var answers = Answers()
        let lookUp = try Self.lookUp()
        _ = answers.turn(for: lookUp, receivedAt: Self.at(10), maxAge: nil, now: Self.at(10))
        _ = answers.end(1, with: (1, 1))
        let turn = answers.turn(for: lookUp, receivedAt: Self.at(70), maxAge: .seconds(60), now: Self.at(70))
        #expect(turn == .known(1))
        #expect(answers.turn(for: lookUp, receivedAt: Self.at(71), maxAge: .seconds(60), now: Self.at(71)) == .fetch(2))
    }

    @Test("is waited for by those whom it may serve; others begin a transfer of their own")
    func underWay() throws {
        var answers = Answers()
        let lookUp = try Self.lookUp()
        #expect(answers.turn(for: lookUp, receivedAt: Self.at(10), maxAge: nil, now: Self.at(10)) == .fetch(1))
        #expect(answers.turn(for: lookUp, receivedAt: Self.at(9), maxAge: nil, now: Self.at(11)) == .wait(1))
        #expect(answers.turn(for: lookUp, receivedAt: Self.at(11), maxAge: .seconds(5), now: Self.at(11)) == .wait(1))
        #expect(answers.turn(for: lookUp, receivedAt: Self.at(11), maxAge: nil, now: Self.at(11)) == .fetch(2))
        #expect(answers.turn(for: lookUp, receivedAt: Self.at(11), maxAge: nil, now: Self.at(12)) == .wait(2))
        let waits = [answers.add("a", id: 1, to: 1), answers.add("b", id: 2, to: 2)]
        #expect(waits == [true, true])
        #expect(answers.end(2, with: ("new", 1)) == ["b"])
        // The older transfer ends later, and what it brought does not replace what is newer.
        #expect(answers.end(1, with: ("old", 1)) == ["a"])
        #expect(answers.turn(for: lookUp, receivedAt: Self.at(9), maxAge: nil, now: Self.at(13)) == .known("new"))
    }

    @Test("is nobody else's: address, headers and rules must be the same")
    func identity() throws {
        var answers = Answers()
        func turn(_ lookUp: LookUp) -> Answers.Turn {
            answers.turn(for: lookUp, receivedAt: Self.at(10), maxAge: nil, now: Self.at(10))
        }
        let lookUp = try Self.lookUp()
        let strict = LookUp(
            address: lookUp.address,
            headers: lookUp.headers,
            refusesPrivateAddresses: true,
            timeout: lookUp.timeout
        )
        #expect(turn(lookUp) == .fetch(1))
        #expect(try turn(Self.lookUp("/2")) == .fetch(2))
        #expect(try turn(Self.lookUp(token: "u")) == .fetch(3))
        #expect(turn(strict) == .fetch(4))
    }

    @Test("is not kept when it is a failure")
    func failure() throws {
        var answers = Answers()
        let lookUp = try Self.lookUp()
        #expect(answers.turn(for: lookUp, receivedAt: Self.at(10), maxAge: nil, now: Self.at(10)) == .fetch(1))
        let waits = answers.add("a", id: 1, to: 1)
        #expect(waits)
        #expect(answers.end(1, with: nil) == ["a"])
        #expect(answers.turn(for: lookUp, receivedAt: Self.at(9), maxAge: nil, now: Self.at(10)) == .fetch(2))
    }

    @Test("is told to nobody who stopped waiting, and nobody can wait for what has ended")
    func waiting() throws {
        var answers = Answers()
        let lookUp = try Self.lookUp()
        _ = answers.turn(for: lookUp, receivedAt: Self.at(10), maxAge: nil, now: Self.at(10))
        let waits = answers.add("a", id: 1, to: 1)
        #expect(waits)
        #expect(answers.remove(1, from: 1) == "a")
        #expect(answers.remove(1, from: 1) == nil)
        #expect(answers.end(1, with: (1, 1)) == [])
        let waitsForNothing = answers.add("b", id: 2, to: 1)
        #expect(!waitsForNothing)
        #expect(answers.end(1, with: (2, 1)) == [])
        #expect(answers.turn(for: lookUp, receivedAt: Self.at(10), maxAge: nil, now: Self.at(10)) == .known(1))
    }

    @Test("is dropped, the oldest first, when there are too many or they are too large")
    func bounds() throws {
        var answers = Answers(limits: .init(answers: 2, bytes: 100))
        func fetch(_ path: String, bytes: Int) throws -> Answers.Turn {
            let lookUp = try Self.lookUp(path)
            let turn = answers.turn(for: lookUp, receivedAt: Self.at(10), maxAge: nil, now: Self.at(10))
            if case .fetch(let number) = turn { _ = answers.end(number, with: (.string(path), bytes)) }
            return turn
        }
        for path in ["/1", "/2", "/3"] { _ = try fetch(path, bytes: 10) }
        #expect(answers.count == 2)
        #expect(try fetch("/2", bytes: 10) == .known("/2"))
        #expect(try fetch("/1", bytes: 95) != .known("/1"))
        #expect(answers.count == 1)
        #expect(answers.bytes == 95)
        #expect(try fetch("/4", bytes: 101) != .known("/4"))
        #expect(answers.count == 0)
        #expect(answers.bytes == 0)
    }
}
