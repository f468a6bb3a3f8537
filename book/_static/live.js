// A button at each explorer that gains from it: any of them starts a worker that runs the page's Python
// (live-worker.js), and hands every explorer a function that draws any values. Exercises (exercises.js) are checked
// by the same worker, which their buttons start, too. Whatever fails is said in one sentence, and the frames drawn
// when the book was built stay.

import { editors, element } from "./exercises.js";
import { policy } from "./policy.js";

const LABEL = "Run Python: every value";
const KEPT = "The figures keep the book's values.";
const INVITATION = (megabytes) =>
  `Python comes from this site (${megabytes} MB, once) and runs on your machine: nothing leaves it.`;
const ABLE = "Python runs: the controls take every value.";

const HINT = (megabytes) =>
  `Python checks it in your browser (${megabytes} MB from this site, once), and what you write stays there.`;
// Seconds after which a check is taken for one that never ends.
const LIMIT = 30;

// Python ends with its page. That it ran is kept for the next page that this tab shows, which starts it again.
const REMEMBERED = "superpos-python";
// A policy's violation is told to the page at once, but after the failure that it causes.
const VIOLATION = 50; // milliseconds

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

// Whatever a browser lacks is said before anything is downloaded.
function lacking() {
  if (typeof WebAssembly === "undefined") return "To run Python takes WebAssembly, and this browser has it switched off.";
  if (!isSecureContext || !crypto.subtle)
    return `Python runs only on pages that came by https, and this one came by ${location.protocol.slice(0, -1)}.`;
  if (typeof DecompressionStream === "undefined")
    return "This browser is too old to run Python: a newer version of it can.";
  return "";
}

const remembered = {
  read: () => {
    try {
      return sessionStorage.getItem(REMEMBERED) !== null;
    } catch {
      return false;
    }
  },
  write: (whether) => {
    try {
      if (whether) sessionStorage.setItem(REMEMBERED, "");
      else sessionStorage.removeItem(REMEMBERED);
    } catch {
      // A browser may refuse to keep anything: then the next page does not know.
    }
  },
};

// What a policy of the site has blocked, in words; nothing if it has blocked nothing.
function watchPolicy() {
  let blocked = "";
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
    blocked ||= policy(effectiveDirective, blockedURI);
  });
  return () => blocked;
}

// The buttons below one explorer, and what is said there.
function panelOf(explorer, about, actions) {
  const made = (textContent, action) => {
    const button = element("button", { type: "button", textContent, hidden: true });
    button.addEventListener("click", action);
    return button;
  };
  const run = made(LABEL, () => actions.run(panel));
  const back = made("Back to the book's values", explorer.reset);
  const halt = made("Stop Python", actions.stop);
  const bar = element("progress", { max: 100, value: 0, hidden: true, ariaLabel: "Progress" });
  const status = element("p");
  const link = element("a", { href: about, textContent: "How this page runs" });
  const section = element("section", { className: "explore-live" }, run, back, halt, bar, status, link);
  const panel = {
    explorer,
    run,
    back,
    section,
    status,
    // What is hidden while it has the focus loses it, and a reader without a mouse the place.
    show(...visible) {
      const focused = document.activeElement;
      for (const one of [run, back, halt, bar]) one.hidden = !visible.includes(one);
      if (section.contains(focused) && focused.hidden) section.focus({ preventScroll: true });
    },
    pass(to) {
      if (document.activeElement === section) to.focus({ preventScroll: true });
    },
    idle(label = LABEL) {
      run.textContent = label;
      panel.show(run);
      panel.pass(run);
    },
    starting: () => panel.show(halt, bar),
    running() {
      panel.show(back, halt);
      panel.pass(back);
    },
    say(words) {
      if (status.textContent !== words) status.textContent = words;
    },
    percent: (percent) => (bar.value = percent),
  };
  section.setAttribute("aria-label", LABEL);
  section.tabIndex = -1;
  status.setAttribute("role", "status");
  explorer.figure.append(section);
  return panel;
}

export function offer(explorers, { list, notebook, bytes, about }, url) {
  const trouble = lacking();
  const megabytes = (bytes / 1e6).toFixed(1);
  const blocked = watchPolicy();
  // The book has pictures of all that the others can show.
  const wide = explorers.filter((explorer) => explorer.wide);
  const byName = new Map(wide.map((explorer) => [explorer.name, explorer]));
  const panels = wide.map((explorer) => panelOf(explorer, url(about), { run, stop: () => stop("Python was stopped.") }));
  const drawing = new Set(); // names of those explorers that Python draws
  let home = panels[0]; // the panel that says how it goes
  let worker = null;
  let pending = null;
  let opened = false;
  let limit = 0;
  let settled = ""; // what the panel says once the cells have run
  const asked = new Map(); // number of an exercise -> the text that is to be checked

  // Every percent moves the bar; the words change by tens, so that a screen reader can keep up.
  function progress({ percent, words }) {
    const text = `${words} (${percent - (percent % 10)} %)`;
    panels.forEach((panel) => panel.percent(percent));
    home?.say(text);
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
    if (!worker) run(home);
    else if (opened) send(number, text);
  }

  function stop(sentence) {
    worker?.terminate();
    worker = null;
    opened = false;
    settled = "";
    rest();
    remembered.write(false);
    drawing.clear();
    for (const number of asked.keys()) exercises[number].failed(sentence);
    asked.clear();
    pending?.close(sentence);
    byName.forEach((explorer) => explorer.become(null));
    panels.forEach((panel) => panel.idle(panel === home ? "Try again" : LABEL));
    home?.say(`${sentence} ${KEPT}`);
  }

  function ready(sentence) {
    remembered.write(true);
    for (const panel of panels) {
      if (drawing.has(panel.explorer.name)) panel.running();
      else panel.show();
      if (panel !== home) panel.say(drawing.has(panel.explorer.name) ? "" : "This figure keeps the book's values.");
    }
    home?.say((settled = sentence));
  }

  const handlers = {
    progress,
    loaded: () => {
      opened = true;
      worker.postMessage({ open: { notebook: url(notebook), names: [...byName.keys()] } });
      asked.forEach((text, number) => send(number, text));
    },
    ready: (names) => {
      for (const name of names.filter((one) => byName.has(one))) {
        drawing.add(name);
        byName.get(name).become(pending.of(name));
      }
    },
    done: () => ready(ABLE),
    half: (sentence) => ready(`${sentence} The figures below it keep the book's values.`),
    note: (sentence) => {
      home?.say(`${sentence} ${settled}`.trim());
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

  function unstarted(failed) {
    if (worker !== failed) return; // it was stopped meanwhile
    const sentence = "The program that runs this page's Python did not start.";
    setTimeout(() => worker === failed && stop([sentence, blocked()].filter(Boolean).join(" ")), VIOLATION);
  }

  function run(panel) {
    home = panel;
    remembered.write(false); // until it runs: who cannot start it is not to try on every page
    for (const one of panels) {
      one.percent(0);
      one.starting();
      one.say(one === home ? "" : "Python is starting …");
    }
    let started;
    try {
      started = new Worker(new URL("live-worker.js", import.meta.url), { type: "module" });
    } catch {
      worker = null;
      unstarted(worker);
      return;
    }
    worker = started;
    pending = queue(worker);
    worker.addEventListener("message", ({ data }) => {
      for (const [kind, value] of Object.entries(data)) handlers[kind](value);
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      unstarted(started);
    });
    worker.postMessage({ load: url(list) });
  }

  const exercises = trouble ? [] : editors(HINT(megabytes), check, () => stop("Python was stopped."));
  panels.forEach((panel) => (trouble ? panel.show() : panel.idle()));
  panels[0]?.say(trouble ? `${trouble} ${KEPT}` : INVITATION(megabytes));
  if (trouble) return;
  for (const panel of panels) panel.explorer.offer(() => run(panel));
  if (remembered.read() && wide.length) {
    run(panels.find(({ explorer }) => explorer.meant) ?? panels[0]);
    home.say("Python starts again, as it ran on the page before.");
  }
}
