// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Compiler {
    /// `if` and `unless`; in lax mode what follows an `else` is accepted and never reached, as in the reference
    /// implementation.
    mutating func conditional(_ tag: Tag, _ block: inout Block) throws(LiquidError) {
        let first = try condition(of: tag)
        var condition: Condition? = tag.name == "unless" ? .not(first) : first
        var branches: [(condition: Condition?, body: Block)] = []
        while true {
            let (body, ending) = try self.block(until: ["elsif", "else", "end" + tag.name], opener: tag)
            branches.append((condition, body))
            if condition == nil { try refuseBranch(ending) }
            switch ending.name {
            case "elsif": condition = try self.condition(of: ending)
            case "else":
                try refuseElseIf(ending)
                condition = nil
            default: return add(branches, &block)
            }
        }
    }

    /// What follows `else` in its tag is passed over in lax mode, as in the reference implementation, but for this
    /// mistake.
    private func refuseElseIf(_ tag: Tag) throws(LiquidError) {
        guard source.text(source.splitTag(tag.markup).name) == "if" else { return }
        throw source.error("'else if' is written 'elsif'", at: tag.offset)
    }

    private mutating func condition(of tag: Tag) throws(LiquidError) -> Condition {
        var parser = try parser(tag.markup)
        if parser.symbols.isAtEnd { throw source.error("'\(tag.name)' needs a condition", at: tag.offset) }
        let condition = try parser.condition()
        note(condition)
        return condition
    }

    private func add(_ branches: [(condition: Condition?, body: Block)], _ block: inout Block) {
        let isBlank = branches.allSatisfy(\.body.isBlank)
        let compiled = branches.map {
            Branch(condition: $0.condition, body: isBlank ? $0.body.withoutSpace : $0.body.nodes)
        }
        block.add(.conditional(compiled), isBlank: isBlank)
    }

    /// `case`; in lax mode what stands before the first `when` is not rendered.
    mutating func selection(_ tag: Tag, _ block: inout Block) throws(LiquidError) {
        var parser = try parser(tag.markup)
        let subject = try parser.expression()
        try parser.symbols.expectEnd("nothing after the value of 'case'")
        note(subject, use: .condition)
        var arms: [(candidates: [Expression]?, body: Block)] = []
        let (before, first) = try self.block(until: ["when", "else", "endcase"], opener: tag)
        try refuseContent(before, of: tag)
        var ending = first
        while ending.name != "endcase" {
            let candidates = ending.name == "when" ? try self.candidates(ending) : nil
            let (body, next) = try self.block(until: ["when", "else", "endcase"], opener: tag)
            arms.append((candidates, body))
            if candidates == nil { try refuseBranch(next) }
            ending = next
        }
        let isBlank = arms.allSatisfy(\.body.isBlank)
        let compiled = arms.map { ($0.candidates, isBlank ? $0.body.withoutSpace : $0.body.nodes) }
        block.add(.selection(Selection(subject: subject, arms: compiled)), isBlank: isBlank)
    }

    private mutating func candidates(_ tag: Tag) throws(LiquidError) -> [Expression] {
        var parser = try parser(tag.markup)
        var candidates = [try parser.expression()]
        while true {
            var isSeparated = try parser.symbols.take(mark: ",")
            if !isSeparated { isSeparated = try parser.symbols.take(word: "or") }
            guard isSeparated else { break }
            candidates.append(try parser.expression())
        }
        try parser.symbols.expectEnd("',', 'or' or the end")
        for candidate in candidates { note(candidate, use: .condition) }
        return candidates
    }
}
