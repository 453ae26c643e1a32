"""Paragraphs that are parted by line breaks only, as old pages have them, made into elements, so that everything after can see them."""

from lxml.html import Element, HtmlElement

CONTAINERS = ("div", "td", "article", "section", "main", "span", "font", "center", "body", "blockquote", "dd")
# Elements that are part of a paragraph's line.
INLINE = frozenset((
    "a", "abbr", "b", "bdi", "bdo", "big", "br", "cite", "code", "em", "font", "i", "ins", "kbd", "label", "mark", "q", "s", "small",
    "span", "strong", "sub", "sup", "time", "tt", "u", "wbr",
))  # fmt: skip
PROSE = 80  # characters of loose text from which on a container is taken for a text


def mend(tree: HtmlElement) -> None:
    """Wrap each run of loose text between double line breaks, or between such a break and a block, in a ``p``, in place."""
    found = (br.getparent() for br in tree.iter("br") if not (br.tail or "").strip() and _is_br(br.getnext()))
    for container in list(dict.fromkeys(parent for parent in found if parent is not None)):
        if container.tag in CONTAINERS and _loose(container) >= PROSE:
            _wrap(container)


def _is_br(element: HtmlElement | None) -> bool:
    return element is not None and element.tag == "br"


def _loose(container: HtmlElement) -> int:
    return len((container.text or "").strip()) + sum(len((child.tail or "").strip()) for child in container)


def _wrap(container: HtmlElement) -> None:
    children = list(container)
    text, container.text = container.text, None
    for child in children:
        container.remove(child)  # lxml takes the tail along
    run = _Run(container, text or "")
    for number, child in enumerate(children):
        tail, child.tail = child.tail or "", None
        if child.tag == "br" and not tail.strip() and number + 1 < len(children) and children[number + 1].tag == "br":
            run.close()
        elif child.tag == "br" and run.is_empty():
            run.text(tail)
        elif child.tag in INLINE and next(child.iter("p", "div", "table", "ul", "figure", "section"), None) is None:
            run.element(child, tail)
        else:
            run.close()
            container.append(child)
            run.text(tail)
    run.close()


class _Run:
    """One paragraph in the making."""

    def __init__(self, container: HtmlElement, text: str) -> None:
        self._container, self._paragraph = container, Element("p")
        self._paragraph.text = text

    def is_empty(self) -> bool:
        return len(self._paragraph) == 0 and not (self._paragraph.text or "").strip()

    def text(self, text: str) -> None:
        if len(self._paragraph):
            self._paragraph[-1].tail = (self._paragraph[-1].tail or "") + text
        else:
            self._paragraph.text = (self._paragraph.text or "") + text

    def element(self, element: HtmlElement, tail: str) -> None:
        self._paragraph.append(element)
        element.tail = tail

    def close(self) -> None:
        if not self.is_empty():
            self._container.append(self._paragraph)
        self._paragraph = Element("p")
