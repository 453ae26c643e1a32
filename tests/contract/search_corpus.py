"""A small press in five languages for the tests of the search index: places and institutions exist, reports and outlets are invented."""

from datetime import UTC, datetime

from aggregator.query import IndexDocument

START = datetime(2024, 5, 1, tzinfo=UTC)
HOUR = 3600

# (language, title, body, facets, story); the article's id is its place in the list from 1, an hour after the one before.
TEXTS: list[tuple[str | None, str, str, dict[str, tuple[str, ...]], int | None]] = [
    (
        "en",
        "Drones hit Kharkiv power plant",
        "Three drones struck the power plant in Kharkiv overnight, the governor said on Telegram. Air defence downed five more.",
        {"place": ("gn706483", "gn690791"), "outlet": ("example-gazette",), "source": ("kharkiv-ova",), "channel": ("telegram",)},
        1,
    ),
    (
        "en",
        "Air defence over Odesa",
        "Missiles and a drone were shot down over Odesa. Defence officials said the air was full of debris.",
        {"place": ("gn698740", "gn690791"), "outlet": ("sample-times",), "source": ("ua-air-force",)},
        2,
    ),
    (
        "en",
        "F-16 jets arrive",
        "The first F-16s have arrived in Ukraine, the ministry said at 10:30. Russia's S-300 systems were moved.",
        {"place": ("gn690791",), "outlet": ("example-gazette",), "source": ("ua-mod",), "kind": ("official",), "side": ("ukraine",)},
        3,
    ),
    (
        "en",
        "Talks in Cairo on a ceasefire",
        "Negotiators met in Cairo. A ceasefire in Gaza was discussed, U.S. officials said."
        " Air strikes went on; the defence minister kept silent.",
        {"place": ("gn1281184",), "outlet": ("sample-times",), "source": ("us-state",), "lang": ("en",)},
        4,
    ),
    (
        "uk",
        "Дрони вдарили по Харкову",
        "Уночі дрони атакували Харків. Начальник області повідомив у телеграмі про пошкодження електростанції.",
        {"place": ("gn706483", "gn690791"), "outlet": ("zrazok",), "source": ("kharkiv-ova",), "channel": ("telegram",)},
        1,
    ),
    (
        "uk",
        "Бої біля Куп’янська",
        "Сили оборони відбили атаки поблизу Куп'янська та Авдіївки. У Києві чекають на ракети до комплексів С-300.",
        {"place": ("fw-kupiansk", "gn690791"), "outlet": ("zrazok",)},
        5,
    ),
    (
        "uk",
        "Тиша в Києві",
        "Протиповітряна оборона столиці спала. Жодного дрона над містом.",
        {"place": ("gn703448", "gn690791"), "outlet": ("zrazok",), "is": ("original",)},
        6,
    ),
    (
        "ru",
        "Удар по Харькову",
        "Беспилотники атаковали Харьков ночью. Губернатор сообщил о повреждении электростанции. Ёлки горели.",
        {"place": ("gn706483", "gn690791"), "outlet": ("obrazets",), "source": ("kharkiv-ova",), "side": ("ukraine",)},
        1,
    ),
    (
        "ru",
        "Сводка о боях под Купянском",
        "Министерство обороны заявило о взятии села. В Киеве это отрицают. Системы ПВО сбили ракеты.",
        {"place": ("fw-kupiansk",), "outlet": ("obrazets",), "source": ("ru-mod",), "kind": ("official",), "side": ("russia",)},
        5,
    ),
    (
        "ar",
        "غارات على غزة",
        "شن الجيش غارات على غَزَّة ورفح. قالت وزارة الصحة إن المستشفى توقف عن العمل.",
        {"place": ("gn1281184",), "outlet": ("mithal",), "source": ("ps-moh",), "theatre": ("levant",)},
        4,
    ),
    (
        "ar",
        "الخرطوم: اشتباكات",
        "اشتباكات بالخرطوم بين الجيش والدعم السريع، والجيش يعلن تقدما.",
        {"place": ("gn379252",), "outlet": ("mithal",), "theatre": ("sudan",)},
        7,
    ),
    (
        "he",
        'צה"ל: תקיפה בעזה',
        'דובר צה"ל מסר כי הטילים שוגרו מרפיח. בירושלים נשמעו אזעקות.',
        {"place": ("gn1281184",), "outlet": ("dugma",), "source": ("idf",), "theatre": ("levant",)},
        4,
    ),
    ("he", "רקטות לצפון", "רקטות נורו מלבנון לעבר הצפון. המלחמה נמשכת.", {"outlet": ("dugma",), "theatre": ("levant",)}, 8),
    (
        "en",
        "Kharkiv again",
        "Kharkiv, Kharkiv, Kharkiv: the city wakes to another drone. Power is out.",
        {"place": ("gn706483", "gn690791"), "outlet": ("sample-times",), "is": ("copy", "wire")},
        1,
    ),
    ("fr", "Des drones sur Kharkiv", "Les drones ont frappé la centrale électrique à Kharkiv.", {"outlet": ("exemple",)}, 1),
    ("de", "Drohnen über Charkiw", "Die Luftabwehr über Charkiw war im Einsatz. Stromausfälle.", {"outlet": ("muster",)}, None),
    (None, "Kharkiv Харків", "Sirens. Сирени.", {"outlet": ("zrazok",), "is": ("sample",)}, None),
    ("en", "A strike at the port", "Dockers began a strike. It strikes no one as odd.", {"outlet": ("sample-times",)}, 9),
    (
        "en",
        "It's O'Brien's \"quote\" 100% \\ done",
        "A title of hostile signs; nothing else. état de siège",
        {"outlet": ("odd Name:1",)},
        None,
    ),
    ("en", "", "", {}, None),
    (
        "en",
        "Power plant safe",
        "The plant has power; the power has plants. Air. Defence.",
        {"outlet": ("example-gazette",), "feed": ("7",)},
        10,
    ),
    (
        "uk",
        "Львів без світла",
        "У Львові та Одесі немає світла після обстрілу.",
        {"place": ("gn702550", "gn690791"), "outlet": ("zrazok",)},
        11,
    ),
    ("zh", "乌克兰战争", "哈尔科夫遭到袭击。", {"outlet": ("muster",)}, None),
    (
        "en",
        "State-owned TV",
        "The state-owned channel spoke of 1,200 men near Pokrovsk.",
        {"outlet": ("sample-times",), "channel": ("state_tv",)},
        12,
    ),
]


# More of them, for the cases of search_cases.tsv alone: (language, title, body, facets, story, whose text it is, agency).
MORE: list[tuple[str, str, str, dict[str, tuple[str, ...]], int, int | None, str | None]] = [
    (
        "uk",
        "Ракетний удар по Запоріжжю",
        "Внаслідок ракетного удару по Запоріжжю поранено п'ятьох людей. Рятувальники гасять пожежу в лікарні.",
        {"place": ("gn687700", "gn690791"), "outlet": ("zrazok",), "source": ("dsns",), "is": ("original",)},
        20,
        25,
        None,
    ),
    (
        "uk",
        "Запоріжжя: п'ятеро поранених",
        "Внаслідок ракетного удару по Запоріжжю поранено п'ятьох людей. Про це повідомляє агенція.",
        {"place": ("gn687700", "gn690791"), "outlet": ("pryklad",), "is": ("copy", "wire")},
        20,
        25,
        "ukrinform",
    ),
    (
        "ru",
        "В Запорожье ранены пять человек",
        "При ракетном ударе по Запорожью ранены пять человек, сообщили спасатели. Горела больница.",
        {"place": ("gn687700",), "outlet": ("obrazets",), "source": ("dsns",)},
        20,
        None,
        None,
    ),
    (
        "ru",
        "Танки у Покровска",
        "Колонна танков замечена у Покровска. Генерал Иванов отрицает потери. Артиллерия обстреляла окопы.",
        {"place": ("gn691179",), "outlet": ("obrazets",), "side": ("russia",), "is": ("original",)},
        21,
        None,
        None,
    ),
    (
        "uk",
        "Покровськ тримається",
        "Захисники Покровська знищили три танки й дві бронемашини. Генерал каже, що ворог втратив роту.",
        {"place": ("gn691179", "gn690791"), "outlet": ("zrazok",), "side": ("ukraine",), "channel": ("briefing",)},
        21,
        None,
        None,
    ),
    (
        "en",
        "Pokrovsk holds, general says",
        "Ukrainian defenders of Pokrovsk destroyed three tanks, the general told a briefing. Russian losses were heavy.",
        {"place": ("gn691179", "gn690791"), "outlet": ("example-gazette",), "side": ("ukraine",), "channel": ("briefing",)},
        21,
        None,
        None,
    ),
    (
        "ar",
        "قصف مدفعي على خان يونس",
        "قصفت المدفعية الإسرائيلية شرق مدينة خان يونس. وأصيب ثلاثة أطفال في القصف، وفق مصادر طبية.",
        {"place": ("gn281124",), "outlet": ("mithal",), "theatre": ("levant",), "is": ("original",)},
        22,
        31,
        None,
    ),
    (
        "ar",
        "إصابة أطفال في خان يونس",
        "قصفت المدفعية الإسرائيلية شرق مدينة خان يونس. وأصيب ثلاثة أطفال في القصف.",
        {"place": ("gn281124",), "outlet": ("namudhaj",), "theatre": ("levant",), "is": ("copy",)},
        22,
        31,
        None,
    ),
    (
        "ar",
        "صواريخ من لبنان",
        "أطلقت صواريخ من جنوب لبنان باتجاه الشمال، وقال الناطق العسكري إن الدفاعات الجوية اعترضت معظمها.",
        {"place": ("gn272103",), "outlet": ("mithal",), "theatre": ("levant",), "source": ("idf",)},
        8,
        None,
        None,
    ),
    (
        "ar",
        "نازحون في الفاشر",
        "وصل آلاف النازحين إلى مخيمات قرب الفاشر بعد معارك مع قوات الدعم السريع. وتقول المنظمة إن المياه نفدت.",
        {"place": ("gn365763",), "outlet": ("mithal",), "theatre": ("sudan",), "kind": ("ngo",)},
        23,
        None,
        None,
    ),
    (
        "he",
        "הפצצה בחאן יונס",
        "חיל האוויר תקף מטרות בחאן יונס. דובר צה״ל: הושמדו מנהרות ומחסני נשק.",
        {"place": ("gn281124",), "outlet": ("dugma",), "theatre": ("levant",), "source": ("idf",)},
        22,
        None,
        None,
    ),
    (
        "he",
        "שיירת סיוע נכנסה לעזה",
        "משאיות הסיוע נכנסו לרצועת עזה דרך המעבר. לפי האו״ם נדרשות מאות משאיות ביום.",
        {"place": ("gn1281184",), "outlet": ("tavnit",), "theatre": ("levant",), "kind": ("ngo",)},
        24,
        None,
        None,
    ),
    (
        "he",
        "אזעקות בגליל",
        "אזעקות נשמעו בגליל העליון לאחר ירי רקטות מלבנון. כיפת ברזל יירטה את הרוב. פצועים פונו לבתי החולים בחיפה.",
        {"outlet": ("dugma",), "theatre": ("levant",)},
        8,
        None,
        None,
    ),
    (
        "en",
        "Aid convoy enters Gaza",
        "Trucks with aid entered the Gaza Strip through the crossing. Hundreds of trucks are needed each day, the UN says.",
        {"place": ("gn1281184",), "outlet": ("sample-times",), "theatre": ("levant",), "kind": ("ngo",)},
        24,
        None,
        None,
    ),
    (
        "en",
        "Aid trucks reach Gaza after weeks",
        "Trucks carrying aid entered Gaza, agency reports said. The crossing had been closed for weeks.",
        {"place": ("gn1281184",), "outlet": ("example-gazette",), "is": ("wire",)},
        24,
        None,
        "reuters",
    ),
    (
        "ru",
        "Эвакуация жителей Купянска",
        "Жителей Купянска эвакуируют: дроны бьют по дорогам. Волонтёры вывезли детей и раненых.",
        {"place": ("fw-kupiansk",), "outlet": ("obrazets",), "is": ("paywalled",)},
        5,
        None,
        None,
    ),
]


def _at(number: int) -> int:
    return (int(START.timestamp()) + number * HOUR) << 20


def press() -> list[IndexDocument]:
    """All of them; stories 20, 22 and 24 have several origins or copies, as their agencies and groups tell."""
    more = [
        IndexDocument(number, _at(number), story, title, body, language, facets | {"lang": (language,)}, copy_of, wire)
        for number, (language, title, body, facets, story, copy_of, wire) in enumerate(MORE, len(TEXTS) + 1)
    ]
    return [*documents(), *more]


def documents() -> list[IndexDocument]:
    """The press, each article an hour after the one before."""
    return [
        IndexDocument(
            number,
            _at(number),
            story,
            title,
            body,
            language,
            facets | ({"lang": (language,)} if language else {}),
        )
        for number, (language, title, body, facets, story) in enumerate(TEXTS, 1)
    ]
