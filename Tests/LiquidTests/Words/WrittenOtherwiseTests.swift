// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Liquid
import Testing

@Suite("Calls, texts and codes that are written otherwise")
struct WrittenOtherwiseTests {
    private static let data =
        #"{"total": "2499.00", "name": "Meera", "at": "2026-01-15", "tags": ["a", "b"], "items": [{"title": "Tea", "price": "1.50"}, {"title": "Jar", "price": "2"}]}"#

    @Test(
        "a filter that is called like a function is answered with its colon",
        arguments: [
            ("{{ total | money('INR') }}", "found '(' after 'money'; write `money: 'INR'`"),
            ("{{ name | default(\"there\") }}", "found '(' after 'default'; write `default: \"there\"`"),
            ("{{ name | upcase() }}", "found '(' after 'upcase'; write `upcase`"),
            (
                "{{ money(total, 'INR') }}",
                "found '('; Liquid has filters in the place of functions: `total | money: 'INR'`"
            ),
            ("{{ upper(name) }}", "found '('; Liquid has filters in the place of functions: `name | upcase`"),
            ("{{ name.toUpperCase() }}", "found '('; Liquid has filters in the place of functions: `name | upcase`"),
            ("{{ tags.join(', ') }}", "found '('; Liquid has filters in the place of functions: `tags | join: ', '`"),
            ("{{ shout(name) }}", "found '('; Liquid has filters in the place of functions: `value | name: argument`"),
        ]
    )
    func functions(_ template: String, _ message: String) {
        #expect(failure(template, Self.data)?.message == message)
    }

    @Test(
        "an argument that is a text without quotes is shown in quotes",
        arguments: [
            ("{{ at | date: %d/%m/%Y }}", 15, "found %d/%m/%Y without quotes; write `date: '%d/%m/%Y'`"),
            (
                "{{ at | date: %d %b %Y, %H:%M }}", 15,
                "found %d %b %Y, %H:%M without quotes; write `date: '%d %b %Y, %H:%M'`"
            ),
            ("{{ at | date: %d, 'Asia/Kolkata' }}", 15, "found %d without quotes; write `date: '%d'`"),
            ("{{ at | date %d/%m/%Y }}", 14, "found %d/%m/%Y without quotes; write `date: '%d/%m/%Y'`"),
            ("{{ at | date: d/m/Y | upcase }}", 15, "found d/m/Y without quotes; write `date: 'd/m/Y'`"),
            ("{{ at | date: '%d', Asia/Kolkata }}", 21, "found Asia/Kolkata without quotes; write `'Asia/Kolkata'`"),
            (
                "{{ name | default: Dear customer }}", 20,
                "found Dear customer without quotes; write `default: 'Dear customer'`"
            ),
            ("{{ tags | join: , }}", 17, "found , without quotes; write `join: ','`"),
            ("{{ total | money: ₹ }}", 19, "found ₹ without quotes; write `money: '₹'`"),
        ]
    )
    func texts(_ template: String, _ column: Int, _ message: String) {
        let error = failure(template, Self.data)
        #expect(error?.message == message)
        #expect(error?.column == column)
    }

    @Test(
        "a calculation is no text without quotes",
        arguments: [
            ("{{ total | plus: tax * 2 }}", "found '*'; write `| times: 2`"),
            ("{{ name | append: name + name }}", "found '+'; write `| plus: 1` for numbers, `| append: '…'` for texts"),
            ("{{ name | default: ‘x’ }}", "found the curly quote ‘ (U+2018); write the straight ' instead"),
            (
                "{{ name | default: name if total }}",
                "found 'if'; a choice is written {% if … %}…{% else %}…{% endif %}"
            ),
        ]
    )
    func calculations(_ template: String, _ message: String) {
        #expect(failure(template, Self.data)?.message == message)
    }

    @Test(
        "a currency by its sign or its word is answered with its code",
        arguments: [
            ("Rs", "such as 'INR' (or PKR, LKR, NPR, MUR)"), ("Rs.", "such as 'INR' (or PKR, LKR, NPR, MUR)"),
            ("RUPEES", "such as 'INR' (or PKR, LKR, NPR, MUR)"),
            ("Indian Rupee", "such as 'INR' (or PKR, LKR, NPR, MUR)"),
            ("₹", "'INR'"), ("$", "such as 'USD' (or CAD, AUD, SGD)"), ("US$", "'USD'"), ("US Dollars", "'USD'"),
            ("€", "'EUR'"), ("Euro", "'EUR'"), ("£", "'GBP'"), ("Dirhams", "such as 'AED' (or MAD)"),
            ("Dhs.", "such as 'AED' (or MAD)"), ("yen", "'JPY'"), ("kr", "such as 'SEK' (or NOK, DKK, ISK)"),
        ]
    )
    func currencies(_ written: String, _ advice: String) {
        let message =
            "money: unknown currency '\(written)'; write the ISO code\(advice.hasPrefix("'") ? "" : ",") \(advice)"
        #expect(failure("{{ 1 | money: '\(written)' }}")?.message == message)
    }

    @Test("a slip in a code keeps its near code, and anything else gets what is expected")
    func codes() {
        #expect(failure("{{ 1 | money: 'INT' }}")?.message == "money: unknown currency 'INT'; did you mean 'INR'?")
        #expect(
            failure("{{ 1 | money: 'bananas' }}")?.message
                == "money: unknown currency 'bananas'; expected an ISO code of three letters, such as 'INR'"
        )
    }

    @Test(
        "a filter over objects that needs one of their properties shows the call with it",
        arguments: [
            ("to_sentence: 'title'", "`map: 'title' | to_sentence`"), ("to_sentence", "`map: 'title' | to_sentence`"),
            ("to_sentence: 'or'", "`map: 'title' | to_sentence: 'or'`"),
            ("join: 'price'", "`map: 'price' | join: ', '`"),
            ("join: ' / '", "`map: 'title' | join: ' / '`"), ("sum", "`sum: 'price'`"), ("sort", "`sort: 'price'`"),
            ("sort_natural", "`sort_natural: 'price'`"),
        ]
    )
    func objects(_ call: String, _ advice: String) throws {
        let message = try #require(failure("{{ items | \(call) }}", Self.data)?.message)
        #expect(message.hasSuffix(advice), "\(message)")
        #expect(message.contains("element 0 is an object with title and price"))
    }

    @Test("a form of list without braces is refused, before there is any data")
    func forms() throws {
        let message = "list: the form 'title' has no braces, so that all elements would read alike; write '{title}'"
        #expect(failure("{{ items | list: 'title' }}", Self.data)?.message == message)
        var check = LiquidConstantCheck()
        #expect(check.check(try LiquidTemplate("{{ items | list: 'title' }}")).map(\.message) == [message])
        #expect(try render("{{ items | list: '{title}' }}", Self.data) == "Tea, Jar")
        #expect(try render("{{ items | list: 'x' }}", Self.data, .lax) == "x, x")
    }

    @Test(
        "names of months are read in the language of locale, where from says where they stand",
        arguments: [
            ("15 janvier 2026", "%d %B %Y", "fr", "15/01/2026"), ("15 août 2026", "%d %B %Y", "fr", "15/08/2026"),
            ("3 févr. 2026", "%d %b %Y", "fr", "03/02/2026"), ("15. März 2026", "%d. %B %Y", "de", "15/03/2026"),
            ("15 de mayo de 2026", "%d de %B de %Y", "es", "15/05/2026"),
            ("15 मार्च 2026", "%d %B %Y", "hi", "15/03/2026"),
            ("15 января 2026", "%d %B %Y", "ru", "15/01/2026"), ("январь 2026", "%B %Y", "ru", "01/01/2026"),
            ("marraskuu 2026", "%B %Y", "fi", "01/11/2026"), ("15 January 2026", "%d %B %Y", "fr", "15/01/2026"),
            ("jeudi 15 janvier 2026", "%A %d %B %Y", "fr", "15/01/2026"),
        ]
    )
    func months(_ date: String, _ form: String, _ locale: String, _ read: String) throws {
        #expect(try render("{{ '\(date)' | date: '%d/%m/%Y', from: '\(form)', locale: '\(locale)' }}") == read)
    }

    @Test("a month in another language than English and that of locale is refused, and the reason says what is read")
    func otherMonths() {
        let words = "; names of months are read in English and, with `from:`, in the language of `locale:`"
        #expect(
            failure("{{ '15 janvier 2026' | date: '%d/%m/%Y', from: '%d %B %Y' }}")?.message
                == "date: the text '15 janvier 2026' cannot be read as a date; it is not written as 'from' says, or there is no such day\(words)"
        )
        #expect(failure("{{ 'marraskuu 2026' | date: '%F', from: '%b %Y', locale: 'de' }}")?.code == .argument)
        #expect(failure("{{ '15 janvier 2026' | date: '%d/%m/%Y' }}")?.message.hasSuffix(words) == true)
        #expect(failure("{{ '2026-13-45' | date: '%d/%m/%Y' }}")?.message.hasSuffix(words) == false)
    }

    @Test("a number with separators is answered with to_number")
    func separators() {
        #expect(
            failure("{{ '12,34,567.50' | number: 2 }}")?.message
                == "number: a text of 12 characters is no number as a whole; `| to_number` reads amounts with separators and currency signs"
        )
    }
}
