"""Words of things that happen in a war: they mark a sentence as telling an event, and what follows one as a place."""

from functools import lru_cache

# Words of things that happen, by key; with "*" any ending.
EVENT_WORDS = (
    "struck strike* hit hits kill* wounded injured shell* bomb* attack* raid* fighting clash* captur* seize* liberated retook advanc* assault* explosion* blast* "
    "missile* drone* fire fired destroy* damag* downed repelled storm* evacuat* ambush* siege besieged massacre* rocket* airstrike* burned looted abducted detained arrested "
    "удар* обстрі* обстрел* вибух* взрыв* атак* атац* загин* погиб* поранен* ранен* влуч* прилет* прильот* бої боях боїв бои боях боев захопи* захват* звільни* освобод* пошкодж* поврежд* "
    "зруйнован* разруш* збит* сбит* відбит* отбит* штурм* ракет* дрон* безпілотн* беспилотн* евакуац* эвакуац* пожеж* пожар* убит* вбит* "
    "frapp* bombard* attaqu* tue tues mort* bless* frappe* angriff* beschuss* getotet* verletzt* explosion* ataque* ataco muert* herid* "
    "saldir* vurul* vurdu oldu* patlama* yaralan* "
    "قصف* القصف غاره* غارات* الغارات هجوم* الهجوم مقتل قتل* استشهد* اشتباك* الاشتباكات انفجار* معارك المعارك سقوط اصيب* اقتحم* استهدف* جرحي شهداء نزح* "
    "תקיפה* תקף* תקפו נהרג* הרוג* פיצוץ* נפצע* פצוע* ירי נפלה נפלו קרבות רקט* טיל* "
    "حمله* انفجار* کشته* كشته* زخمي* بمباران*"
).split()
EXACT = frozenset(w for w in EVENT_WORDS if not w.endswith("*"))
STEMS = tuple(w[:-1] for w in EVENT_WORDS if w.endswith("*"))


@lru_cache(maxsize=32768)
def tells_event(key: str) -> bool:
    """Whether a word is of something that happens."""
    return key in EXACT or key.startswith(STEMS) or (key[:1] in "وفبل" and (key[1:] in EXACT or key[1:].startswith(STEMS)))
