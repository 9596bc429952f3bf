// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Turns a template's source into a program.
struct Compiler {
    let source: SourceText
    let environment: LiquidEnvironment
    /// The free paths found so far.
    var references: [LiquidReference] = []
    /// The pipelines with filters found so far, for the check of their constants.
    var pipelines: [Pipeline] = []
    /// Names that `assign`, `capture` and counters have bound so far.
    var boundNames: Set<String> = []
    /// The variables of the loops around the current place.
    var loopVariables: [String] = []
    /// The template's own text, piece by piece.
    var texts: [Range<Int>] = []
    /// Finds the places of what is read, which goes from the beginning to the end.
    var places: PlaceFinder
    private var tokens: [TemplateToken]
    private var position = 0
    private var depth = 0

    init(source: String, environment: LiquidEnvironment) throws(LiquidError) {
        self.source = SourceText(source)
        self.environment = environment
        places = PlaceFinder(self.source)
        var scanner = TemplateScanner(self.source)
        tokens = try scanner.scan()
    }

    mutating func compile() throws(LiquidError) -> Program {
        let block = try topLevelBlock()
        return Program(source: source.string, environment: environment, nodes: block.nodes)
    }

    /// Compiles other tokens in place of the current ones, for `{% liquid %}`; blocks must end among them.
    mutating func compile(_ inner: [TemplateToken]) throws(LiquidError) -> Block {
        let (outerTokens, outerPosition) = (tokens, position)
        (tokens, position) = (inner, 0)
        defer { (tokens, position) = (outerTokens, outerPosition) }
        return try topLevelBlock()
    }

    private mutating func topLevelBlock() throws(LiquidError) -> Block {
        try block(until: []).block
    }

    /// Compiles up to one of the tags, and takes that tag too.
    ///
    /// - Parameters:
    ///   - endings: The tags that end the block; empty for the whole template.
    ///   - opener: The tag that began the block.
    /// - Returns: What stands between the tags, and the tag that ended it.
    /// - Throws: ``LiquidError`` for a mistake in it, and where it has no end.
    mutating func block(until endings: Set<String>, opener: Tag? = nil) throws(LiquidError) -> (
        block: Block, ending: Tag
    ) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= environment.limits.depth + 1 else { throw tooDeep(opener) }
        var block = Block()
        while position < tokens.count {
            let token = tokens[position]
            position += 1
            switch token {
            case .text(let range):
                texts.append(range)
                block.add(text: source.text(range))
            case .output(let range): try output(range, &block)
            case .tag(let name, let markup):
                let tag = Tag(name: source.text(name), markup: markup, offset: name.lowerBound)
                if endings.contains(tag.name) {
                    try refuseRest(of: tag)
                    return (block, tag)
                }
                try compile(tag, &block)
            }
        }
        guard let opener else { return (block, Tag(name: "", markup: 0..<0, offset: 0)) }
        throw source.error("'\(opener.name)' has no 'end\(opener.name)'", at: opener.offset)
    }

    private func tooDeep(_ opener: Tag?) -> LiquidError {
        let limit = environment.limits.depth
        return source.error("more than \(limit) blocks stand inside each other", code: .limit, at: opener?.offset ?? 0)
    }

    /// A parser for a tag's markup.
    func parser(_ range: Range<Int>) throws(LiquidError) -> MarkupParser {
        try MarkupParser(source, range, environment)
    }

    private mutating func output(_ range: Range<Int>, _ block: inout Block) throws(LiquidError) {
        var parser = try parser(range)
        if parser.symbols.isAtEnd { return block.add(.text(""), isBlank: false) }
        let pipeline = try parser.pipeline()
        note(pipeline, use: .output)
        block.add(.output(pipeline), isBlank: false)
    }
}
