// Runs a page's Python in a worker. Downloads what the site's list names and checks it, runs the cells that
// explorers need, and draws frames on demand. Nothing is asked of any other host.

class Failure extends Error {}

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const say = (percent, words) => postMessage({ progress: { percent: Math.round(percent), words } });
// Of an exception's many lines the one that names it.
const reason = (error) => {
  const lines = error.message.trim().split("\n");
  return lines.findLast((line) => /^[\w.]+(:|$)/.test(line)) ?? lines.at(-1);
};

// What the percents of the bar are spent on: the download, the start of Python, the cells.
const DOWNLOADED = 60;
const STARTED = 80;

async function answerTo(url, options) {
  const response = await fetch(url, options).catch(() => null);
  if (!response?.ok) throw new Failure(`${url.split("/").at(-1)} could not be downloaded: check the connection.`);
  return response;
}

async function part(base, { file, bytes, sha256 }, got) {
  const reader = (await answerTo(base + file)).body.getReader();
  const data = new Uint8Array(bytes);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => ({ done: true }));
    if (done) break;
    if (length + value.length > bytes) throw new Failure(`${file} is longer than this site says.`);
    data.set(value, length);
    length += value.length;
    got(value.length);
  }
  if (length < bytes) throw new Failure(`The download of ${file} was cut off after ${megabytes(length)} MB.`);
  if (!crypto.subtle) throw new Failure("Downloads can be checked only on pages that came by https.");
  if (hex(await crypto.subtle.digest("SHA-256", data)) !== sha256)
    throw new Failure(`${file} is not the file that this site lists (its hash differs).`);
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function download(base, listed) {
  const total = Object.values(listed).reduce((sum, { bytes }) => sum + bytes, 0);
  let sum = 0;
  const got = (length) => {
    sum += length;
    say((DOWNLOADED * sum) / total, `Downloading Python, ${megabytes(total)} MB`);
  };
  const roles = Object.keys(listed);
  const parts = await Promise.all(roles.map((role) => part(base, listed[role], got)));
  return Object.fromEntries(roles.map((role, i) => [role, parts[i]]));
}

async function startPython({ loader, module, wasm, stdlib, packages, library }, base, info) {
  const url = (bytes, type) => URL.createObjectURL(new Blob([bytes], { type }));
  const { loadPyodide } = await import(url(loader, "text/javascript"));
  const { default: createPyodideModule } = await import(url(module, "text/javascript"));
  // The loader asks for the program at an address of its own making; it is here already.
  const ask = fetch;
  self.fetch = (address, options) =>
    String(address).endsWith("pyodide.asm.wasm")
      ? Promise.resolve(new Response(wasm, { headers: { "Content-Type": "application/wasm" } }))
      : ask(address, options);
  const pyodide = await loadPyodide({
    indexURL: base,
    createPyodideModule,
    stdLibURL: url(stdlib, "application/zip"),
    lockFileContents: { info, packages: {} },
    packageBaseUrl: base,
    env: { MPLBACKEND: "agg" },
    stdout: () => {},
    stderr: () => {},
  });
  self.fetch = ask;
  pyodide.unpackArchive(packages, "zip");
  pyodide.unpackArchive(library, "zip");
  return pyodide;
}

// Imports wait for nothing, so what is first imported in a cell or a figure is fetched without waiting.
function provide(pyodide, base, listed) {
  const fetchNow = (name) => {
    const { file, bytes } = listed[name];
    const called = name.replace(/(\w+)\.rest$/, "the rest of $1");
    postMessage({ note: `Downloading ${called}, ${megabytes(bytes)} MB ...` });
    const request = new XMLHttpRequest();
    request.open("GET", base + file, false);
    request.responseType = "arraybuffer";
    request.send();
    if (request.status !== 200) throw new Failure(`${called} could not be downloaded.`);
    postMessage({ note: `Downloaded: ${called}.` });
    return new Uint8Array(request.response);
  };
  const { Provider } = pyodide.pyimport("superpos_lib.live");
  const folder = pyodide.runPython("import sysconfig; sysconfig.get_path('purelib')");
  Provider((name) => pyodide.toPy(fetchNow(name)), pyodide.toPy(listed), folder).install();
}

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

let pyodide;
let page;

async function load(list) {
  const base = list.slice(0, list.lastIndexOf("/") + 1);
  say(0, "Downloading Python");
  const { info, first, later } = await (await answerTo(list, { cache: "no-cache" })).json();
  const parts = await download(base, first);
  say(DOWNLOADED, "Starting Python");
  pyodide = await startPython(parts, base, info);
  provide(pyodide, base, later);
  postMessage({ loaded: true });
}

async function open(notebook) {
  say(STARTED - 5, "Reading the page");
  const text = await (await answerTo(notebook, { cache: "no-cache" })).text();
  page = pyodide.pyimport("superpos_lib.live").Page(text);
  await runCells(page);
}

function draw({ name, texts, layout }) {
  try {
    const frame = page.draw(name, pyodide.toPy(texts), layout);
    const { width, height, alt } = frame;
    postMessage({ answer: { svg: frame.svg.toJs(), width, height, alt } });
    frame.destroy();
  } catch (error) {
    if (error.name !== "PythonError") throw error;
    postMessage({ answer: { trouble: reason(error) } });
  }
}

self.addEventListener("message", async ({ data }) => {
  try {
    if (data.load) await load(data.load);
    else if (data.open) await open(data.open);
    else draw(data.draw);
  } catch (error) {
    const known = error instanceof Failure;
    postMessage({ failed: known ? error.message : `Python stopped in this browser: ${reason(error)}.` });
  }
});
