"use strict";
const articles = [...document.querySelectorAll("article")];
const buttons = [...document.querySelectorAll("nav button")];
const boxes = [...document.querySelectorAll("input[type=checkbox]")];
const filter = document.getElementById("filter");
const texts = new Map(articles.map((article) => [article, article.textContent.toLowerCase()]));
let chosen = null;

function apply() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  const severities = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  const numbers = chosen && new Set(chosen.dataset.findings.split(" ").map((number) => "finding-" + number));
  let shown = 0;
  for (const article of articles) {
    const text = texts.get(article);
    const visible = severities.has(article.dataset.severity)
      && (!numbers || numbers.has(article.id))
      && words.every((word) => text.includes(word));
    article.hidden = !visible;
    shown += visible ? 1 : 0;
  }
  // The innermost sections come last in the document.
  for (const section of [...document.querySelectorAll("main section")].reverse()) {
    section.hidden = articles.length > 0 && !section.querySelector("article:not([hidden])");
  }
  document.getElementById("none").hidden = articles.length === 0 || shown > 0;
  for (const button of buttons) button.setAttribute("aria-pressed", String(button === chosen));
  document.getElementById("count").textContent = shown + " of " + articles.length;
}

for (const button of buttons) {
  button.addEventListener("click", () => {
    chosen = chosen === button ? null : button;
    apply();
  });
}
filter.addEventListener("input", apply);
boxes.forEach((box) => box.addEventListener("change", apply));
document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
document.querySelector("form").addEventListener("reset", () => {
  chosen = null;
  setTimeout(apply);
});
apply();
