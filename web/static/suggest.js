// Suggestions while somebody types a name into the search form. Without this file the form asks after it was sent.
"use strict";

const WAIT_MS = 150;
const SHORTEST = 2;

for (const input of document.querySelectorAll("input[data-suggest]")) {
  const list = input.list;
  let timer;
  let asked = "";

  async function ask() {
    const typed = input.value.trim();
    if (typed === asked || [...list.options].some((option) => option.value === typed)) return;
    asked = typed;
    if (typed.length < SHORTEST) return list.replaceChildren();
    const answer = await fetch(`/suggest.json?kind=${input.dataset.suggest}&q=${encodeURIComponent(typed)}`);
    if (!answer.ok || input.value.trim() !== typed) return;
    const { suggestions } = await answer.json();
    list.replaceChildren(
      ...suggestions.map((one) => {
        const option = document.createElement("option");
        option.value = one.value;
        option.label = one.value === one.name ? `${one.name}: ${one.detail}` : `${one.value}: ${one.detail}`;
        return option;
      }),
    );
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
}
