// A look at what a link leads to, without going there: theorems, definitions, symbols, terms, chapters, sources.
// It comes when the pointer rests on a link or the link gets the focus, stays while the pointer is on it, and goes
// with Escape. A click goes where it always went, and without JavaScript nothing is missing.
"use strict";

const PREVIEW_LINKS = ".bd-article a.internal[href]";
const PREVIEW_DELAY = 350;
const documents = new Map();
let preview = null;
let previewTimer = 0;

/** The document of a page of this site, fetched once. */
function previewDocument(url) {
  const address = url.origin + url.pathname;
  if (address === location.origin + location.pathname) return Promise.resolve(document);
  if (!documents.has(address)) {
    const parse = (text) => new DOMParser().parseFromString(text, "text/html");
    documents.set(address, fetch(address).then((answer) => (answer.ok ? answer.text() : "")).then(parse));
  }
  return documents.get(address);
}

/** A copy of what an id stands for: a statement, a term with its meaning, a source, or a page's first words. */
function previewContent(source, id) {
  const target = id ? source.getElementById(id) : null;
  if (target?.matches("dt")) return [target, target.nextElementSibling];
  if (target?.matches("tr")) return [previewRow(target)];
  if (target?.matches(".proof, .exercise, .solution, .citation")) return [target];
  const section = target?.closest("section") ?? (id ? null : source.querySelector(".bd-article section"));
  const heading = section?.querySelector("h1, h2, h3");
  return heading ? [heading, section.querySelector(":scope > blockquote, :scope > p")] : [];
}

/** What a table says of a symbol, in a line. */
function previewRow(row) {
  const line = document.createElement("p");
  const [symbol, meaning] = [...row.querySelectorAll("p")].map((cell) => cell.cloneNode(true));
  line.append(...symbol.childNodes, ": ", ...meaning.childNodes);
  return line;
}

/** The copy as it can stand on this page: no ids, no links of headings, formulas as they were written. */
function previewCopy(elements, base) {
  return elements.filter(Boolean).map((element) => {
    const copy = element.cloneNode(true);
    for (const one of copy.querySelectorAll(".headerlink, script, button")) one.remove();
    for (const one of [copy, ...copy.querySelectorAll("[id]")]) one.removeAttribute("id");
    for (const one of copy.querySelectorAll("a[href]")) one.href = new URL(one.getAttribute("href"), base).href;
    for (const one of copy.querySelectorAll("img[src]")) one.src = new URL(one.getAttribute("src"), base).href;
    const title = copy.matches("h1, h2, h3") ? document.createElement("p") : null;
    if (!title) return copy;
    title.className = "preview-title";
    title.append(...copy.childNodes);
    return title;
  });
}

function hidePreview() {
  clearTimeout(previewTimer);
  preview?.link.removeAttribute("aria-describedby");
  preview?.box.remove();
  preview = null;
}

async function showPreview(link) {
  const url = new URL(link.href);
  const source = await previewDocument(url).catch(() => null);
  const content = source ? previewContent(source, decodeURIComponent(url.hash.slice(1))) : [];
  if (!content.length || !link.matches(":hover, :focus-visible")) return;
  hidePreview();
  const box = document.createElement("div");
  box.className = "preview";
  box.id = "preview";
  box.setAttribute("role", "tooltip");
  box.append(...previewCopy(content, url));
  box.addEventListener("mouseleave", hidePreview);
  document.querySelector(".bd-article").append(box);
  link.setAttribute("aria-describedby", box.id);
  preview = { link, box };
  if (source !== document) await window.MathJax?.typesetPromise?.([box]);
  if (preview?.box === box) placePreview(link, box);
}

/** Below the link, or above it where there is more room, and inside the window. */
function placePreview(link, box) {
  const around = link.getClientRects()[0];
  const below = innerHeight - around.bottom;
  const over = below < box.offsetHeight && around.top > below;
  const left = Math.min(Math.max(8, around.left), document.documentElement.clientWidth - box.offsetWidth - 8);
  box.style.maxHeight = `${Math.max(120, (over ? around.top : below) - 12)}px`;
  box.style.left = `${left}px`;
  box.style.top = `${over ? around.top - box.offsetHeight : around.bottom}px`;
  box.classList.add("preview-placed");
}

function waitForPreview(event) {
  const link = event.target.closest?.(PREVIEW_LINKS);
  if (!link || preview?.link === link || link.closest(".preview")) return;
  clearTimeout(previewTimer);
  previewTimer = setTimeout(showPreview, PREVIEW_DELAY, link);
}

function leavePreview(event) {
  clearTimeout(previewTimer);
  if (preview && !preview.box.contains(event.relatedTarget)) hidePreview();
}

// The first of a symbol on a page is enough for the keyboard. What is written in mathematics has a name in words, which
// would be shown over the preview.
for (const link of document.querySelectorAll("a.lookup")) {
  if (link.matches(".again")) link.tabIndex = -1;
  if (link.title) link.ariaLabel = link.title;
  link.removeAttribute("title");
}

if (matchMedia("(hover: hover)").matches) {
  document.addEventListener("mouseover", waitForPreview);
  document.addEventListener("focusin", waitForPreview);
  document.addEventListener("focusout", leavePreview);
  document.addEventListener("mouseout", (event) => event.target.closest?.(PREVIEW_LINKS) && leavePreview(event));
  document.addEventListener("keydown", (event) => event.key === "Escape" && hidePreview());
  document.addEventListener("scroll", () => preview && hidePreview(), { passive: true });
}
