// Runs a page's Python in a worker: the cells that explorers need, then frames and checks on demand.

import { Failure, answerTo, startPython, understood } from "./live-python.js";
import { policy } from "./policy.js";

const say = (percent, words) => postMessage({ progress: { percent: Math.round(percent), words } });
// Of an exception's many lines the one that names it.
const reason = (error) => {
  const lines = error.message.trim().split("\n");
  const named = lines.findLast((line) => /^[\w.]+(:|$)/.test(line)) ?? lines.at(-1);
  return named.replace(/^pyodide\.ffi\.JsException: (Error: )?/, ""); // what is said here already, in words
};

// What the percents of the bar are spent on: the download, the start of Python, the cells.
const DOWNLOADED = 60;
const STARTED = 80;

// A turn of the event loop, so that a control that was moved need not wait for all cells.
const turn = () => new Promise((resolve) => setTimeout(resolve));

async function runCells(page) {
  const total = page.cells.length;
  for (let index = 0; index < total; index++) {
    say(STARTED + ((100 - STARTED) * index) / total, `Running cell ${index + 1} of ${total}`);
    await turn();
    try {
      postMessage({ ready: page.run(index).toJs() });
    } catch (error) {
      postMessage({ half: `Cell ${index + 1} of ${total} stopped with ${reason(error)}.` });
      return;
    }
  }
  postMessage({ done: true });
}

// Python looks for garbage only when nobody waits: a figure is many objects that know each other, and to go through
// them while it is made, or before it is handed on, takes a tenth of its time.
const RESTING = 100; // milliseconds without a request
const MOST_DRAWINGS = 10; // until it is looked for all the same
let drawings = 0;
let resting = 0;

function tidyLater() {
  drawings += 1;
  if (drawings < MOST_DRAWINGS) resting = setTimeout(tidy, RESTING);
  else tidy(); // a timer might never come before the next request
}

function tidy() {
  drawings = 0;
  garbage.collect();
}

let pyodide;
let garbage;
let opened; // a promise of the page, for checks that are asked for before it is there
let page;

async function load(list) {
  say(0, "Downloading Python");
  pyodide = await startPython(list, {
    options: { env: { MPLBACKEND: "agg" }, stdout: () => {}, stderr: () => {} },
    downloading: (share, words) => say(DOWNLOADED * share, words),
    starting: () => say(DOWNLOADED, "Starting Python"),
    note: (sentence) => postMessage({ note: sentence }),
  });
  garbage = pyodide.pyimport("gc");
  garbage.disable();
  postMessage({ loaded: true });
}

async function open({ notebook, names }) {
  say(STARTED - 5, "Reading the page");
  const text = await (await answerTo(notebook, "this page's cells", { cache: "no-cache" })).text();
  understood("this page's cells", () => JSON.parse(text).cells.length);
  return pyodide.pyimport("superpos_lib.live").Page(text, pyodide.toPy(names));
}

function draw({ name, texts, layout }) {
  clearTimeout(resting);
  try {
    const frame = page.draw(name, pyodide.toPy(texts), layout);
    const { width, height, alt } = frame;
    postMessage({ answer: { svg: frame.svg.toJs(), width, height, alt } });
    frame.destroy();
  } catch (error) {
    if (error.name !== "PythonError") throw error;
    postMessage({ answer: { trouble: reason(error) } });
  }
  tidyLater();
}

// What a reader has written may make any amount of it.
function check({ number, text }) {
  garbage.enable();
  try {
    const answer = page.check(number, text, () => postMessage({ checking: number }));
    const [verdict, printed] = answer.toJs();
    postMessage({ checked: { number, verdict, printed } });
    answer.destroy();
  } catch (error) {
    if (error.name !== "PythonError") throw error;
    postMessage({ checked: { number, verdict: `The check stopped with ${reason(error)}`, printed: "" } });
  } finally {
    garbage.disable();
  }
}

// A policy's violation is told at once, but after the failure that it causes.
const VIOLATION = 50; // milliseconds
let blocked = "";
self.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
  blocked ||= policy(effectiveDirective, blockedURI);
});

self.addEventListener("message", async ({ data }) => {
  try {
    if (data.load) await load(data.load);
    else if (data.open) {
      opened = open(data.open);
      page = await opened;
      await runCells(page);
    } else if (data.check) {
      await opened;
      check(data.check);
    } else draw(data.draw);
  } catch (error) {
    await new Promise((resolve) => setTimeout(resolve, VIOLATION));
    const known = error instanceof Failure ? error.message : `Python stopped in this browser: ${reason(error)}.`;
    postMessage({ failed: blocked ? `Python could not be started. ${blocked}` : known });
  }
});
