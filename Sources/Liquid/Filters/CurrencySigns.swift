// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// The codes of currencies that people write by a sign or a word, for the advice about a code that does not exist.
///
/// - SeeAlso: [Unicode's CLDR, currencies](https://cldr.unicode.org/translation/currency-names-and-symbols/currency-names)
enum CurrencySigns {
    /// The end of the sentence about an unknown currency: the code to write.
    static func hint(for text: String) -> String {
        let words = text.lowercased().filter { $0 != "." }.split(separator: " ").map(String.init)
        let candidates = [words.joined(), words.last ?? ""].flatMap {
            [$0, $0.hasSuffix("s") ? String($0.dropLast()) : $0]
        }
        if let codes = candidates.lazy.compactMap({ codes[$0] }).first, let first = codes.first {
            let others = codes.dropFirst().joined(separator: ", ")
            return others.isEmpty
                ? "; write the ISO code '\(first)'" : "; write the ISO code, such as '\(first)' (or \(others))"
        }
        return "; expected an ISO code of three letters, such as 'INR'"
    }

    /// By the sign or the word in the singular, in small letters, without full stops.
    private static let codes: [String: [String]] = {
        var codes: [String: [String]] = [:]
        for row in table.split(separator: "\n") {
            let parts = row.split(separator: ":")
            let found = parts[1].split(separator: " ").map(String.init)
            for sign in parts[0].split(separator: " ") { codes[String(sign)] = found }
        }
        return codes
    }()

    private static let table = """
        ₹ inr₹ ₹inr: INR
        rs re rupee rupaye rupiya ₨: INR PKR LKR NPR MUR
        $ dollar: USD CAD AUD SGD
        us$ $us usdollar: USD
        a$ au$: AUD
        c$ ca$ can$: CAD
        s$ sg$: SGD
        hk$: HKD
        nz$: NZD
        nt$: TWD
        mx$: MXN
        r$ real reais: BRL
        € euro eur€: EUR
        £ quid sterling gbp£: GBP
        pound: GBP EGP
        ¥ jp¥: JPY CNY
        yen 円 jpy¥: JPY
        yuan rmb renminbi 元 cn¥: CNY
        ₩ won: KRW
        ₫ dong: VND
        ฿ baht: THB
        ₱: PHP
        peso: MXN PHP ARS CLP COP
        rm ringgit: MYR
        rp rupiah: IDR
        dh dirham دإ: AED MAD
        riyal rial ﷼ sr: SAR QAR OMR
        dinar: KWD BHD JOD IQD TND
        kd: KWD
        bd: BHD
        ৳ taka tk: BDT
        ₦ naira: NGN
        ₵ gh₵ cedi: GHS
        shilling sh: KES UGX TZS
        ksh kshs: KES
        ush: UGX
        tsh: TZS
        r rand: ZAR
        birr: ETB
        fcfa cfa: XOF XAF
        kr krona krone kroner kronor króna: SEK NOK DKK ISK
        fr franc franken sfr: CHF XOF XAF
        zł zloty złoty: PLN
        kč koruna: CZK
        ft forint: HUF
        lei leu: RON
        ₺ tl lira: TRY
        ₽ ruble rouble руб р: RUB
        ₴ hryvnia: UAH
        ₪ nis shekel: ILS
        ₸ tenge: KZT
        s/ sol: PEN
        """
}
