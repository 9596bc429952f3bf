// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// An experiment that tells whether the constant arguments of a filter's call can be right for any input.
///
/// The call is wrong when a filter says that an argument is (``LiquidError/argument``), and when every input of many
/// kinds is refused although one of them is taken with other arguments: then the arguments are at fault, not the
/// inputs. A filter that takes none of the inputs whatever its arguments are stays unjudged.
struct FilterProbe {
    enum Verdict: Sendable {
        case fine
        /// The error, without place, and which argument without a name it is about.
        case wrong(LiquidError, argument: Int?)
    }

    /// The world in which filters are tried.
    static let scope = LiquidScope(root: nil, now: Timestamp(seconds: 1_767_225_600))
    /// Calls with more arguments that come from the data are left alone: too many combinations.
    private static let maxOpen = 2

    private let entry: LiquidEnvironment.Entry
    private let context: LiquidContext
    /// The arguments; `nil` for those that come from the data.
    private let positional: [LiquidValue?]
    private let named: [String: LiquidValue?]
    private let inputs: [LiquidValue]

    /// - Parameters:
    ///   - call: The call; `nil` comes back when none of its arguments is a constant.
    ///   - environment: Limits and mode.
    ///   - quoted: A path among the arguments, and the text that is to stand in its place.
    init?(
        _ call: FilterCall,
        _ environment: LiquidEnvironment,
        quoting quoted: (path: VariablePath, text: String)? = nil
    ) {
        let constant = { (argument: Expression) -> LiquidValue? in
            if case .path(let path) = argument, let quoted, path === quoted.path { return .string(quoted.text) }
            return argument.literal
        }
        let all = call.positional + call.named.map(\.value)
        let constants = all.compactMap(constant)
        guard !constants.isEmpty, all.count - constants.count <= Self.maxOpen else { return nil }
        entry = call.entry
        context = LiquidContext(environment: environment, scope: Self.scope)
        positional = call.positional.map(constant)
        named = Dictionary(call.named.map { ($0.name, constant($0.value)) }) { $1 }
        let date = environment.filters["date"]?.filter
        let context = context
        inputs = ProbeValues.inputs(for: constants) { time, format in
            try? date?(time, LiquidArguments(positional: [.string(format)]), context)
        }
    }

    func run() -> Verdict {
        var first: LiquidError?
        var isTaken = false
        for input in inputs {
            guard let error = refusal(of: input, positional, named) else {
                isTaken = true
                continue
            }
            if let argument = error.argument, isConstant(argument) { return .wrong(error, argument: argument) }
            first = first ?? error
        }
        guard !isTaken, first != nil else { return .fine }
        return blame()
    }

    private func isConstant(_ argument: Int) -> Bool {
        positional.indices.contains(argument) && positional[argument] != nil
    }

    /// Looks for the argument without which some input would be taken.
    private func blame() -> Verdict {
        for argument in positional.indices where positional[argument] != nil {
            var others = positional
            others[argument] = LiquidValue?.none
            if let error = errorWithout(others, named) { return .wrong(error, argument: argument) }
        }
        for name in named.keys.sorted() where (named[name] ?? nil) != nil {
            var others = named
            others[name] = nil
            if let error = errorWithout(positional, others) { return .wrong(error, argument: nil) }
        }
        guard let error = errorWithout(positional.map { _ in nil }, [:]) else { return .fine }
        return .wrong(error, argument: positional.firstIndex { $0 != nil })
    }

    /// The error of the call as it is, for an input that other arguments make right.
    private func errorWithout(_ positional: [LiquidValue?], _ named: [String: LiquidValue?]) -> LiquidError? {
        for input in inputs where refusal(of: input, positional, named) == nil {
            return refusal(of: input, self.positional, self.named)
        }
        return nil
    }

    /// Calls the filter with everything that may stand in for the open arguments.
    ///
    /// - Returns: `nil` when one of the calls succeeds, or fails for what is missing in the input.
    private func refusal(
        of input: LiquidValue,
        _ positional: [LiquidValue?],
        _ named: [String: LiquidValue?]
    ) -> LiquidError? {
        var first: LiquidError?
        for positional in ProbeValues.filled(positional) {
            for named in ProbeValues.filled(named) {
                do throws(LiquidError) {
                    let arguments = LiquidArguments(positional: positional, named: named)
                    _ = try entry.filter(input, arguments, context)
                    return nil
                } catch {
                    if error.code == .undefined { return nil }
                    first = first ?? error
                }
            }
        }
        return first
    }
}
