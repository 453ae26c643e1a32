"""What stands beside the stream: how many articles an hour, and what is on this view. The chart is SVG made here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup, escape

from aggregator.app import App
from aggregator.query import FacetValue, Plan
from web.present import MONTHS, count

HOURS = 24
DAYS = 14  # where nothing came within HOURS
WIDTH, HEIGHT, BASE = 240, 64, 50  # of the view box; bars stand on BASE, the hours below


@dataclass(frozen=True, slots=True)
class Overview:
    """A chart with its heading, and the view in figures; ``texts`` is None where articles are too many to tell copies."""

    heading: str
    chart: Markup | None
    articles: int
    texts: int | None
    outlets: int
    languages: int


def overview(app: App, plan: Plan, counts: Mapping[str, Sequence[FacetValue]], articles: int, now: datetime, cap: int) -> Overview:
    """The view of a plan. ``counts`` has the facets outlet, lang and is, counted over the newest ``cap`` articles."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    edges = [hour + timedelta(hours=n - HOURS + 1) for n in range(HOURS + 1)]
    bars = app.index.histogram(plan, edges)
    heading = "Last 24 hours"
    if not any(bars):
        edges = [hour.replace(hour=0) + timedelta(days=n - DAYS + 1) for n in range(DAYS + 1)]
        bars = app.index.histogram(plan, edges)
        heading = "Last 14 days"
    states = {value.value: value.count for value in counts.get("is", ())}
    return Overview(
        heading=heading,
        chart=_chart(bars, edges) if any(bars) else None,
        articles=articles,
        texts=articles - states.get("copy", 0) if articles <= cap else None,
        outlets=len(counts.get("outlet", ())),
        languages=len(counts.get("lang", ())),
    )


def _chart(bars: Sequence[int], edges: Sequence[datetime]) -> Markup:
    step = WIDTH / len(bars)
    most = max(bars)
    hourly = edges[1] - edges[0] < timedelta(days=1)
    out = []
    for number, height in enumerate(bars):
        if height:
            tall = max(2.0, height / most * (BASE - 4))
            label = f"{_label(edges[number], hourly)}: {count(height, 'article')}"
            box = f'x="{number * step + 1:.1f}" y="{BASE - tall:.1f}" width="{step - 2:.1f}" height="{tall:.1f}"'
            out.append(f"<rect {box}><title>{escape(label)}</title></rect>")
    for number in (0, len(bars) // 2):
        out.append(f'<text x="{number * step + 1:.1f}" y="{HEIGHT - 2}">{_label(edges[number], hourly)}</text>')
    out.append(f'<text x="{WIDTH}" y="{HEIGHT - 2}" text-anchor="end">{"now" if hourly else "today"}</text>')
    told = f"Articles {'an hour' if hourly else 'a day'}: {', '.join(map(str, bars))}"
    axis = f'<path d="M0 {BASE + 0.5}h{WIDTH}"/>'
    return Markup(f'<svg class="bars" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{told}">{axis}{"".join(out)}</svg>')


def _label(at: datetime, hourly: bool) -> str:
    return f"{at:%H:%M}" if hourly else f"{at.day} {MONTHS[at.month - 1]}"
