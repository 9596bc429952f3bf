// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Compiler {
    /// What stands after `for` and `tablerow`.
    private struct Header {
        var variable = ""
        var name = ""
        var list = Expression.literal(.nil)
        var start: Loop.Start?
        var limit: Expression?
        var columns: Expression?
        var isReversed = false
    }

    mutating func loop(_ tag: Tag, _ block: inout Block) throws(LiquidError) {
        let header = try header(tag)
        let (body, ending) = try loopBody(header, until: ["else", "endfor"], tag)
        let otherwise = ending.name == "else" ? try self.block(until: ["endfor"], opener: tag).block : Block()
        let isBlank = body.isBlank && otherwise.isBlank
        let loop = Loop(
            variable: header.variable,
            name: header.name,
            list: header.list,
            start: header.start ?? .first,
            limit: header.limit,
            isReversed: header.isReversed,
            body: isBlank ? body.withoutSpace : body.nodes,
            otherwise: isBlank ? otherwise.withoutSpace : otherwise.nodes,
            offset: tag.offset
        )
        block.add(.loop(loop), isBlank: isBlank)
    }

    mutating func table(_ tag: Tag, _ block: inout Block) throws(LiquidError) {
        let header = try header(tag)
        let body = try loopBody(header, until: ["endtablerow"], tag).block
        var start: Expression?
        if case .at(let expression) = header.start { start = expression }
        let table = Table(
            variable: header.variable,
            list: header.list,
            start: start,
            limit: header.limit,
            columns: header.columns,
            body: body.nodes,
            offset: tag.offset
        )
        block.add(.table(table), isBlank: false)
    }

    private mutating func loopBody(
        _ header: Header,
        until endings: Set<String>,
        _ tag: Tag
    ) throws(LiquidError) -> (block: Block, ending: Tag) {
        loopVariables += [header.variable, tag.name == "for" ? "forloop" : "tablerowloop"]
        defer { loopVariables.removeLast(2) }
        return try block(until: endings, opener: tag)
    }

    private mutating func header(_ tag: Tag) throws(LiquidError) -> Header {
        var parser = try parser(tag.markup)
        var header = Header()
        guard case .word(let variable) = parser.symbols.next else {
            throw parser.symbols.unexpected("the name of a variable after '\(tag.name)'")
        }
        _ = try parser.symbols.take()
        guard try parser.symbols.take(word: "in") else { throw parser.symbols.unexpected("'in' after the variable") }
        let start = parser.symbols.nextOffset
        header.list = try parser.expression()
        header.variable = variable
        header.name = "\(variable)-\(source.text(start..<parser.symbols.lastEnd))"
        note(header.list, use: .condition)
        while !parser.symbols.isAtEnd { try option(&parser, &header, tag) }
        return header
    }

    private mutating func option(_ parser: inout MarkupParser, _ header: inout Header, _ tag: Tag) throws(LiquidError) {
        if try parser.symbols.take(mark: ",") { return }
        let isLoop = tag.name == "for"
        let options = isLoop ? "'reversed', 'limit:', 'offset:'" : "'cols:', 'limit:', 'offset:'"
        let unexpected = parser.symbols.unexpected("\(options) or the end")
        guard case .word(let name) = parser.symbols.next else { throw unexpected }
        _ = try parser.symbols.take()
        switch name {
        case "reversed" where isLoop: header.isReversed = true
        case "limit": header.limit = try optionValue(name, &parser)
        case "offset": header.start = try offset(&parser, isLoop: isLoop)
        case "cols" where !isLoop: header.columns = try optionValue(name, &parser)
        default: throw unexpected
        }
    }

    private mutating func optionValue(_ name: String, _ parser: inout MarkupParser) throws(LiquidError) -> Expression {
        try parser.symbols.expect(mark: ":", "after '\(name)'")
        let value = try parser.expression()
        note(value, use: .condition)
        return value
    }

    private mutating func offset(_ parser: inout MarkupParser, isLoop: Bool) throws(LiquidError) -> Loop.Start {
        try parser.symbols.expect(mark: ":", "after 'offset'")
        if isLoop, try parser.symbols.take(word: "continue") { return .continue }
        let value = try parser.expression()
        note(value, use: .condition)
        return .at(value)
    }
}
