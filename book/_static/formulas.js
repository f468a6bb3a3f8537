// Sets the page's formulas with MathJax, a few at a time: first those in sight, then the others in order,
// so that the page answers meanwhile. No module, since browsers do not load modules of a page that was opened
// from a disk.
{
  const PAUSE_AFTER = 10; // milliseconds
  const MOST = 40; // formulas at once

  const inSight = (one) => {
    const { top, bottom } = one.getBoundingClientRect();
    return bottom > 0 && top < innerHeight && bottom > top;
  };
  const turn = () => new Promise((resolve) => setTimeout(resolve));

  async function setAll() {
    const all = [...document.querySelectorAll(".math")];
    const seen = all.map(inSight);
    const waiting = [...all.filter((_, i) => seen[i]), ...all.filter((_, i) => !seen[i])];
    addEventListener("beforeprint", () => MathJax.typeset(waiting.splice(0)));
    await MathJax.typesetPromise(waiting.splice(0, seen.filter(Boolean).length));
    let count = 1;
    while (waiting.length) {
      await turn();
      const start = performance.now();
      await MathJax.typesetPromise(waiting.splice(0, count));
      const share = PAUSE_AFTER / (performance.now() - start);
      count = Math.min(MOST, Math.max(1, Math.floor(count * Math.min(2, share))));
    }
  }

  window.MathJax = { ...window.MathJax, startup: { typeset: false, pageReady: setAll } };
  const script = document.createElement("script");
  script.src = new URL("mathjax/tex-chtml.js", document.currentScript.src);
  script.addEventListener("error", () => document.documentElement.classList.add("formulas-missing"));
  document.head.append(script);
}
