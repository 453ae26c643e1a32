"""What HTML has to keep to (WHATWG HTML, the parts that our pages use), checked on the source as it was sent."""

from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
BLOCKS = {
    "article",
    "aside",
    "blockquote",
    "details",
    "div",
    "dl",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "header",
    "main",
    "nav",
    "ol",
    "p",
    "section",
    "table",
    "ul",
}
PHRASING_ONLY = {
    "p",
    "h1",
    "h2",
    "h3",
    "span",
    "small",
    "b",
    "strong",
    "em",
    "label",
    "button",
    "summary",
    "time",
    "mark",
    "bdi",
    "kbd",
    "code",
    "legend",
    "title",
}
CHILDREN = {
    "ul": {"li"},
    "ol": {"li"},
    "table": {"thead", "tbody"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tr": {"td", "th"},
    "dl": {"dt", "dd"},
    "datalist": {"option"},
}
INTERACTIVE = {"a", "button", "input", "select", "textarea", "details", "label"}
EMPTY_ATTRIBUTES = {"required", "autofocus", "defer", "open", "hidden"}


class Checker(HTMLParser):
    """Notes what is wrong in ``faults``; every element that can be closed has to be, in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.stack: list[str] = []
        self.ids: list[str] = []
        self.refs: list[str] = []
        self.counts: dict[str, int] = {}
        self.labelled: set[str | None] = set()  # ids of fields whose labels stand before them

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        parent = self.stack[-1] if self.stack else ""
        in_svg = "svg" in self.stack
        if not in_svg:
            self.counts[tag] = self.counts.get(tag, 0) + 1
        if len(found) != len(attrs):
            self._fault(tag, "an attribute twice")
        if not in_svg:
            if parent in CHILDREN and tag not in CHILDREN[parent]:
                self._fault(tag, f"no child of {parent}")
            if tag in BLOCKS and PHRASING_ONLY & set(self.stack):
                self._fault(tag, f"a block within {PHRASING_ONLY & set(self.stack)}")
            if tag in INTERACTIVE and {"a", "button"} & set(self.stack):
                self._fault(tag, "interactive within a link or button")
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self._fault(tag, f"{name} stands in the page")
            if value is None and name not in EMPTY_ATTRIBUTES:
                self._fault(tag, f"{name} has no value")
            if name in ("lang", "href", "src", "datetime", "for", "id") and value == "":
                self._fault(tag, f"{name} is empty")
            if value and "javascript:" in value.casefold():
                self._fault(tag, "a script as an address")
        if tag == "script" and "src" not in found:
            self._fault(tag, "a script stands in the page")
        if tag == "style":
            self._fault(tag, "a style stands in the page")
        if tag == "img" and "alt" not in found:
            self._fault(tag, "no alt")
        if tag == "svg" and not in_svg and not (found.get("role") in ("img", "group") and found.get("aria-label")):
            self._fault(tag, "no label")
        if (
            tag in ("input", "select", "textarea")
            and found.get("type") != "hidden"
            and "label" not in self.stack
            and not found.get("aria-label")
            and found.get("id") not in self.labelled
        ):
            self._fault(tag, "no label")
        if tag == "label" and found.get("for"):
            self.labelled.add(found["for"])
        if tag == "a" and found.get("target"):
            self._fault(tag, "opens another window")
        if found.get("id"):
            self.ids.append(str(found["id"]))
        self.refs.extend(str(found[name]) for name in ("aria-labelledby", "list", "for") if found.get(name))
        if tag == "a" and str(found.get("href", "")).startswith("#"):
            self.refs.append(str(found["href"])[1:])
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            if "svg" not in self.stack:
                self._fault(tag, "closes itself, which HTML does not know")
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            self._fault(tag, "closed, though void")
        elif not self.stack or self.stack[-1] != tag:
            self._fault(tag, f"closed within {self.stack[-3:]}")
            if tag in self.stack:
                while self.stack.pop() != tag:
                    pass
        else:
            self.stack.pop()

    def _fault(self, tag: str, text: str) -> None:
        self.faults.append(f"line {self.getpos()[0]}: <{tag}> {text}")


def faults(source: str) -> list[str]:
    """What is wrong with a page."""
    checker = Checker()
    checker.feed(source)
    checker.close()
    out = checker.faults
    if not source.startswith("<!doctype html>\n<html lang="):
        out.append("no doctype or language")
    out += [f"<{tag}> is left open" for tag in checker.stack]
    out += [f"id {ident!r} twice" for ident in sorted({i for i in checker.ids if checker.ids.count(i) > 1})]
    out += [f"nothing has the id {ref!r}" for ref in checker.refs if ref not in checker.ids]
    out += [f"{checker.counts.get(tag, 0)} <{tag}>" for tag in ("title", "h1", "main") if checker.counts.get(tag) != 1]
    return out
