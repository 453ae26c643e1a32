// Keys for those who read with the keyboard. Every page works without this file.
"use strict";

const HEADLINES = ".story h3 a, .rows .row > div:nth-child(2) > a";

function step(by) {
  const links = [...document.querySelectorAll(HEADLINES)];
  const at = links.indexOf(document.activeElement);
  const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by];
  if (next) {
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
}

const KEYS = {
  "/": () => document.querySelector("header input[type=search]").focus(),
  j: () => step(1),
  k: () => step(-1),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest("input, select, textarea")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const act = KEYS[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});
