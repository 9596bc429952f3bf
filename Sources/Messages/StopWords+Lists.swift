// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension StopWords {
    /// What stops everything: the words of Twilio, AWS and Telnyx, and those of the languages of India and of Europe.
    ///
    /// `CANCEL` and `END`, which those have too, are not among them: to a shop they are about the order.
    ///
    /// - SeeAlso: [Twilio's default keywords](https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out)
    static let stops = [
        // English
        "stop", "stopall", "stop all", "unsubscribe", "unsubscribe me", "unsubscribe all", "quit", "revoke", "optout",
        "opt-out", "opt out", "opt me out", "remove", "remove me", "td", "please stop", "stop please", "stop messages",
        "stop messaging", "stop messaging me", "stop messaging me please", "stop sending messages",
        "stop sending me messages", "no more messages", "do not message me", "don't message me",
        // Hindi, in its own letters and in Latin ones
        "स्टॉप", "रोकें", "रोको", "बंद करें", "बंद करो", "बन्द करें", "बन्द करो", "मैसेज बंद करें", "मैसेज बंद करो",
        "संदेश बंद करें", "संदेश न भेजें", "मैसेज मत भेजो", "band karo", "band kare", "band karein", "band kar do",
        "message band karo", "msg band karo", "message mat bhejo",
        // Bengali, Marathi, Gujarati, Punjabi
        "স্টপ", "বন্ধ করুন", "বন্ধ করো", "বন্ধ কর", "থামান", "মেসেজ বন্ধ করুন",
        "स्टॉप करा", "बंद करा", "थांबवा", "मेसेज बंद करा", "संदेश बंद करा",
        "સ્ટોપ", "બંધ કરો", "રોકો", "મેસેજ બંધ કરો", "ਬੰਦ ਕਰੋ", "ਰੋਕੋ", "ਸਟਾਪ",
        // Tamil, Telugu, Kannada, Malayalam
        "ஸ்டாப்", "நிறுத்து", "நிறுத்தவும்", "நிறுத்துங்கள்", "స్టాప్", "ఆపు", "ఆపండి", "ఆపివేయండి", "నిలిపివేయండి",
        "ಸ್ಟಾಪ್", "ನಿಲ್ಲಿಸಿ", "ನಿಲ್ಲಿಸು", "സ്റ്റോപ്പ്", "നിർത്തുക", "നിർത്തൂ", "നിർത്തു",
        // Urdu and Arabic
        "بند کریں", "بند کرو", "إيقاف", "ايقاف", "توقف", "إلغاء الاشتراك", "الغاء الاشتراك",
        // German, French, Dutch
        "stopp", "stoppen", "abmelden", "abbestellen", "austragen", "keine nachrichten mehr", "bitte stoppen",
        "arret", "arrêt", "arrêter", "arreter", "arrêtez", "désabonner", "desabonner", "se désabonner", "me désabonner",
        "désinscrire", "desinscrire", "désinscription", "désabonnement", "afmelden", "uitschrijven",
        // Spanish, Portuguese, Italian
        "parar", "baja", "dar de baja", "darme de baja", "darse de baja", "detener", "no más mensajes",
        "no mas mensajes", "cancelar suscripción", "cancelar suscripcion", "pare", "sair", "descadastrar", "remover",
        "cancelar inscrição", "cancelar inscricao", "não quero mais receber", "nao quero mais receber",
        "disiscrivi", "disiscrivimi", "disiscriviti", "cancellami", "basta messaggi", "annulla iscrizione",
        // Polish, Turkish
        "wypisz", "wypisz mnie", "rezygnuję", "rezygnuje", "durdur", "ret", "abonelikten çık",
    ]

    /// What stops advertising: the button of Meta's templates, and what people call it.
    static let marketing = [
        "stop promotions", "stop promotion", "stop promos", "stop marketing", "stop marketing messages", "stop offers",
        "stop ads", "no promotions", "no more promotions", "no marketing", "no ads", "unsubscribe from promotions",
        "प्रमोशन बंद करें", "ऑफर बंद करें", "werbung stoppen", "keine werbung", "keine werbung mehr", "stop pub",
        "stop promos svp", "arrêter les promotions", "detener promociones", "detener las promociones",
        "no más promociones", "parar promoções", "parar promocoes", "interromper promoções", "basta promozioni",
        "interrompi promozioni", "stop promozioni", "stop promoties", "geen reclame",
    ]

    /// What starts again.
    static let starts = [
        "start", "unstop", "subscribe", "resubscribe", "resume", "optin", "opt-in", "opt in", "opt me in",
        "शुरू", "शुरू करें", "शुरू करो", "चालू करें", "shuru karo", "chalu karo", "শুরু করুন", "চালু করুন", "सुरू करा",
        "શરૂ કરો", "ਸ਼ੁਰੂ ਕਰੋ", "தொடங்கு", "தொடங்கவும்", "ప్రారంభించు", "ప్రారంభించండి", "ಪ್ರಾರಂಭಿಸಿ", "ಶುರು ಮಾಡಿ",
        "തുടങ്ങുക", "ആരംഭിക്കുക", "شروع کریں", "ابدأ", "anmelden", "abonnieren", "reprendre", "s'abonner", "m'abonner",
        "aanmelden", "alta", "darme de alta", "iniciar", "reanudar", "voltar a receber", "iscrivimi", "riprendi",
        "zapisz mnie", "başlat",
    ]

    /// What means yes, and therefore START to whoever has sent a STOP.
    static let yes = [
        "yes", "हाँ", "हां", "haan", "হ্যাঁ", "होय", "હા", "ਹਾਂ", "ஆம்", "అవును", "ಹೌದು", "അതെ", "نعم", "جی ہاں", "ja",
        "oui", "sí", "si", "sim", "sì", "tak", "evet",
    ]
}
