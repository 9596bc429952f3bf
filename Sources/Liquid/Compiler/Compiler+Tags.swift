// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

extension Compiler {
    /// The tags that stand alone or begin a block.
    static let tagNames = [
        "assign", "break", "capture", "case", "comment", "continue", "cycle", "decrement", "doc", "echo", "for", "if",
        "ifchanged", "increment", "liquid", "raw", "tablerow", "unless",
    ]

    /// Compiles one tag, with its block if it has one.
    mutating func compile(_ tag: Tag, _ block: inout Block) throws(LiquidError) {
        switch tag.name {
        case "assign": try assign(tag, &block)
        case "break": try interrupt(.break, tag, &block)
        case "capture": try capture(tag, &block)
        case "case": try selection(tag, &block)
        case "continue": try interrupt(.continue, tag, &block)
        case "cycle": try cycle(tag, &block)
        case "decrement": try count(tag, step: -1, &block)
        case "echo": try echo(tag, &block)
        case "for": try loop(tag, &block)
        case "if": try conditional(tag, &block)
        case "ifchanged": try ifChanged(tag, &block)
        case "increment": try count(tag, step: 1, &block)
        case "liquid": try lines(tag, &block)
        case "tablerow": try table(tag, &block)
        case "unless": try conditional(tag, &block)
        case "#": try inlineComment(tag)
        default: throw unknownTag(tag)
        }
    }

    private func unknownTag(_ tag: Tag) -> LiquidError {
        let message: String
        if tag.name.isEmpty {
            message = "expected the name of a tag"
        } else if ["include", "render", "layout", "section"].contains(tag.name) {
            message = "'\(tag.name)' reads other files, which templates here cannot"
        } else if ["else", "elsif", "when"].contains(tag.name) {
            message = "'\(tag.name)' stands outside the block that it belongs to"
        } else if tag.name.hasPrefix("end"), Self.tagNames.contains(String(tag.name.dropFirst(3))) {
            message = "'\(tag.name)' without '\(tag.name.dropFirst(3))'"
        } else {
            message =
                "unknown tag '\(tag.name)'"
                + NearMiss.hint(for: tag.name, among: Self.tagNames + ["elsif", "else", "when"])
        }
        return source.error(message, code: .unknownTag, at: tag.offset)
    }

    // MARK: Tags without a block

    private mutating func assign(_ tag: Tag, _ block: inout Block) throws(LiquidError) {
        var parser = try parser(tag.markup)
        let name = try target(&parser, "the name of a variable after 'assign'")
        try parser.symbols.expect(mark: "=", "after the name")
        let value = try parser.pipeline()
        note(value, use: .binding)
        boundNames.insert(name)
        block.add(.assign(name: name, value: value), isBlank: true)
    }

    /// A name that is bound: no question mark at its end.
    private func target(_ parser: inout MarkupParser, _ expected: String) throws(LiquidError) -> String {
        let symbol = parser.symbols.next
        switch symbol {
        case .word(let name) where !name.hasSuffix("?"), .number(let name) where !name.hasPrefix("-"):
            _ = try parser.symbols.take()
            return name
        default: throw parser.symbols.unexpected(expected)
        }
    }

    private mutating func echo(_ tag: Tag, _ block: inout Block) throws(LiquidError) {
        var parser = try parser(tag.markup)
        if parser.symbols.isAtEnd { return block.add(.text(""), isBlank: false) }
        let pipeline = try parser.pipeline()
        note(pipeline, use: .output)
        block.add(.output(pipeline), isBlank: false)
    }

    private func interrupt(_ interrupt: Interrupt, _ tag: Tag, _ block: inout Block) throws(LiquidError) {
        let parser = try parser(tag.markup)
        try parser.symbols.expectEnd("nothing after '\(tag.name)'")
        block.add(.interrupt(interrupt), isBlank: false)
    }

    private mutating func count(_ tag: Tag, step: Int, _ block: inout Block) throws(LiquidError) {
        var parser = try parser(tag.markup)
        let name = try target(&parser, "the name of a counter after '\(tag.name)'")
        try parser.symbols.expectEnd("nothing after the counter's name")
        boundNames.insert(name)
        block.add(.count(name: name, step: step), isBlank: false)
    }

    private mutating func cycle(_ tag: Tag, _ block: inout Block) throws(LiquidError) {
        var parser = try parser(tag.markup)
        var first: Expression? = try parser.expression()
        var group: Expression?
        if try parser.symbols.take(mark: ":") { (group, first) = (first, nil) }
        var values: [Expression] = []
        if let first { values.append(first) } else { values.append(try parser.expression()) }
        while try parser.symbols.take(mark: ",") { values.append(try parser.expression()) }
        try parser.symbols.expectEnd("',' or the end")
        if let group { note(group, use: .condition) }
        for value in values { note(value, use: .output) }
        // As in the reference implementation: literals are one group wherever they stand, variables never.
        let literals = values.compactMap(\.literal)
        let isConstant = literals.count == values.count
        let key = isConstant ? literals.map(\.inspected).joined(separator: ",") : "@\(tag.offset)"
        let cycle = Cycle(
            group: group,
            key: key,
            text: source.text(tag.markup),
            values: values,
            offset: tag.markup.lowerBound
        )
        block.add(.cycle(cycle), isBlank: false)
    }

    private mutating func lines(_ tag: Tag, _ block: inout Block) throws(LiquidError) {
        let inner = try compile(try LineScanner(source, tag.markup).scan())
        block.nodes += inner.nodes
        if !inner.isBlank { block.isBlank = false }
    }

    /// Every line of an inline comment begins with `#`.
    private func inlineComment(_ tag: Tag) throws(LiquidError) {
        var isLineStart = false
        for index in tag.markup {
            let byte = source.bytes[index]
            if byte == UInt8(ascii: "\n") {
                isLineStart = true
            } else if isLineStart, !SourceText.isSpace(byte) {
                guard byte == UInt8(ascii: "#") else {
                    throw source.error("each line of an inline comment must begin with '#'", at: index)
                }
                isLineStart = false
            }
        }
    }

    // MARK: Plain blocks

    private mutating func capture(_ tag: Tag, _ block: inout Block) throws(LiquidError) {
        var parser = try parser(tag.markup)
        let name: String
        if case .string(let text) = parser.symbols.next {
            _ = try parser.symbols.take()
            name = text
        } else {
            name = try target(&parser, "the name of a variable after 'capture'")
        }
        try parser.symbols.expectEnd("nothing after the variable's name")
        let body = try self.block(until: ["endcapture"], opener: tag).block
        boundNames.insert(name)
        block.add(.capture(name: name, body: body.nodes), isBlank: true)
    }

    private mutating func ifChanged(_ tag: Tag, _ block: inout Block) throws(LiquidError) {
        try refuseRest(of: tag)
        let body = try self.block(until: ["endifchanged"], opener: tag).block
        block.add(.ifChanged(body.nodes), isBlank: body.isBlank)
    }
}
