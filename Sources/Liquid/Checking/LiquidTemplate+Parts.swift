// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A piece of a template's own text.
public struct LiquidText: Hashable, Sendable {
    /// What is printed as it is written.
    public let text: String
    /// The line in the source, from 1.
    public let line: Int
    /// The column in that line, from 1.
    public let column: Int
}

/// An argument of a filter's call that is written down as a text.
public struct LiquidTextArgument: Hashable, Sendable {
    /// The filter.
    public let filter: String
    /// Which argument without a name, from 0.
    public let position: Int
    /// The text, without quotes.
    public let text: String
    /// The line in the source, from 1.
    public let line: Int
    /// The column in that line, from 1.
    public let column: Int
}

extension LiquidTemplate {
    /// What the template prints as it is written, in the order of the source.
    public var texts: [LiquidText] {
        guard !textRanges.isEmpty else { return [] }
        let source = SourceText(self.source)
        var places = PlaceFinder(source)
        return textRanges.map { range in
            let place = places.place(of: range.lowerBound)
            return LiquidText(text: source.text(range), line: place.line, column: place.column)
        }
    }

    /// The texts that filters are given as arguments, those with a name left out; in the order of the source.
    ///
    /// - Parameter filters: The filters to look at.
    /// - Returns: Every constant text.
    public func textArguments(of filters: Set<String>) -> [LiquidTextArgument] {
        var found: [LiquidTextArgument] = []
        for pipeline in pipelines {
            for call in pipeline.filters where filters.contains(call.name) { found += textArguments(of: call) }
        }
        return found
    }

    private func textArguments(of call: FilterCall) -> [LiquidTextArgument] {
        call.positional.enumerated().compactMap { position, argument in
            guard let text = argument.literal?.asString else { return nil }
            let place = program.place(of: call.argumentOffsets[position])
            return LiquidTextArgument(
                filter: call.name,
                position: position,
                text: text,
                line: place.line,
                column: place.column
            )
        }
    }
}
