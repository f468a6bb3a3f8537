// Python in a worker, of a page (live-worker.js) or of a notebook (notebook-kernel.js): downloads what the
// site's list names, checks it and starts it. Nothing is asked of any other host.

export class Failure extends Error {}

const PACKAGES_FOLDER = "import sysconfig; sysconfig.get_path('purelib')";
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

// `what` is what readers know it by.
export async function answerTo(url, what, options) {
  const response = await fetch(url, options).catch(() => null);
  if (!response) throw new Failure(`One thing could not be downloaded: ${what}. Check the connection.`);
  if (!response.ok) throw new Failure(`The site does not have ${what} (it answers ${response.status}).`);
  return response;
}

// Servers may answer with a page of their own, to log in, say, where a file is asked for.
export function understood(what, read) {
  try {
    return read();
  } catch {
    throw new Failure(`What came in place of ${what} is something else, a page to log in, perhaps: load this page again.`);
  }
}

async function part(base, { file, bytes, sha256 }, got) {
  const what = "a part of Python";
  // Its name is its hash: a copy that the browser has kept is the right one, however old.
  const reader = (await answerTo(base + file, what, { cache: "force-cache" })).body.getReader();
  const data = new Uint8Array(bytes);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => ({ done: true }));
    if (done) break;
    if (length + value.length > bytes) throw new Failure(`What came as ${what} is longer than this site says.`);
    data.set(value, length);
    length += value.length;
    got(value.length);
  }
  if (length < bytes) throw new Failure(`The download of ${what} was cut off after ${megabytes(length)} MB: check the connection.`);
  if (hex(await crypto.subtle.digest("SHA-256", data)) !== sha256)
    throw new Failure(`What came as ${what} is not what this site lists (its hash differs), so it is not run.`);
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// A promise of each part.
function download(base, listed, downloading) {
  const total = Object.values(listed).reduce((sum, { bytes }) => sum + bytes, 0);
  let sum = 0;
  const got = (length) => {
    sum += length;
    downloading(sum / total, `Downloading Python, ${megabytes(total)} MB`);
  };
  return Object.fromEntries(Object.entries(listed).map(([role, entry]) => [role, part(base, entry, got)]));
}

// Pyodide waits for ever where WebAssembly is forbidden, so this is asked first, with the smallest of all modules.
const SMALLEST_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

// Python starts while what it imports is still on its way.
async function start({ loader, module, wasm, stdlib, ...archives }, base, info, options) {
  const url = async (bytes, type) => URL.createObjectURL(new Blob([await bytes], { type }));
  const { loadPyodide } = await import(await url(loader, "text/javascript"));
  const { default: createPyodideModule } = await import(await url(module, "text/javascript"));
  // The loader asks for the program at an address of its own making; it is here already.
  const ask = fetch;
  self.fetch = (address, options) =>
    String(address).endsWith("pyodide.asm.wasm")
      ? wasm.then((bytes) => new Response(bytes, { headers: { "Content-Type": "application/wasm" } }))
      : ask(address, options);
  const pyodide = await loadPyodide({
    indexURL: base,
    createPyodideModule,
    stdLibURL: await url(stdlib, "application/zip"),
    lockFileContents: { info, packages: {} },
    packageBaseUrl: base,
    ...options,
  });
  self.fetch = ask;
  const extractDir = pyodide.runPython(PACKAGES_FOLDER);
  for (const archive of Object.values(archives)) pyodide.unpackArchive(await archive, "zip", { extractDir });
  return pyodide;
}

// Imports wait for nothing, so what is first imported in a cell or a figure is fetched without waiting.
function provide(pyodide, base, listed, note) {
  const fetchNow = (name) => {
    const { file, bytes } = listed[name];
    const called = name.replace("scipy", "SciPy").replace(/(\w+)\.rest$/, "the rest of $1");
    note(`Downloading ${called}, ${megabytes(bytes)} MB ...`);
    const request = new XMLHttpRequest();
    request.open("GET", base + file, false);
    request.responseType = "arraybuffer";
    try {
      request.send();
    } catch {
      // Then it has no status.
    }
    if (request.status !== 200) throw new Failure(`${called} could not be downloaded: check the connection.`);
    note(`Downloaded: ${called}.`);
    return new Uint8Array(request.response);
  };
  const { Provider } = pyodide.pyimport("superpos_lib.live");
  const folder = pyodide.runPython(PACKAGES_FOLDER);
  Provider((name) => pyodide.toPy(fetchNow(name)), pyodide.toPy(listed), folder).install();
}

// Python with the book's library, once it runs. `parts` are parts that it needs besides those that the site
// lists; `options` go to Pyodide's loader; the rest are told how far it is.
export async function startPython(list, { parts = {}, options, downloading, starting, note }) {
  await WebAssembly.compile(SMALLEST_MODULE);
  const base = list.slice(0, list.lastIndexOf("/") + 1);
  const what = "the list of Python's parts";
  const text = await (await answerTo(list, what, { cache: "no-cache" })).text();
  const { info, first, later } = understood(what, () => {
    const { first, later, info } = JSON.parse(text);
    if (![first, later, info].every((one) => one && typeof one === "object")) throw new SyntaxError("no list");
    return { info, first, later };
  });
  const data = download(base, { ...first, ...parts }, downloading);
  const downloaded = Promise.all(Object.values(data)).then(starting);
  // Whichever fails first is what is said.
  const [pyodide] = await Promise.all([start(data, base, info, options), downloaded]);
  provide(pyodide, base, later, note);
  return pyodide;
}
