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

// A button that sets off long work says so, and is not pressed twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (form.dataset.sent) return event.preventDefault();
  if (!button?.dataset.busy) return;
  form.dataset.sent = "yes";
  button.dataset.idle = button.innerHTML;
  button.textContent = button.dataset.busy;
  button.setAttribute("aria-disabled", "true");
  const note = document.createElement("p");
  note.className = "hint busy";
  note.setAttribute("role", "status");
  form.append(note);
  note.textContent = form.dataset.wait || "This takes a moment.";
});

window.addEventListener("pageshow", () => {
  // Back from the next page: the browser may show this one as it was left.
  for (const button of document.querySelectorAll("[data-idle]")) {
    button.innerHTML = button.dataset.idle;
    button.removeAttribute("aria-disabled");
    button.removeAttribute("data-idle");
    button.form.removeAttribute("data-sent");
    button.form.querySelector(".busy")?.remove();
  }
});

for (const button of document.querySelectorAll("[data-checks]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const box of button.form.querySelectorAll("input[type=checkbox]")) box.checked = button.dataset.checks === "all";
  });
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard?.writeText(field.value); // only where the page came safely: else it stands selected
    button.textContent = navigator.clipboard ? "Copied" : "Selected: press Ctrl+C";
  });
}

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
