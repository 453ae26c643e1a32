"""Counts over time as SVG made here: bars that lead to what they count, with title and description; and how spans are called."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup, escape

from aggregator.trends import Of, Per, Span, Trend
from web.present import MONTHS, count, figure

LEAST = 2.0  # height of the smallest bar
ONES = {Per.HOUR: "an hour", Per.DAY: "a day", Per.WEEK: "a week"}
NAMES = {
    Of.ARTICLES: ("article", "articles"),
    Of.STORIES: ("story", "stories"),
    Of.ORIGINS: ("independent origin", "independent origins"),
    Of.OUTLETS: ("outlet", "outlets"),
}
NOW = {Per.HOUR: "now", Per.DAY: "today", Per.WEEK: "this week"}

Link = Callable[[Span], str]


@dataclass(frozen=True, slots=True)
class Size:
    """Of the view box; ``below``: of its height, under the bars: the hours or days; a label for every ``label`` of its width, and ``last``
    of it kept free for that at the end."""

    width: int
    height: int
    below: int
    label: int
    last: int


SMALL = Size(240, 64, below=14, label=110, last=82)
WIDE = Size(720, 178, below=22, label=120, last=165)  # on a phone it has half this size, and letters twice as large in it


def chart(ident: str, title: str, trend: Trend, per: Per, size: Size, link: Link, top: int | None = None) -> Markup:
    """The bars of a trend, the texts of their own in each filled and the copies above them paler. ``ident`` is that of no other chart of
    the page; ``top``: what the height stands for, if not the highest bar."""
    spans = trend.spans
    most = max(top or 0, *(span.number for span in spans), 1)
    base, step = size.height - size.below, size.width / len(spans)
    out = [
        f'<title>{escape(title)}</title><desc id="{ident}-d">{escape(told(trend, per))}</desc>',
        f'<path d="M0 {base + 0.5}h{size.width}"/>',
    ]
    for number, span in enumerate(spans):
        if span.number:
            out.append(_bar(number * step, step, base, most, span, f"{_named(span, per)}: {_counted(trend.of, span)}", link(span)))
    out.append(_labels(spans, per, size, step))
    labelled = f'role="group" aria-label="{escape(title)}" aria-describedby="{ident}-d"'
    return Markup(f'<svg class="bars" viewBox="0 0 {size.width} {size.height}" {labelled}>{"".join(out)}</svg>')


def told(trend: Trend, per: Per) -> str:
    """What a chart shows, in a sentence or two."""
    if not trend.total:
        return f"No {NAMES[trend.of][0]} in this time."
    spans = trend.spans
    highest = max(spans, key=lambda span: span.number)
    texts = f" with {count(sum(span.own for span in spans), 'text')} of their own" if trend.of is Of.ARTICLES else ""
    first, last = label(spans[0], per), label(spans[-1], per)
    return (
        f"{count(trend.total, *NAMES[trend.of])}{texts} from {first} to {last} (UTC). "
        f"Most {ONES[per]}: {figure(highest.number)}, {label(highest, per)}."
    )


def label(span: Span, per: Per) -> str:
    """What a span is called: ``23 Nov, 14:00``, ``23 Nov``, ``16 to 22 Nov``."""
    start, last = span.start, span.end - timedelta(days=1)
    if per is Per.HOUR:
        return f"{start.day} {MONTHS[start.month - 1]}, {start:%H:%M}"
    if per is Per.DAY:
        return f"{start.day} {MONTHS[start.month - 1]}"
    month = "" if start.month == last.month else f" {MONTHS[start.month - 1]}"
    return f"{start.day}{month} to {last.day} {MONTHS[last.month - 1]}"


def dates(span: Span, per: Per) -> str:
    """The value of ``on:`` for a span."""
    if per is Per.HOUR:
        return f"{span.start:%Y-%m-%dt%H}"
    first = f"{span.start:%Y-%m-%d}"
    return first if per is Per.DAY else f"{first}..{span.end - timedelta(days=1):%Y-%m-%d}"


def _named(span: Span, per: Per) -> str:
    return label(span, per) + ("" if span.over else ", so far")


def _counted(of: Of, span: Span) -> str:
    return count(span.number, *NAMES[of]) + ("" if span.own == span.number else f" with {count(span.own, 'text')} of their own")


def _bar(left: float, step: float, base: int, most: int, span: Span, text: str, address: str) -> str:
    tall = max(LEAST, span.number / most * (base - 4))
    own = span.own / span.number * tall
    gap = min(1.0, step * 0.12)
    x, width = f'x="{left + gap:.1f}"', f'width="{step - 2 * gap:.1f}"'
    says = escape(text)
    parts = [f'<rect class="hit" x="{left:.1f}" y="0" width="{step:.1f}" height="{base}"/>']
    if span.own < span.number:
        parts.append(f'<rect class="copied" {x} y="{base - tall:.1f}" {width} height="{tall - own:.1f}"/>')
    if span.own:
        parts.append(f'<rect {x} y="{base - own:.1f}" {width} height="{own:.1f}"/>')
    if not span.over:
        parts.append(f'<rect class="open" {x} y="{base - tall:.1f}" {width} height="{tall:.1f}"/>')
    state = "" if span.over else ' class="unfinished"'
    return f'<a href="{escape(address)}" aria-label="{says}"{state}><title>{says}</title>{"".join(parts)}</a>'


def _labels(spans: Sequence[Span], per: Per, size: Size, step: float) -> str:
    """Names of some spans under their bars; the last one is ``now``, ``today`` or ``this week`` where it is not over."""
    every = max(1, round(size.label / step))
    out = []
    for number in range(0, len(spans), every):
        if number * step < size.width - size.last:
            out.append(f'<text x="{number * step + 1:.1f}" y="{size.height - 3}">{escape(_short(spans[number], per))}</text>')
    last = spans[-1]
    name = NOW[per] if not last.over else label(last, per)
    out.append(f'<text x="{size.width}" y="{size.height - 3}" text-anchor="end">{escape(name)}</text>')
    return "".join(out)


def _short(span: Span, per: Per) -> str:
    start = span.start
    return f"{start:%H:%M}" if per is Per.HOUR and start.hour else f"{start.day} {MONTHS[start.month - 1]}"
