// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Renderer {
    mutating func render(_ loop: Loop) throws(LiquidError) -> Interrupt? {
        let list = LoopList(try value(of: loop.list))
        let start = try start(of: loop)
        let limit = try integer(loop.limit, loop.offset)
        let positions = list.positions(from: start, limit: limit)
        stops[loop.name] = start + positions.count
        if positions.isEmpty { return try render(loop.otherwise) }
        let window = list.window(positions)
        frames.append(Frame(variable: loop.variable, name: loop.name, length: positions.count, columns: nil))
        defer { frames.removeLast() }
        let current = frames.count - 1
        for index in 0..<positions.count {
            try step(at: loop.offset)
            frames[current].index = index
            frames[current].value = window.list[window.base + (loop.isReversed ? positions.count - 1 - index : index)]
            if case .break? = try render(loop.body) { break }
        }
        return nil
    }

    private func start(of loop: Loop) throws(LiquidError) -> Int {
        switch loop.start {
        case .first: 0
        case .continue: stops[loop.name] ?? 0
        case .at(let expression): try integer(expression, loop.offset) ?? 0
        }
    }

    /// A whole number for `limit`, `offset` or `cols`; `nil` where there is none or its value is nil.
    private func integer(_ expression: Expression?, _ offset: Int) throws(LiquidError) -> Int? {
        guard let expression else { return nil }
        let value = try value(of: expression)
        if value.isNil { return nil }
        guard let integer = value.integer else {
            throw LiquidError(.argument, "expected a whole number, found \(value.typeName)").at(
                program.place(of: offset)
            )
        }
        return integer
    }

    mutating func render(_ table: Table) throws(LiquidError) {
        let value = try value(of: table.list)
        if value.isNil { return }
        let list = LoopList(value)
        let start = try integer(table.start, table.offset) ?? 0
        let limit = try integer(table.limit, table.offset)
        let positions = list.positions(from: start, limit: limit)
        let columns = try integer(table.columns, table.offset)
        let frame = Frame(
            variable: table.variable,
            name: "",
            length: positions.count,
            columns: columns ?? positions.count
        )
        try print("<tr class=\"row1\">\n")
        frames.append(frame)
        defer { frames.removeLast() }
        let window = list.window(positions)
        try cells(of: table, window.list, window.base..<(window.base + positions.count))
        try print("</tr>\n")
    }

    private mutating func cells(of table: Table, _ list: LoopList, _ positions: Range<Int>) throws(LiquidError) {
        let current = frames.count - 1
        for index in 0..<positions.count {
            try step(at: table.offset)
            frames[current].index = index
            frames[current].value = list[positions.lowerBound + index]
            try print("<td class=\"col\(frames[current].column + 1)\">")
            let interrupt = try render(table.body)
            try print("</td>")
            if case .break? = interrupt { break }
            let frame = frames[current]
            if frame.column + 1 == frame.columns, index + 1 < positions.count {
                try print("</tr>\n<tr class=\"row\(frame.row + 1)\">")
            }
        }
    }

    mutating func render(_ cycle: Cycle) throws(LiquidError) {
        let key = try key(of: cycle)
        let position = cycles[key] ?? 0
        cycles[key] = position + 1 < cycle.values.count ? position + 1 : 0
        guard position < cycle.values.count else { return }
        let expression = cycle.values[position]
        let value = try value(of: expression)
        if isStrict, scope.isMissing(value) || value.firstObject != nil || scope.hasMissingElement(value) {
            culprit = expression
            throw unprintable(
                value,
                in: Pipeline(head: expression, filters: [], text: cycle.text, offset: cycle.offset)
            )
        }
        try print(value, at: cycle.offset)
    }

    /// What tells the group's position from that of other groups.
    private func key(of cycle: Cycle) throws(LiquidError) -> String {
        guard let group = cycle.group else { return cycle.key }
        return "=" + (try value(of: group).inspected)
    }
}
