// What is folded: code, hints, solutions. One switch opens all code, and is remembered. An address that leads
// into a closed box, also one that a search found, opens it. No module, since browsers do not load modules of
// a page that was opened from a disk.
{
  const KEY = "show-all-code";
  const code = [...document.querySelectorAll("details.folded-code")];
  const all = document.querySelector(".all-code input");

  // A browser may refuse to keep anything.
  const stored = (change) => {
    try {
      return change(localStorage);
    } catch {
      return null;
    }
  };

  function showAll(whether) {
    for (const one of code) one.open = whether;
  }

  // Open every closed box around an element. Returns whether there was one.
  function reveal(element) {
    let closed = false;
    for (let one = element; one; one = one.parentElement) {
      if (one.matches("details:not([open])")) one.open = closed = true;
      if (!one.matches(".toggle-hidden")) continue;
      one.querySelector(":scope > .admonition-title .toggle-button")?.click();
      closed = true;
    }
    return closed;
  }

  const named = () => {
    try {
      return document.getElementById(decodeURIComponent(location.hash.slice(1)));
    } catch {
      return null; // no address of ours
    }
  };
  const isShown = (element) => element.getClientRects().length > 0;

  // To what the address names; and if what a search found there is in closed boxes only, to the first of it.
  function arrive() {
    const target = named();
    const found = [...(target?.closest("section") ?? document.querySelector("main")).querySelectorAll(".highlighted")];
    if (target && reveal(target)) target.scrollIntoView();
    if (!found.length) return;
    const shown = found.find(isShown);
    if (!shown) reveal(found[0]);
    if (!shown || !target) (shown ?? found[0]).scrollIntoView({ block: "center" });
  }

  if (all) {
    all.checked = stored((storage) => storage.getItem(KEY)) === "yes";
    all.addEventListener("change", () => {
      stored((storage) => (all.checked ? storage.setItem(KEY, "yes") : storage.removeItem(KEY)));
      showAll(all.checked);
    });
    if (all.checked) showAll(true);
  }
  addEventListener("hashchange", arrive);
  // The boxes of hints and solutions, and the marks of a search, are made when the page has been read.
  addEventListener("DOMContentLoaded", () => setTimeout(arrive));
}
