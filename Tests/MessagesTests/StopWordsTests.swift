// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import TestSupport
import Testing

/// Numbers 44 and 45: 200 phrases in more than twelve languages, both ways.
@Suite("What recipients write")
struct StopWordsTests {
    private let words = StopWords.standard

    @Test("stops all messages as a whole message, however it is dressed (44)", arguments: Phrases.stops)
    func stops(phrase: String) {
        #expect(words.meaning(of: phrase) == .stop)
    }

    @Test("stops advertising alone (44)", arguments: Phrases.marketing)
    func marketing(phrase: String) {
        #expect(words.meaning(of: phrase) == .stopMarketing)
    }

    @Test("starts again (45)", arguments: Phrases.starts)
    func starts(phrase: String) {
        #expect(words.meaning(of: phrase) == .start)
    }

    @Test("says yes, which takes back a STOP alone (45)", arguments: Phrases.yes)
    func yes(phrase: String) {
        #expect(words.meaning(of: phrase) == .yes)
    }

    @Test("is about something else (44)", arguments: Phrases.others)
    func others(phrase: String) {
        #expect(words.meaning(of: phrase) == nil)
    }

    @Test("may be meant as a STOP, and a person looks (44)", arguments: Phrases.doubts)
    func doubts(phrase: String) {
        #expect(words.meaning(of: phrase) == .doubtful)
    }

    @Test("there are 200 phrases and more of them, none of them twice")
    func count() {
        let all = Phrases.stops + Phrases.marketing + Phrases.starts + Phrases.yes + Phrases.others + Phrases.doubts
        #expect(all.count >= 200 && Set(all).count == all.count, "\(all.count)")
    }

    @Test("a configuration adds words and takes words out; CANCEL and END mean nothing unless it says so (44)")
    func configured() {
        let own = StopWords(stop: ["Cancel", "ENDE!"], marketing: ["Kein Newsletter"], without: ["quit", "YES"])
        #expect(own.meaning(of: "CANCEL") == .stop)
        #expect(own.meaning(of: "ende") == .stop)
        #expect(own.meaning(of: "kein newsletter") == .stopMarketing)
        #expect(own.meaning(of: "QUIT") == nil)
        #expect(own.meaning(of: "yes") == nil)
        #expect(own.meaning(of: "stop") == .stop)
        #expect(words.meaning(of: "CANCEL") == nil && words.meaning(of: "END") == nil)
        #expect(StopWords(stop: ["", "!!!"]).meaning(of: "...") == nil)
        #expect(words.meaning(of: String(repeating: "stop ", count: 900)) == nil)
    }
}

/// What recipients write, by what it means.
private enum Phrases {
    static let stops = [
        // English
        "STOP", "stop", "Stop.", "  stop  ", "STOP!!!", "\"Stop\"", "¡stop!", "(STOP)", "🛑 STOP 🛑", "STOP 🙏", "stop😡😡",
        "ＳＴＯＰ", "ＳＴＯＰ！", "s\u{AD}top", "\u{200B}STOP\u{200B}", "\u{FEFF}stop", "\u{202E}STOP\u{202C}",
        "\u{2066}stop\u{2069}", "st\u{200D}op", "𝐒𝐓𝐎𝐏", "ⓢⓣⓞⓟ", "STOP\n", "Stop\u{A0}", "— stop —", "*STOP*", "_stop_",
        "STOPALL", "Stop all", "stop-all", "Unsubscribe", "UNSUBSCRIBE ME", "quit", "Revoke", "optout", "Opt-Out",
        "opt out",
        "OPT‑OUT", "Remove", "remove me!", "TD", "Please stop", "please STOP!!", "stop, please", "Stop messages",
        "Stop sending me messages.", "Don't message me", "Don’t message me", "No more messages",
        // Hindi
        "स्टॉप", "रोकें", "बंद करें", "बंद करो!", "मैसेज बंद करो", "संदेश न भेजें", "band karo", "Message band karo", "Band Kar Do 🙏",
        // Bengali, Marathi, Gujarati, Punjabi
        "বন্ধ করুন", "স্টপ", "থামান।", "थांबवा", "बंद करा", "બંધ કરો", "સ્ટોપ", "ਬੰਦ ਕਰੋ",
        // Tamil, Telugu, Kannada, Malayalam
        "நிறுத்து", "நிறுத்தவும்", "ஸ்டாப்", "ఆపండి", "ఆపు", "నిలిపివేయండి", "ನಿಲ್ಲಿಸಿ", "ಸ್ಟಾಪ್", "നിർത്തുക", "സ്റ്റോപ്പ്",
        // Urdu, Arabic
        "بند کریں", "إيقاف", "إلغاء الاشتراك", "\u{200F}توقف\u{200F}",
        // German, French, Dutch
        "Stopp", "STOPPEN", "Abmelden", "abbestellen.", "Keine Nachrichten mehr", "ARRET", "Arrêt", "ARRE\u{302}T",
        "désabonner",
        "Se désabonner", "Afmelden", "uitschrijven",
        // Spanish, Portuguese, Italian, Polish, Turkish
        "Baja", "BAJA.", "Dar de baja", "No más mensajes", "PARAR", "Sair", "Descadastrar", "Cancelar inscrição",
        "Cancellami",
        "Disiscrivimi", "Wypisz mnie", "Rezygnuję", "DURDUR", "RET",
    ]

    static let marketing = [
        "Stop promotions", "STOP PROMOTIONS", "Stop promotions!", "stop  promotions", "Stop marketing",
        "No more promotions",
        "Unsubscribe from promotions", "Keine Werbung", "Werbung stoppen", "STOP PUB", "Detener promociones",
        "Parar promoções", "Basta promozioni", "प्रमोशन बंद करें",
    ]

    static let starts = [
        "START", "start", "Unstop", "UNSTOP!", "subscribe", "Opt in", "resume", "शुरू करें", "শুরু করুন", "தொடங்கு",
        "ప్రారంభించండి", "ಪ್ರಾರಂಭಿಸಿ", "തുടങ്ങുക", "શરૂ કરો", "anmelden", "Reprendre", "Alta", "iniciar", "Başlat",
    ]

    static let yes = ["YES", "Yes!", "हाँ", "হ্যাঁ", "ஆம்", "అవును", "ಹೌದು", "അതെ", "ja", "Oui", "Sí", "Sim", "Evet"]

    static let others = [
        "stop the delivery at 5", "Can you stop the delivery at 5 pm please", "bus stop", "Where is the bus stop?",
        "please don't stop", "Don't stop!", "non stop", "CANCEL", "cancel my order", "END", "The end",
        "end of the month?",
        "When does the sale end", "start the engine", "I want to start a return, how?", "yes, the red one",
        "Yes please call me",
        "ok", "👍", "🛑", "...", "", "   ", "\u{200B}", "5", "shop", "step", "top", "stow", "Hello", "Thanks!",
        "remove the second item",
        "Please remove one shirt from my order", "when will it arrive", "quit asking where it is, it is at my door",
        "मेरा ऑर्डर कहाँ है", "बंद", "दुकान कब बंद होती है", "আমার অর্ডার কোথায়", "என் ஆர்டர் எங்கே", "నా ఆర్డర్ ఎక్కడ",
        "ನನ್ನ ಆರ್ಡರ್ ಎಲ್ಲಿದೆ", "എന്റെ ഓർഡർ എവിടെ", "મારો ઓર્ડર ક્યાં છે", "Wann kommt mein Paket?", "Où est ma commande ?",
        "¿Dónde está mi pedido?", "Onde está meu pedido?", "Dov'è il mio ordine?", "أين طلبي",
        "Gdzie jest moja paczka?",
        "Siparişim nerede?", "la baja del precio me interesa mucho", "a saída fica onde?",
    ]

    static let doubts = [
        "stop it", "ok stop", "Stop this!", "Please stop sending me these messages", "STOP SPAM", "sotp", "STPO",
        "stooop",
        "unsubscibe", "unsuscribe", "I said stop messaging me", "stop whatsapp now", "unsubscribe me please",
    ]
}
