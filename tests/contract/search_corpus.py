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


def documents() -> list[IndexDocument]:
    """The press, each article an hour after the one before."""
    return [
        IndexDocument(
            number,
            (int(START.timestamp()) + number * HOUR) << 20,
            story,
            title,
            body,
            language,
            facets | ({"lang": (language,)} if language else {}),
        )
        for number, (language, title, body, facets, story) in enumerate(TEXTS, 1)
    ]
