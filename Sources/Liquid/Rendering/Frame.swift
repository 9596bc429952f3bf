// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import OrderedCollections

/// A loop that is running.
struct Frame {
    let variable: String
    let name: String
    let length: Int
    /// Of `tablerow`, the number of columns; `nil` for `for`.
    let columns: Int?
    var value = LiquidValue.nil
    /// The current step, from 0.
    var index = 0

    func binds(_ name: String) -> Bool {
        name == variable || name == (columns == nil ? "forloop" : "tablerowloop")
    }

    /// The column of the current step, from 0.
    var column: Int {
        guard let columns, columns > 0 else { return index }
        return index % columns
    }

    /// The row of the current step, from 1.
    var row: Int {
        guard let columns, columns > 0 else { return 1 }
        return index / columns + 1
    }

    /// A member of `forloop` or `tablerowloop`.
    func member(_ name: String) -> LiquidValue {
        switch name {
        case "index": .int(index + 1)
        case "index0": .int(index)
        case "rindex": .int(length - index)
        case "rindex0": .int(length - index - 1)
        case "first": .bool(index == 0)
        case "last": .bool(index == length - 1)
        case "length": .int(length)
        default: columns == nil ? (name == "name" ? .string(self.name) : .nil) : tableMember(name)
        }
    }

    private func tableMember(_ name: String) -> LiquidValue {
        switch name {
        case "col": .int(column + 1)
        case "col0": .int(column)
        case "col_first": .bool(column == 0)
        case "col_last": .bool(column + 1 == columns)
        case "row": .int(row)
        default: .nil
        }
    }

    /// All members, for a loop object that is used as a whole.
    func members(parent: LiquidValue) -> OrderedDictionary<String, LiquidValue> {
        var names = ["length", "index", "index0", "rindex", "rindex0", "first", "last"]
        names += columns == nil ? ["name"] : ["col", "col0", "col_first", "col_last", "row"]
        var members = OrderedDictionary(uniqueKeysWithValues: names.map { ($0, member($0)) })
        if columns == nil { members["parentloop"] = parent }
        return members
    }
}
