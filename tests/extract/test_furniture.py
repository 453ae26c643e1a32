"""Furniture: cue lines in seven languages, spans in a given body, repeated lines of a host, and what must stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.extract.furniture import LineLearner, cue, sift, standing_spans
from aggregator.extract.keys import line_key

CUES = [
    ("caption", "Smoke over Khan Younis on Monday [Adel Hani/Reuters]"),
    ("caption", "A destroyed bridge. (Photo by Lena Ray/Getty Images)"),
    ("caption", "Ілюстративне фото: укриття"),
    ("caption", "صورة أرشيفية لمعبر رفح"),
    ("caption", "Symbolbild"),
    ("credit", "Photo: Lena Ray"),
    ("credit", "Фото: пресслужба ДСНС"),
    ("credit", "Crédit photo : L. Ray"),
    ("credit", "Foto: L. Ray"),
    ("credit", "Reporting by Ann Orr in Beirut; Editing by Tom Lee"),
    ("tip line", "Do you have a tip? Write to us."),
    ("tip line", "Якщо ви знайшли помилку, виділіть її"),
    ("tip line", "Нашли ошибку? Выделите текст"),
    ("tip line", "Haben Sie Hinweise? Schreiben Sie der Redaktion."),
    ("newsletter", "Sign up for our newsletter"),
    ("newsletter", "Підписуйтесь на наш Telegram"),
    ("newsletter", "Подписывайтесь на наш канал"),
    ("newsletter", "تابعونا على تلغرام"),
    ("newsletter", "Inscrivez-vous à la lettre du matin"),
    ("newsletter", "Suscríbete a nuestro boletín"),
    ("read more", "READ MORE: What we know about the strike"),
    ("read more", "👉 Читайте також: Що відомо про удар"),
    ("read more", "Читайте также: Что известно об ударе"),
    ("read more", "اقرأ أيضا: ما نعرفه عن الغارة"),
    ("read more", "À lire aussi : ce que l'on sait"),
    ("read more", "Lesen Sie auch: Was bekannt ist"),
    ("read more", "Lee también: lo que se sabe"),
    ("read more", "Advertisement"),
    ("AI voice notice", "Listen to this article"),
    ("AI voice notice", "This audio is auto-generated. Please let us know if you have feedback."),
    ("AI voice notice", "Послухати статтю"),
    ("share", "Share this article"),
    ("read more", "Leggi anche: Cosa si sa dell'attacco"),
    ("read more", "Leia também: O que se sabe do ataque"),
    ("read more", "Czytaj także: Co wiadomo o ataku"),
    ("read more", "קראו עוד: מה ידוע על התקיפה"),
    ("read more", "بیشتر بخوانید: آنچه از حمله می‌دانیم"),
    ("read more", "Baca juga: Yang diketahui tentang serangan"),
    ("read more", "İlgili haberler"),
    ("read more", "相关阅读：关于袭击的已知情况"),
    ("read more", "Advertentie"),
    ("credit", "Fotoğraf: L. Ray"),
    ("credit", "צילום: לנה ריי"),
    ("credit", "Źródło: komunikat prasowy"),
    ("caption", "Da sinistra a destra: il sindaco e il prefetto"),
    ("caption", "Pictured above is the mayor in front of the depot"),
    ("tip line", "Segnala un errore nel testo"),
    ("tip line", "Zauważyłeś błąd? Daj nam znać"),
    ("tip line", "Haber ihbar hattı"),
    ("newsletter", "הירשמו לניוזלטר שלנו"),
    ("newsletter", "Iscriviti alla nostra newsletter"),
    ("newsletter", "Abone ol"),
    ("newsletter", "ما را دنبال کنید"),
    ("notice", "Dies ist eine maschinelle Übersetzung eines Artikels aus dem Englischen."),
    ("notice", "We may earn a commission from links on this page."),
    ("notice", "Новина доповнюється"),
    ("AI voice notice", "Posłuchaj artykułu"),
    ("source note", "Eigene Recherche"),
    ("wall", "Subscribe to continue reading"),
    ("wall", "Щоб читати далі, оформіть передплату"),
]


@pytest.mark.parametrize(("reason", "line"), CUES)
def test_a_cue_line_is_named(reason: str, line: str) -> None:
    assert cue(line, at_end=True) == reason


STAY = [
    "Reuters reported on Monday that the bridge had been hit twice.",
    "He read more than forty names aloud before the crowd fell silent.",
    "Listening posts along the river recorded the launch.",
    "Watching from the hill, the mayor counted nine trucks.",
    "Photographs from the scene show two burnt vehicles.",
    "Sharing the water is a matter of survival, the elders said.",
    "Relatedly, the ministry withdrew its first figure.",
    "The editor was killed near the checkpoint, the union said.",
    "Recommended by three of the four inspectors, the bridge was nevertheless closed on Friday, the ministry said.",
    "Produced by a plant near the border, the shells reached the front within a week, according to two officers of the brigade there.",
    "Fonti del ministero riferiscono di due feriti.",
    "Segundo a polícia, duas pessoas ficaram feridas.",
    "Kaynaklar iki kişinin yaralandığını söyledi.",
    "Читателям напомнили о комендантском часе, заявил губернатор.",
]


@pytest.mark.parametrize("line", STAY)
def test_reporting_stays(line: str) -> None:
    assert cue(line, at_end=False) is None


def test_a_biography_counts_at_the_end_alone() -> None:
    line = "Oksana Lisova is a reporter for the Danube Dispatch based in Odesa."
    assert cue(line, at_end=True) == "biography"
    assert cue(line, at_end=False) is None


def test_standing_spans_cover_whole_lines() -> None:
    body = "First paragraph.\nPhoto: Lena Ray\nSecond paragraph.\nThird.\nRead more: Elsewhere"
    assert [body[span.start : span.end] for span in standing_spans(body)] == ["Photo: Lena Ray", "Read more: Elsewhere"]


@given(st.text(max_size=300))
def test_standing_spans_lie_in_the_body(body: str) -> None:
    spans = standing_spans(body)
    assert all(0 <= span.start < span.end <= len(body) and "\n" not in body[span.start : span.end] for span in spans)
    assert list(spans) == sorted(spans, key=lambda span: span.start)


def test_nothing_is_lost_in_sifting() -> None:
    lines = [
        ("p", "A title of some length"),
        ("p", "Said the mayor."),
        ("p", "Photo: L. Ray"),
        ("li", "Another story here"),
        ("h", "See also this"),
    ]
    kept, removed = sift(lines, headlines={line_key("A title of some length")}, links={line_key("Another story here")})
    assert kept == [("p", "Said the mayor.")]
    assert [(item.text, item.reason) for item in removed] == [
        ("A title of some length", "title"),
        ("Photo: L. Ray", "credit"),
        ("Another story here", "link to another page"),
        ("See also this", "read more"),
    ]


def test_what_a_label_announces_goes_with_it() -> None:
    lines = [
        ("p", "Said the mayor."),
        ("h", "Related articles"),
        ("li", "Ten drones over the port"),
        ("li", "The port is open"),
        ("p", "He left."),
    ]
    kept, removed = sift(lines)
    assert kept == [("p", "Said the mayor."), ("p", "He left.")]
    assert {item.reason for item in removed} == {"read more"}


def test_a_list_in_the_guise_of_headings_stays() -> None:
    heads = [("h", f"{number}. A number of the report") for number in range(4)]
    assert sift([("p", "Said the mayor."), *heads])[0] == [("p", "Said the mayor."), *heads]
    assert sift([("p", "Said the mayor."), heads[0]])[0] == [("p", "Said the mayor.")]


def test_no_credit_is_in_a_heading() -> None:
    heading = "Copyright in a divided world"
    assert sift([("h", heading), ("p", "Said the mayor.")])[0] == [("h", heading), ("p", "Said the mayor.")]
    assert sift([("p", "Said the mayor."), ("p", heading)])[0] == [("p", "Said the mayor.")]


def test_a_table_beside_a_text_goes_and_a_text_in_a_table_stays() -> None:
    paragraph = "Two people were hurt when a drone fell on a bus depot in the north of the city, the mayor said on Sunday evening. "
    rows = [("row", f"District {number}: {number} drones, none hurt, one roof") for number in range(30)]
    assert sift([("p", paragraph * 4), *rows])[0] == [("p", paragraph * 4)]
    assert sift([("p", paragraph * 4), ("row", paragraph * 3)])[0] == [("p", paragraph * 4), ("p", paragraph * 3)]


def test_a_table_goes_unless_it_is_the_article() -> None:
    row = ("row", "Kharkiv 12 drones")
    assert sift([("p", "A paragraph that is longer than the table."), row])[0] == [("p", "A paragraph that is longer than the table.")]
    assert sift([row])[0] == [("p", "Kharkiv 12 drones")]


LONG = "The war began when troops crossed the border in three places, and since then the front has moved along the river more than once."


def pages(*bodies: list[str]) -> LineLearner:
    learner = LineLearner()
    for body in bodies:
        learner.add(body)
    return learner


def test_short_repeated_lines_are_learnt_from_two_articles() -> None:
    first = ["One report.", "And its second line.", "Third line of it.", "The desk in Odesa"]
    second = ["Another report.", "And a line of its own.", "And one more.", "The desk in Odesa"]
    assert line_key("The desk in Odesa") not in pages(first).repeated()
    assert line_key("The desk in Odesa") in pages(first, second).repeated()


def test_a_background_paragraph_needs_three_other_articles() -> None:
    bodies = [[f"{letter}{n}" for n in range(3)] + [LONG] + [f"{letter}{n}" for n in range(3, 6)] for letter in "abc"]
    assert line_key(LONG) not in pages(*bodies[:2]).repeated()
    assert line_key(LONG) in pages(*bodies).repeated()


def test_an_article_in_two_places_counts_once() -> None:
    first = ["a1", "a2", "a3", LONG, "a4", "a5", "a6"]
    learner = pages(first)
    assert learner.add([*first[:-1], "changed"]) is False
    assert line_key(LONG) not in learner.repeated()
