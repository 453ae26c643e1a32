"""Clause rules, as tables: a sentence and who says what in it."""

import pytest

from aggregator.sources import attribute, lexicon

Row = tuple[str | None, str, str]  # speaker, cue, content (parts joined by " … ")

ENGLISH: list[tuple[str, list[Row]]] = [
    ("The mayor said that power was back.", [("The mayor", "said", "power was back")]),
    ("Power was back, the mayor said.", [("the mayor", "said", "Power was back")]),
    ("Power was back, the mayor said on Tuesday.", [("the mayor", "said", "Power was back")]),
    ("According to the mayor, power was back.", [("the mayor", "According to", "power was back")]),
    ("Power was back, according to the mayor.", [("the mayor", "according to", "Power was back")]),
    ('"It is over," said Anna Holub, a nurse.', [("Anna Holub, a nurse", "said", '"It is over,"')]),
    ('"It is over," Holub said. "We can sleep."', [("Holub", "said", '"It is over," … "We can sleep."')]),
    ('"It is over," Holub said, "for now."', [("Holub", "said", '"It is over," … "for now."')]),
    ('Holub wrote: "It is over."', [("Holub", "wrote", '"It is over."')]),
    ("ISW quoted Prigozhin as saying that the town was lost.", [("Prigozhin", "quoted", "the town was lost")]),
    ("SANA, citing a medic, reported that two men died.", [("a medic", "citing", "two men died")]),
    ("The plant was shut, Reuters reported, citing two officials in Kyiv.", [("two officials in Kyiv", "citing", "The plant was shut")]),
    ("The plant was shut, the owner said, citing a lack of gas from the army.", [("the owner", "said", "The plant was shut")]),
    ("Prigozhin was quoted by TASS as saying that the town was lost.", [("Prigozhin", "quoted", "the town was lost")]),
    ("The army denied shelling the market.", [("The army", "denied", "shelling the market")]),
    ("The RSF denied it and accused the army of lying.", [("The RSF", "accused", "the army of lying")]),
    (
        "The ministry said the front held, adding that losses were high.",
        [("The ministry", "said", "the front held"), ("The ministry", "adding", "losses were high")],
    ),
    (
        "Kyiv said the bridge stood, but Moscow claimed it had fallen.",
        [("Kyiv", "said", "the bridge stood"), ("Moscow", "claimed", "it had fallen")],
    ),
    ("Hrynko told the Border Times that they would stay.", [("Hrynko", "told", "they would stay")]),
    ("In its daily update, the ministry noted that rain was due.", [("the ministry", "noted", "rain was due")]),
    ("The ministry, which is run by Hamas, keeps no lists but says most were women.", [("The ministry", "says", "most were women")]),
    # who speaks: with his party, state and office, without adverbs, and without where and how he said it
    ("Miners often say that the pit is unsafe.", [("Miners", "say", "the pit is unsafe")]),
    ("Oda Lind, speaking to widows on Friday, said that aid was near.", [("Oda Lind", "said", "aid was near")]),
    ("The Red Cross, in a statement on Friday, said that aid was near.", [("The Red Cross", "said", "aid was near")]),
    (
        "Two unions, including the drivers', have said that they will strike.",
        [("Two unions, including the drivers'", "said", "they will strike")],
    ),
    ("Senator Mark Dowd, R-Ky., said that the vote was off.", [("Senator Mark Dowd, R-Ky.", "said", "the vote was off")]),
    ("Ada Moss, 59, of Salem, Ore., said that the roof leaked.", [("Ada Moss, 59, of Salem, Ore.", "said", "the roof leaked")]),
    ("A poll released last week showed that most want talks.", [("A poll released last week", "showed", "most want talks")]),
    ("Most want talks, according to a poll released last week.", [("a poll released last week", "according to", "Most want talks")]),
    ("I've said that the bridge would fall.", [("I", "said", "the bridge would fall")]),
    ("Moss phoned on Tuesday, saying the roof leaked.", [("Moss", "saying", "the roof leaked")]),
    ("In May, several miners refused to go down, saying it was unsafe.", [("several miners", "saying", "it was unsafe")]),
    ('"We want water, not speeches."\u00a0― Ada Moss', [("Ada Moss", "―", '"We want water, not speeches."')]),
    ("“The road is a grave.” — Oleh Lis, a driver", [("Oleh Lis, a driver", "—", "“The road is a grave.”")]),
    ("The leak, first reported by the Border Times, was stopped.", []),
    ("The UN expressed concern over the siege of the port.", [("The UN", "expressed concern", "over the siege of the port")]),
    ("Satellite surveys show that the dam is gone.", [("Satellite surveys", "show", "the dam is gone")]),
    ("He was said to be in Minsk.", []),
    ("Kyiv has not claimed responsibility.", []),
    ("The report was long and the claims were many.", []),
    ("The officials could not be reached.", []),
    ("KYIV, June 13 (Reuters) - The road is open, police said.", [("police", "said", "The road is open")]),
]

OTHERS: list[tuple[str, str, list[Row]]] = [
    ("uk", "Мер заявив, що світло є.", [("Мер", "заявив", "світло є")]),
    ("uk", "Світло є, повідомив мер Олег Лис.", [("мер Олег Лис", "повідомив", "Світло є")]),
    ("uk", "За словами мера, світло є.", [("мера", "За словами", "світло є")]),
    ("uk", "«Світло є», – сказав Лис у вівторок.", [("Лис", "сказав", "«Світло є»")]),
    ("uk", "Росія заперечує удари.", [("Росія", "заперечує", "удари")]),
    ("uk", "Міст зруйновано.\nПро це повідомив мер.", [("мер", "повідомив", "Міст зруйновано")]),
    ("ru", "Мэр заявил, что свет есть.", [("Мэр", "заявил", "свет есть")]),
    ("ru", "Свет есть, сообщил журналистам мэр.", [("мэр", "сообщил", "Свет есть")]),
    ("ru", "По данным мэрии, свет есть.", [("мэрии", "По данным", "свет есть")]),
    ("ru", "«Свет есть», – отметил Лис на брифинге.", [("Лис", "отметил", "«Свет есть»")]),
    ("ru", "ISW приводит слова Пригожина, по которым город взят.", [("Пригожина", "приводит слова", "город взят")]),
    ("ar", "وقال الجيش الإسرائيلي إنه قصف الموقع.", [("الجيش الإسرائيلي", "وقال", "قصف الموقع")]),
    ("ar", "ونفت حماس وجود مقاتلين.", [("حماس", "ونفت", "وجود مقاتلين")]),
    ("ar", "ونقلت وكالة وفا عن طبيب قوله إن القصف مستمر.", [("طبيب", "ونقلت", "القصف مستمر")]),
    ("ar", "وأضاف سالم: «نحفر بأيدينا».", [("سالم", "وأضاف", "«نحفر بأيدينا»")]),
    ("fr", "Le maire a déclaré que la route était ouverte.", [("Le maire", "a déclaré", "la route était ouverte")]),
    ("fr", "Selon le maire, la route est ouverte.", [("le maire", "Selon", "la route est ouverte")]),
    ("fr", "«C'est fini», a-t-elle dit sous couvert d'anonymat.", [("elle", "a-t-elle dit", "«C'est fini»")]),
    ("fr", "«C'est fini», ajoute-t-il sous couvert d'anonymat.", [("il", "ajoute", "«C'est fini»")]),
    ("fr", "«C'est fini», raconte Anna.", [("Anna", "raconte", "«C'est fini»")]),
    ("fr", "La présidence a insisté sur le retour des otages.", [("La présidence", "a insisté", "le retour des otages")]),
    ("fr", "Le ministère a fait état de trois morts à Kanvel.", [("Le ministère", "a fait état", "trois morts à Kanvel")]),
    ("fr", "L'armée fait état d'une attaque contre le dépôt.", [("L'armée", "fait état", "une attaque contre le dépôt")]),
    ("fr", "La mairie a fait savoir que le pont était fermé.", [("La mairie", "a fait savoir", "le pont était fermé")]),
    ("fr", "Kigali a démenti toute présence de ses soldats.", [("Kigali", "a démenti", "toute présence de ses soldats")]),
    ("fr", "L'ONU s'est dite préoccupée par le siège du port.", [("L'ONU", "s'est dite", "préoccupée par le siège du port")]),
    ("fr", "Le gouverneur a parlé de deux drones abattus.", [("Le gouverneur", "a parlé", "deux drones abattus")]),
    ("fr", "Le syndicat regrette la fermeture de la route.", [("Le syndicat", "regrette", "la fermeture de la route")]),
    ("fr", "Une proposition critique dort au Parlement.", []),
    ("de", "Das Amt sprach am Montag mit Anwohnern über den Damm.", []),
    ("de", "Der Gouverneur sprach von 14 Toten.", [("Der Gouverneur", "sprach", "14 Toten")]),
    ("de", "Am Montag sprach der Gouverneur von 14 Toten.", [("der Gouverneur", "sprach", "14 Toten")]),
    ("de", "Die Stadt sprach sich für eine Feuerpause aus.", [("Die Stadt", "sprach sich", "für eine Feuerpause aus")]),
    ("de", "Das Amt begrüßte die Öffnung der Brücke.", [("Das Amt", "begrüßte", "die Öffnung der Brücke")]),
    ("es", "El gobernador habló de 14 muertos.", [("El gobernador", "habló", "14 muertos")]),
    ("es", "El Ejército dio cuenta de un ataque al puerto.", [("El Ejército", "dio cuenta", "un ataque al puerto")]),
    ("es", "La ONU insistió en la apertura del paso.", [("La ONU", "insistió en", "la apertura del paso")]),
    ("es", "El ministerio hizo saber que el puente cerró.", [("El ministerio", "hizo saber", "el puente cerró")]),
    # an agency tells what others told it
    ("uk", "Завод зупинено, повідомляє ТАСС з посиланням на мерію.", [("мерію", "повідомляє", "Завод зупинено")]),
    ("uk", "Reuters повідомляє з посиланням на три джерела, що завод зупинили.", [("три джерела", "повідомляє", "завод зупинили")]),
    ("uk", "Reuters з посиланням на супутникові знімки пише, що завод зупинили.", [("Reuters", "пише", "завод зупинили")]),
    ("uk", "«Завод зупинено», – сказав Олег Лис, передає Укрінформ.", [("Олег Лис", "сказав", "«Завод зупинено»")]),
    ("ru", "РБК, ссылаясь на чиновников, пишет, что завод закрыт.", [("чиновников", "пишет", "завод закрыт")]),
    ("ru", "Завод закрыт, заявил Олег Лис, слова которого приводит ТАСС.", [("Олег Лис", "заявил", "Завод закрыт")]),
    ("fr", "L'agence Sina, citant un préfet, a rapporté que le pont était coupé.", [("un préfet", "a rapporté", "le pont était coupé")]),
    ("fr", "Selon un médecin cité par l'AFP, dix blessés sont arrivés.", [("un médecin", "Selon", "dix blessés sont arrivés")]),
    ("ar", "وأفادت وكالة سانا نقلا عن مصدر أمني بأن الجسر مفتوح.", [("مصدر أمني", "وأفادت", "الجسر مفتوح")]),
    ("ar", "ونقلت قناة الجزيرة عن شاهد أن الجسر مفتوح.", [("شاهد", "ونقلت", "الجسر مفتوح")]),
    ("de", "Der Sprecher sagte, dass die Straße offen sei.", [("Der Sprecher", "sagte", "die Straße offen sei")]),
    ("de", "„Es ist vorbei“, sagte Anna.", [("Anna", "sagte", "„Es ist vorbei“")]),
    ("es", "El alcalde dijo que la calle está abierta.", [("El alcalde", "dijo", "la calle está abierta")]),
    ("es", "Según el alcalde, la calle está abierta.", [("el alcalde", "Según", "la calle está abierta")]),
]


def rows(body: str, language: str) -> list[Row]:
    words = lexicon.load(language)
    assert words is not None
    findings = attribute.read(body, words).findings
    return [
        (body[slice(*f.speaker)] if f.speaker else None, body[slice(*f.cue)], " … ".join(body[a:b] for a, b in f.content)) for f in findings
    ]


@pytest.mark.parametrize(("body", "expected"), ENGLISH)
def test_english(body: str, expected: list[Row]) -> None:
    assert [row for row in rows(body, "en") if row[2] != "it"] == expected


@pytest.mark.parametrize(("language", "body", "expected"), OTHERS)
def test_other_languages(language: str, body: str, expected: list[Row]) -> None:
    assert rows(body, language) == expected


FLOATING = [
    ('"We left," Holub said.\n"The road was on fire."', '"We left," … "The road was on fire."'),
    ('Holub wrote: "We left."\nThe sky was grey.\n"No."', '"We left." … "No."'),
]


@pytest.mark.parametrize(("body", "content"), FLOATING)
def test_quotations_that_float_belong_to_the_last_speaker(body: str, content: str) -> None:
    assert [row[2] for row in rows(body, "en")] == [content]


@pytest.mark.parametrize("language", lexicon.languages())
def test_every_lexicon_is_whole(language: str) -> None:
    words = lexicon.load(language)
    assert words is not None
    assert {word.strength for word in words.cues.values()} >= {"neutral", "claim", "assess", "confirm", "deny", "warn"}
    assert len(words.months) >= 12
    assert set(words.weekdays.values()) == set(range(7))
    assert all(form == form.lower() for form in words.cues)


def test_a_language_without_a_lexicon() -> None:
    assert lexicon.load("xx") is None
    assert lexicon.load(None) is None
