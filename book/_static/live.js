// One button a page: it starts a worker that runs the page's Python (live-worker.js), and hands every
// explorer a function that draws any values. Exercises (exercises.js) are checked by the same worker, which
// their buttons start, too. Whatever fails is said in one sentence, and the frames drawn when the book was
// built stay.

import { editors, element } from "./exercises.js";

const LABEL = "Run this page in your browser";
const KEPT = "The figures keep the book's values.";
const INVITATION = (megabytes) =>
  `Then the controls take every value, not only the book's. Python comes from this site (${megabytes} MB, once) and ` +
  "runs on your machine: nothing leaves it.";

const HINT = (megabytes) =>
  `Python checks it in your browser (${megabytes} MB from this site, once), and what you write stays there.`;
// Seconds after which a check is taken for one that never ends.
const LIMIT = 30;

// How many frames are kept, of some 100 kB each, for readers who go back and forth.
const KEPT_FRAMES = 100;

// A frame that a reader may ask for next is drawn ahead after so many milliseconds without a request, where drawing
// takes no longer than this: a reader who asks for another one meanwhile waits for both.
const PAUSE = 150;
const QUICK = 700;

// Draws one frame at a time. A request that a newer one of the same explorer overtakes is dropped.
function queue(worker) {
  const waiting = new Map();
  const drawn = new Map();
  let current = null;
  let started = 0;
  let quick = false;
  let ahead = 0;

  const keyOf = ({ name, texts, layout }) => JSON.stringify([name, texts, layout]);
  const picture = ({ svg, width, height, alt }) => {
    const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    return { url, width, height, alt };
  };

  function keep(what, frame) {
    drawn.set(keyOf(what), frame);
    if (drawn.size > KEPT_FRAMES) drawn.delete(drawn.keys().next().value);
  }

  function begin(request) {
    current = request;
    started = performance.now();
    worker.postMessage({ draw: request.what });
  }

  function next() {
    if (current || !waiting.size) return;
    const [name, request] = waiting.entries().next().value;
    waiting.delete(name);
    const frame = drawn.get(keyOf(request.what));
    if (!frame) return begin(request);
    request.resolve(picture(frame));
    next();
  }

  function draw(name, texts, layout) {
    return new Promise((resolve, reject) => {
      clearTimeout(ahead);
      waiting.get(name)?.reject(new Error("overtaken"));
      waiting.delete(name);
      const what = { name, texts, layout };
      const frame = drawn.get(keyOf(what));
      if (frame) resolve(picture(frame));
      else waiting.set(name, { what, resolve, reject });
      next();
    });
  }

  function prepare(name, texts, layout) {
    const what = { name, texts, layout };
    clearTimeout(ahead);
    ahead = setTimeout(() => {
      if (quick && !current && !drawn.has(keyOf(what))) begin({ what });
    }, PAUSE);
  }

  return {
    of: (name) => ({ draw: draw.bind(null, name), prepare: prepare.bind(null, name) }),
    answer({ trouble, ...frame }) {
      const { resolve, reject, what } = current;
      current = null;
      quick = performance.now() - started < QUICK;
      if (!trouble) {
        keep(what, frame);
        resolve?.(picture(frame));
      } else if (reject) {
        const values = Object.entries(what.texts).map(([name, text]) => `${name} = ${text}`);
        reject(new Error(`No picture for ${values.join(", ")}: ${trouble}`));
      }
      next();
    },
    close(sentence) {
      for (const request of [current, ...waiting.values()]) request?.reject?.(new Error(sentence));
    },
  };
}

export function offer(explorers, { list, notebook, bytes, about }, url) {
  const button = element("button", { type: "button", textContent: LABEL });
  const back = element("button", { type: "button", textContent: "Back to the book's values", hidden: true });
  const bar = element("progress", { max: 100, value: 0, hidden: true, ariaLabel: "Progress" });
  const status = element("p");
  status.setAttribute("role", "status");
  const link = element("a", { href: url(about), textContent: "How this page runs" });
  const panel = element("section", { className: "explore-live", ariaLabel: LABEL }, button, back, bar, status, link);
  panel.tabIndex = -1;
  // The book has pictures of all that the others can show.
  const wide = explorers.filter((explorer) => explorer.wide);
  const byName = new Map(wide.map((explorer) => [explorer.name, explorer]));
  let worker = null;
  let pending = null;
  let opened = false;
  let limit = 0;
  let settled = ""; // what the panel says once the cells have run
  const asked = new Map(); // number of an exercise -> the text that is to be checked

  // What is hidden while it has the focus loses it, and a reader without a mouse the place.
  function passFocus(from, to) {
    if (document.activeElement === from) to.focus({ preventScroll: true });
  }

  // Every percent moves the bar; the words change by tens, so that a screen reader can keep up.
  function progress({ percent, words }) {
    bar.value = percent;
    const text = `${words} (${percent - (percent % 10)} %)`;
    if (status.textContent !== text) status.textContent = text;
    for (const number of asked.keys()) exercises[number].told(text);
  }

  // Nobody can tell a check that takes long from one that never ends, so there is a limit.
  function rest() {
    clearTimeout(limit);
    limit = 0;
  }

  function wait() {
    rest();
    limit = setTimeout(() => stop(`The check did not end within ${LIMIT} seconds, so Python was stopped.`), LIMIT * 1000);
  }

  function send(number, text) {
    exercises[number].told("Running the cells that it needs ...");
    worker.postMessage({ check: { number, text } });
  }

  function check(number, text) {
    asked.set(number, text);
    if (!worker) run();
    else if (opened) send(number, text);
  }

  function stop(sentence) {
    worker?.terminate();
    worker = null;
    opened = false;
    settled = "";
    rest();
    for (const number of asked.keys()) exercises[number].failed(sentence);
    asked.clear();
    pending?.close(sentence);
    byName.forEach((explorer) => explorer.become(null));
    bar.hidden = true;
    button.hidden = false;
    button.textContent = "Try again";
    [panel, back].forEach((from) => passFocus(from, button));
    back.hidden = true;
    status.textContent = `${sentence} ${KEPT}`;
  }

  function ready(sentence) {
    bar.hidden = true;
    back.hidden = false;
    passFocus(panel, back);
    status.textContent = settled = sentence;
  }

  const handlers = {
    progress,
    loaded: () => {
      opened = true;
      worker.postMessage({ open: { notebook: url(notebook), names: [...byName.keys()] } });
      asked.forEach((text, number) => send(number, text));
    },
    ready: (names) => names.forEach((name) => byName.get(name)?.become(pending.of(name))),
    done: () => ready("This page runs in your browser: the controls take every value."),
    half: (sentence) => ready(`${sentence} The figures below it keep the book's values.`),
    note: (sentence) => {
      status.textContent = `${sentence} ${settled}`.trim();
      if (limit) wait();
    },
    checking: (number) => {
      exercises[number].told("Checking ...");
      wait();
    },
    checked: ({ number, ...answer }) => {
      rest();
      asked.delete(number);
      exercises[number].answered(answer);
    },
    answer: (frame) => pending.answer(frame),
    failed: stop,
  };

  function run() {
    passFocus(button, panel);
    button.hidden = true;
    bar.hidden = false;
    bar.value = 0;
    worker = new Worker(new URL("live-worker.js", import.meta.url), { type: "module" });
    pending = queue(worker);
    worker.addEventListener("message", ({ data }) => {
      for (const [kind, value] of Object.entries(data)) handlers[kind](value);
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      stop("The program that runs this page's Python did not start.");
    });
    worker.postMessage({ load: url(list) });
  }

  button.addEventListener("click", run);
  back.addEventListener("click", () => explorers.forEach((explorer) => explorer.reset()));
  const able = typeof WebAssembly !== "undefined";
  const megabytes = (bytes / 1e6).toFixed(1);
  const exercises = able ? editors(HINT(megabytes), check, () => stop("Python was stopped.")) : [];
  if (!able) {
    button.hidden = true;
    status.textContent = `To run this page takes WebAssembly, and this browser has it switched off. ${KEPT}`;
  } else {
    status.textContent = INVITATION(megabytes);
  }
  explorers[0]?.figure.before(panel);
}
