// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// Times as people type them into a filter: a day, or a day and a time, in UTC.
///
/// The API takes RFC 3339 alone. What was typed stands in the address as it was; the page shows the instant that it is taken for.
enum TypedTimes {
    /// The same query with `since` and `until` as instants; what is no time stays, and the API says so.
    static func read(_ query: [String: String]) -> [String: String] {
        var query = query
        for name in ["since", "until"] { query[name] = query[name].map(instant) }
        return query
    }

    private static func instant(_ text: String) -> String {
        guard let typed = text.wholeMatch(of: /([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]([0-9]{2}:[0-9]{2}))?/) else {
            return text
        }
        let whole = "\(typed.output.1)T\(typed.output.2 ?? "00:00"):00Z"
        return Timestamp(rfc3339: whole) == nil ? text : whole
    }
}
