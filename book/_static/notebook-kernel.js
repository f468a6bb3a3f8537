// What JupyterLite takes for Pyodide's loader. It starts the Python that pages run on, and what a kernel needs
// besides, all from this site.

import { answerTo, startPython, understood } from "./live-python.js";

const url = (path) => new URL(path, import.meta.url).href;
// That fonts are looked up is said as a warning, and would stand below a cell of each session.
const QUIET = "import logging; logging.getLogger('matplotlib.font_manager').setLevel(logging.ERROR)";

export async function loadPyodide({ stdout, stderr }) {
  const what = "the list of what a notebook needs";
  const text = await (await answerTo(url("../_notebooks/kernel.json"), what, { cache: "no-cache" })).text();
  const parts = understood(what, () => JSON.parse(text));
  const pyodide = await startPython(url("../_live/list.json"), {
    parts,
    options: { stdout, stderr },
    downloading: () => {},
    starting: () => {},
    note: (sentence) => console.info(sentence),
  });
  pyodide.runPython(QUIET);
  return pyodide;
}
