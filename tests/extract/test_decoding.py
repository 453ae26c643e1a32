"""Which encoding a page is in, whatever it says: each language in each encoding that its pages had, with right and wrong labels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.extract.decoding import codec, decode, oddness
from aggregator.model import RawPage

TEXTS = {
    "ru": (
        "Глава района сообщил, что ночью повреждены два моста и склад у станции. Жителей просят оставаться дома.",
        "cp1251 koi8-r iso8859-5 cp866",
    ),
    "uk": ("Голова громади повідомив, що вночі пошкоджено два мости і склад біля станції. Її евакуювали.", "cp1251 koi8-u"),
    "zh": ("州长表示，夜间无人机袭击损坏了两座桥梁和火车站附近的一座仓库，三人受伤，居民被要求留在家中。", "gb18030 gb2312"),
    "zh-TW": ("州長表示，夜間無人機襲擊損壞了兩座橋樑和火車站附近的一座倉庫，三人受傷，居民被要求留在家中。", "big5"),
    "ja": ("知事は、夜間の無人機攻撃で橋二本と駅近くの倉庫が損傷し、三人が負傷したと発表した。", "shift_jis euc_jp iso2022_jp"),
    "ko": ("주지사는 밤사이 무인기 공격으로 다리 두 개와 역 근처 창고가 파손되고 세 명이 다쳤다고 밝혔다.", "euc_kr"),
    "de": ("Der Landrat sagte, in der Nacht seien zwei Brücken am Güterbahnhof beschädigt worden; die Straße blieb gesperrt.", "cp1252"),
    "ar": ("قال المحافظ إن جسرين ومستودعا قرب محطة القطار تضررت خلال الليل وأصيب ثلاثة أشخاص.", "cp1256"),
    "pl": (
        "Starosta powiedział, że w nocy uszkodzono dwa mosty i magazyn w pobliżu stacji, a trzy osoby zostały ranne.",
        "cp1250 iso8859-2",
    ),
    "el": ("Ο περιφερειάρχης είπε ότι δύο γέφυρες και μια αποθήκη υπέστησαν ζημιές τη νύχτα.", "cp1253"),
    "tr": ("Vali, gece iki köprü ile istasyon yakınındaki bir deponun hasar gördüğünü, üç kişinin yaralandığını söyledi.", "cp1254"),
}
RIGHT = [(language, name) for language, (_, names) in TEXTS.items() for name in names.split()]
WRONG = [
    ("ru", "cp1251", "koi8-r"), ("ru", "cp1251", "iso-8859-1"), ("ru", "cp1251", "utf-8"), ("ru", "koi8-r", "windows-1251"),
    ("ru", "koi8-r", "big5"), ("uk", "cp1251", "iso-8859-1"), ("uk", "koi8-u", "koi8-r"), ("zh", "gb18030", "big5"),
    ("zh-TW", "big5", "gb2312"), ("ja", "shift_jis", "iso-8859-1"), ("ja", "euc_jp", "shift_jis"), ("ko", "euc_kr", "utf-8"),
    ("ko", "euc_kr", "gb2312"), ("de", "cp1252", "windows-1251"), ("ar", "cp1256", "iso-8859-1"), ("pl", "cp1250", "windows-1251"),
    ("tr", "cp1254", "iso-8859-1"),
]  # fmt: skip


def page(language: str, encoding: str, label: str | None, *, header: bool = False, lang: bool = True) -> str:
    meta = f"<meta charset={label}>" if label and not header else ""
    html = f"<html{f' lang={language}' if lang else ''}><head>{meta}<title>x</title></head><body><p>{TEXTS[language][0]}</p></body></html>"
    return decode(RawPage("https://dispatch.example/7", html.encode(encoding), f"text/html; charset={label}" if header else "text/html"))


@pytest.mark.parametrize(("language", "encoding"), RIGHT)
@pytest.mark.parametrize("header", [True, False])
def test_a_right_label_is_believed(language: str, encoding: str, header: bool) -> None:
    assert TEXTS[language][0] in page(language, encoding, encoding, header=header, lang=False)


@pytest.mark.parametrize(("language", "encoding", "label"), WRONG)
def test_a_wrong_label_is_not(language: str, encoding: str, label: str) -> None:
    assert TEXTS[language][0] in page(language, encoding, label)


@pytest.mark.parametrize(("language", "encoding"), [row for row in RIGHT if row[1] not in ("iso2022_jp",)])
def test_without_a_label_the_language_tells(language: str, encoding: str) -> None:
    assert TEXTS[language][0] in page(language, encoding, None)


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("label", ["windows-1251", "iso-8859-1", "gb2312", None])
def test_utf8_is_told_whatever_its_label(language: str, label: str | None) -> None:
    assert TEXTS[language][0] in page(language, "utf-8", label)


def test_a_few_broken_bytes_leave_utf8_what_it_is() -> None:
    body = (f"<html lang=ru><meta charset=windows-1251><p>{TEXTS['ru'][0]}</p>").encode().replace("склад".encode(), b"\xff\xd0")
    assert "повреждены два моста" in decode(RawPage("https://dispatch.example/7", body))


def test_odd_text_is_told_from_writing() -> None:
    russian = TEXTS["ru"][0].encode("cp1251")
    assert oddness(russian, "cp1251") < 0.1 < 0.35 < min(oddness(russian, name) for name in ("cp1252", "koi8-r", "cp1256"))
    assert oddness(russian, "gb18030") == 1.5
    assert oddness(b"plain", "cp1252") == 0.0


@pytest.mark.parametrize("label", ["nonsense", "base64", "rot13", "idna", "", "unicode-escape\0"])
def test_what_is_no_text_encoding_is_none(label: str) -> None:
    assert codec(label) is None


@given(st.binary(max_size=400), st.sampled_from(["utf-8", "koi8-r", "utf-7", "utf-16", "shift_jis", "idna", "x"]))
def test_any_bytes_become_text(body: bytes, label: str) -> None:
    assert isinstance(decode(RawPage("https://dispatch.example/7", body, f"text/html; charset={label}")), str)
