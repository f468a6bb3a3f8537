// Sets the page's formulas with MathJax, a few at a time: first those in sight, then the others in order,
// so that the page answers meanwhile. No module, since browsers do not load modules of a page that was opened
// from a disk.
{
  const PAUSE_AFTER = 10; // milliseconds
  const MOST = 40; // formulas at once
  const X_HEIGHT = 0.442; // of MathJax's fonts, in em
  const SPILL = 3; // pixels that a letter may lean out of its box, and that nobody misses

  const inSight = (one) => {
    const { top, bottom } = one.getBoundingClientRect();
    return bottom > 0 && top < innerHeight && bottom > top;
  };
  const turn = () => new Promise((resolve) => setTimeout(resolve));

  // MathJax measures the letters around each formula, and cannot in a closed box. All of a page's text has
  // one family: one measurement does for all.
  function matchText() {
    const probe = document.createElement("span");
    probe.style.cssText = "position: absolute; visibility: hidden; font-size: 100px; height: 1ex";
    (document.querySelector("article") ?? document.body).append(probe);
    const scale = probe.getBoundingClientRect().height / 100 / X_HEIGHT;
    probe.remove();
    if (scale > 0) document.documentElement.style.setProperty("--formula-scale", scale.toFixed(3));
  }

  // A formula that is wider than its place scrolls there, says so at the edge where it goes on, and is a stop
  // of the keyboard as long as it does.
  function follow(box) {
    const more = box.scrollWidth - box.clientWidth;
    if (more > SPILL && box.clientWidth) {
      box.dataset.goesOn = [box.scrollLeft > 1 && "left", box.scrollLeft < more - 1 && "right"].filter(Boolean).join(" ");
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", "formula, scrolls sideways");
    } else if (box.dataset.goesOn !== undefined) {
      delete box.dataset.goesOn;
      for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    }
  }
  const widths = new ResizeObserver((entries) => entries.forEach(({ target }) => follow(target)));
  // A letter that was measured before its font had come may fit after all, in a box that stays as wide.
  const followed = [];
  document.fonts.addEventListener("loadingdone", () => followed.forEach(follow));

  // Paper does not scroll: there a formula that stands alone is as small as its width asks.
  function measure() {
    for (const formula of document.querySelectorAll("div.math mjx-container")) {
      const { width } = formula.firstElementChild.getBoundingClientRect();
      if (width) formula.style.setProperty("--ems", (width / parseFloat(getComputedStyle(formula).fontSize)).toFixed(2));
    }
  }

  async function set(formulas) {
    await MathJax.typesetPromise(formulas);
    for (const formula of formulas) {
      const made = formula.querySelector("mjx-container");
      if (!made) continue;
      const box = formula.localName === "span" ? formula : made;
      widths.observe(box);
      followed.push(box);
      box.addEventListener("scroll", () => follow(box), { passive: true });
    }
  }

  async function setAll() {
    matchText();
    const all = [...document.querySelectorAll(".math")];
    const seen = all.map(inSight);
    const waiting = [...all.filter((_, i) => seen[i]), ...all.filter((_, i) => !seen[i])];
    addEventListener("beforeprint", () => {
      MathJax.typeset(waiting.splice(0));
      measure();
    });
    await set(waiting.splice(0, seen.filter(Boolean).length));
    let count = 1;
    while (waiting.length) {
      await turn();
      const start = performance.now();
      await set(waiting.splice(0, count));
      const share = PAUSE_AFTER / (performance.now() - start);
      count = Math.min(MOST, Math.max(1, Math.floor(count * Math.min(2, share))));
    }
  }

  // Without MathJax's menu, which would make each formula a stop of the keyboard, and look to readers' views
  // like a menu. Screen readers have MathML beside what is seen.
  window.MathJax = {
    ...window.MathJax,
    loader: { load: ["a11y/assistive-mml"] },
    options: { ...window.MathJax?.options, enableMenu: false, enableAssistiveMml: true },
    chtml: { matchFontHeight: false },
    startup: { typeset: false, pageReady: setAll },
  };
  const script = document.createElement("script");
  script.src = new URL("mathjax/tex-chtml.js", document.currentScript.src);
  const missing = () => document.documentElement.classList.add("formulas-missing");
  script.addEventListener("error", missing);
  script.addEventListener("load", () => MathJax.startup?.promise ?? missing()); // a server may answer with a page
  document.head.append(script);
}
