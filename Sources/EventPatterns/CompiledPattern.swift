// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// A pattern with its fields numbered: what ``EventPattern`` matches with and ``PatternIndex`` merges.
struct CompiledPattern: Sendable {
    /// The conditions as written, payload first.
    let sources: [PatternCondition]
    /// The same conditions by field number.
    let conditions: [Condition]
    /// The fields, each once, in the order of the conditions.
    let fields: [(root: PatternRoot, steps: [String])]
    /// Conditions that must hold together, in the order as written; one clause must hold.
    let clauses: [[Int]]
    private let payloadTrie: PathTrie
    private let envelopeTrie: PathTrie

    init(payload: JSON?, envelope: JSON?) throws(EventPatternError) {
        var payloadParser = PatternParser(root: .payload, firstCondition: 0)
        let payloadClauses = if let payload { try payloadParser.parse(payload) } else { [[Int]]([[]]) }
        var envelopeParser = PatternParser(root: .envelope, firstCondition: payloadParser.conditions.count)
        let envelopeClauses = if let envelope { try envelopeParser.parse(envelope) } else { [[Int]]([[]]) }
        guard payloadClauses.count * envelopeClauses.count <= PatternParser.maxClauses else {
            throw PatternPlace(root: .envelope).tooLarge
        }
        self.init(
            payloadParser.conditions + envelopeParser.conditions,
            clauses: payloadClauses.flatMap { clause in envelopeClauses.map { clause + $0 } }
        )
    }

    private init(_ sources: [PatternCondition], clauses: [[Int]]) {
        var fields: [(root: PatternRoot, steps: [String])] = []
        var numbers: [FieldKey: Int] = [:]
        conditions = sources.map { source in
            let key = FieldKey(source.root, source.path.steps)
            let number = numbers[key] ?? fields.count
            if number == fields.count {
                numbers[key] = number
                fields.append((source.root, source.path.steps))
            }
            return Condition(field: number, tests: source.tests)
        }
        self.sources = sources
        self.fields = fields
        self.clauses = clauses
        payloadTrie = PathTrie(root: .payload, of: fields)
        envelopeTrie = PathTrie(root: .envelope, of: fields)
    }

    /// A clause in the order in which its conditions are taken: payload first, each root by dotted path.
    func sorted(_ clause: [Int]) -> [Int] {
        func key(_ index: Int) -> (Int, [UInt16]) {
            (sources[index].root == .payload ? 0 : 1, Array(sources[index].name.utf16))
        }
        return clause.map { (key($0), $0) }.sorted { left, right in
            guard left.0.0 == right.0.0 else { return left.0.0 < right.0.0 }
            guard left.0.1 != right.0.1 else { return left.1 < right.1 }
            return left.0.1.lexicographicallyPrecedes(right.0.1)
        }.map(\.1)
    }

    /// Reads the fields of an event.
    ///
    /// - Parameters:
    ///   - payload: The event's body.
    ///   - envelope: The second document.
    ///   - body: Receives the linked reading, which must not outlive the call.
    /// - Returns: What `body` returns.
    func withReading<Result>(of payload: JSONNode, _ envelope: JSONNode?, _ body: (EventReading) -> Result) -> Result {
        payload.document.withTape { tape in
            var reading = EventReading()
            defer { reading.release() }
            EventReader.read(tape, from: payload.index, along: payloadTrie, isEnvelope: false, into: &reading)
            guard let envelope else {
                reading.link()
                return body(reading)
            }
            return envelope.document.withTape { tape in
                EventReader.read(tape, from: envelope.index, along: envelopeTrie, isEnvelope: true, into: &reading)
                reading.link()
                return body(reading)
            }
        }
    }

    /// Whether the conditions of a clause hold together.
    func holds(_ clause: [Int], in reading: EventReading) -> Bool {
        var framed = 0
        var depends = false
        for index in clause {
            let (verdict, isFramed) = conditions[index].verdict(in: reading)
            if verdict == .fails { return false }
            if verdict == .depends { depends = true }
            if isFramed { framed += 1 }
        }
        guard framed > 1 else { return !depends }
        let choices = sorted(clause).map { AcceptedValues.choices(of: conditions[$0], in: reading) }
        var search = ClauseSearch(choices, in: reading)
        return search.succeeds()
    }
}

/// A field by its bytes: two keys that only look alike are different keys.
struct FieldKey: Hashable {
    private let root: PatternRoot
    private let steps: [[UInt8]]

    init(_ root: PatternRoot, _ steps: [String]) {
        self.root = root
        self.steps = steps.map { Array($0.utf8) }
    }
}

extension PathTrie {
    /// The tree of those fields that are in one document; a field's number is its position.
    init(root: PatternRoot, of fields: [(root: PatternRoot, steps: [String])]) {
        self.init(fields.enumerated().filter { $1.root == root }.map { ($1.steps, $0) })
    }
}
