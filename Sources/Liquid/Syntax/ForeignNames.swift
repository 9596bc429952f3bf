// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// What filters of other template languages are called here.
///
/// The names are those of Jinja (jinja.palletsprojects.com, "List of Builtin Filters"), Twig (twig.symfony.com/doc,
/// "Filters"), liquidjs (liquidjs.com/filters), Jekyll (jekyllrb.com/docs/liquid/filters), Django, Handlebars' helpers,
/// Ruby and JavaScript.
enum ForeignNames {
    /// The end of the sentence about an unknown filter: the name or the way here, else a near name, else nothing.
    static func hint(for name: String, among filters: [String]) -> String {
        let plain = name.lowercased().replacing("_", with: "").replacing("-", with: "")
        if let way = ways[plain] { return "; \(way)" }
        if let here = names[plain], filters.contains(here) { return "; did you mean '\(here)'?" }
        return NearMiss.hint(for: name, among: filters)
    }

    /// The filter that a name means, be it ours or another language's.
    static func filter(_ name: String, in filters: [String]) -> String? {
        if filters.contains(name) { return name }
        let plain = name.lowercased().replacing("_", with: "").replacing("-", with: "")
        return names[plain].flatMap { filters.contains($0) ? $0 : nil }
    }

    /// By the foreign name in small letters, without `_` and `-`.
    private static let names: [String: String] = [
        "upper": "upcase", "uppercase": "upcase", "touppercase": "upcase", "lower": "downcase", "lowercase": "downcase",
        "tolowercase": "downcase", "title": "titlecase", "titleize": "titlecase", "capitalizeall": "titlecase",
        "startcase": "titlecase", "capitalise": "capitalize", "ucfirst": "capitalize", "trim": "strip",
        "trimstart": "lstrip", "ltrim": "lstrip", "trimleft": "lstrip", "trimend": "rstrip", "rtrim": "rstrip",
        "trimright": "rstrip", "normalizewhitespace": "squish", "length": "size", "len": "size", "count": "size",
        "number": "size", "wordcount": "size", "strlen": "size", "concatarrays": "concat", "merge": "concat",
        "substring": "slice", "substr": "slice", "charat": "slice", "ellipsis": "truncate", "shorten": "truncate",
        "striptags": "strip_html", "stripped": "strip_html", "html2text": "strip_html", "plaintext": "strip_html",
        "removehtml": "strip_html", "nl2br": "newline_to_br", "linebreaksbr": "newline_to_br",
        "unescape": "html_decode", "htmlunescape": "html_decode", "unescapehtml": "html_decode",
        "decodehtml": "html_decode", "htmlentitydecode": "html_decode", "decodeentities": "html_decode",
        "htmlescape": "escape", "htmlencode": "escape", "xmlescape": "escape", "e": "escape",
        "forceescape": "escape_once", "urlencode": "url_encode", "cgiescape": "url_encode",
        "encodeuricomponent": "url_param_escape", "encodeuri": "url_escape", "uriescape": "url_escape",
        "uriencode": "url_escape", "urldecode": "url_decode", "decodeuricomponent": "url_decode",
        "tojson": "json", "jsonencode": "json", "jsonify": "json", "dump": "json", "inspect": "json",
        "fromjson": "parse_json", "jsondecode": "parse_json", "jsonparse": "parse_json", "tojsonobject": "parse_json",
        "numberformat": "number", "formatnumber": "number", "intcomma": "number", "tolocalestring": "number",
        "currency": "money", "formatcurrency": "money", "moneywithcurrency": "money",
        "moneywithoutcurrency": "number", "moneywithouttrailingzeros": "number", "add": "plus", "subtract": "minus",
        "sub": "minus", "multiply": "times", "mul": "times", "divide": "divided_by", "div": "divided_by",
        "mod": "modulo", "min": "at_most", "max": "at_least", "ceiling": "ceil", "tofixed": "round",
        "formatdate": "date", "dateformat": "date", "strftime": "date", "datetostring": "date",
        "datetimeformat": "date",
        "formatdatetime": "date", "moment": "date", "unique": "uniq", "distinct": "uniq", "sortby": "sort",
        "orderby": "sort", "selectattr": "where", "filter": "where", "select": "where", "whereexp": "where",
        "rejectattr": "reject", "pluck": "map", "groupby": "group_by", "groupbyexp": "group_by", "reversed": "reverse",
        "arraytosentencestring": "to_sentence", "tosentence": "to_sentence",
        "sentence": "to_sentence", "implode": "join", "explode": "split", "includes": "has", "some": "has",
        "any": "has", "indexof": "find_index", "handle": "slugify", "handleize": "slugify", "slug": "slugify",
        "md5": "sha256", "sha1": "sha256", "hash": "sha256", "hmacsha1": "hmac_sha256", "base64encode": "base64_encode",
        "b64encode": "base64_encode", "base64decode": "base64_decode", "b64decode": "base64_decode", "d": "default",
        "coalesce": "default", "ifempty": "default", "fallback": "default", "plural": "pluralize",
        "mostlymasked": "mask", "redact": "mask", "onlydigits": "digits", "phonenumber": "phone", "e164": "phone",
    ]

    /// What is no filter here but done otherwise.
    private static let ways: [String: String] = [
        "format": "a date is written `date: '%d %b %Y'`, an amount `money: 'INR'`, a number `number: 2`",
        "raw": "nothing is escaped here, so leave it out", "safe": "nothing is escaped here, so leave it out",
        "autoescape": "nothing is escaped here, so leave it out",
        "int": "write `plus: 0`, or `round` for a whole number",
        "toint": "write `plus: 0`, or `round` for a whole number",
        "tonumber": "write `plus: 0`", "tointeger": "write `round`", "float": "write `plus: 0`",
        "parseint": "write `plus: 0`, or `round` for a whole number", "string": "write `append: ''`",
        "tostring": "write `append: ''`", "not": "a condition says `{% unless … %}`",
        "contains": "a condition says `{% if text contains 'part' %}`; for lists there is `has`",
        "startswith": "take the start with `slice: 0, 3` and compare it with `==`",
        "endswith": "take the end with `slice: -3, 3` and compare it with `==`",
        "in": "a condition says `{% if list contains value %}`",
        "t": "there are no translations here; write the text",
        "translate": "there are no translations here; write the text",
        "trans": "there are no translations here; write the text",
        "regexreplace": "there are no patterns in Liquid; `replace` finds plain text",
        "replaceregex": "there are no patterns in Liquid; `replace` finds plain text",
        "match": "there are no patterns in Liquid; a condition says `contains`",
        "if": "write `{% if … %}…{% else %}…{% endif %}`", "ternary": "write `{% if … %}…{% else %}…{% endif %}`",
        "get": "a part is written `order.number` or `order['number']`",
        "dig": "a part is written `order.number` or `order['number']`",
        "keys": "a loop over an object gives pairs: `{% for pair in object %}{{ pair[0] }}{% endfor %}`",
        "values": "a loop over an object gives pairs: `{% for pair in object %}{{ pair[1] }}{% endfor %}`",
        "items": "a loop over an object gives pairs: `{% for pair in object %}{{ pair[0] }}{% endfor %}`",
        "assign": "write `{% assign name = value %}`", "set": "write `{% assign name = value %}`",
        "lookup": "a part is written `order.number` or `order['number']`",
    ]
}

extension NearMiss {
    /// `; did you mean 'money'?`, or nothing when no candidate is near.
    static func hint(for name: String, among candidates: [String]) -> String {
        question(for: name, among: candidates).map { "; \($0)" } ?? ""
    }
}
