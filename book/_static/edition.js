// A chapter that readers have changed as a notebook is stored in their browser, and hides what the book says by
// now. Where the two differ in their edition, a bar says so and offers the book's; their own stays, beside it.

const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const name = new URLSearchParams(location.search).get("path");
const root = new URL("../", location.href);

// The app's store of files in this browser, once it has one: it is named after the place of the app.
async function open() {
  const mine = ({ name }) => name.startsWith("JupyterLite Storage") && name.endsWith(root.pathname);
  const found = (await indexedDB.databases()).find(mine);
  if (!found) return null;
  const stored = await answer(indexedDB.open(found.name));
  if (stored.objectStoreNames.contains("files")) return stored;
  stored.close();
  return null;
}

const files = (stored, mode) => stored.transaction("files", mode).objectStore("files");

// What the browser keeps of this chapter, or undefined.
async function kept() {
  const stored = await open();
  if (!stored) return undefined;
  const file = await answer(files(stored, "readonly").get(name));
  stored.close();
  return file;
}

async function published() {
  const response = await fetch(new URL(`files/${encodeURIComponent(name)}`, root), { cache: "no-cache" });
  return response.ok ? response.json() : undefined;
}

// A name beside the chapter's that nothing has yet: "NAME (mine).ipynb", "NAME (mine 2).ipynb", ...
function beside(taken) {
  const stem = name.replace(/\.ipynb$/, "");
  for (let number = 1; ; number += 1) {
    const free = `${stem} (mine${number > 1 ? ` ${number}` : ""}).ipynb`;
    if (!taken.includes(free)) return free;
  }
}

// Keep the reader's own under another name, and open the book's.
async function change(editor) {
  editor.disabled = true;
  const stored = await open();
  const taken = await answer(files(stored, "readonly").getAllKeys());
  const other = beside(taken);
  const all = files(stored, "readwrite");
  const file = await answer(all.get(name));
  all.put({ ...file, name: other, path: other }, other);
  all.delete(name);
  await new Promise((resolve) => {
    all.transaction.oncomplete = resolve;
  });
  stored.close();
  location.reload();
}

function offer() {
  const bar = document.createElement("div");
  const text = document.createElement("span");
  const take = document.createElement("button");
  const later = document.createElement("button");
  bar.setAttribute("role", "status");
  bar.style.cssText =
    "position: fixed; inset: auto 0 0; z-index: 2000; padding: 0.75rem 1rem; display: flex; flex-wrap: wrap; " +
    "gap: 0.5rem 1rem; align-items: center; background: #fff; color: #000; border-top: 2px solid #000; " +
    "font: 1rem/1.4 system-ui, sans-serif";
  [take, later].forEach((button) => {
    button.style.cssText = "min-height: 2.75rem; padding: 0 0.75rem; font: inherit";
  });
  text.textContent =
    "The book has another edition of this chapter. What you see is your own copy, which this browser keeps.";
  take.textContent = "Open the book's; keep mine beside it";
  later.textContent = "Go on with mine";
  take.addEventListener("click", () => change(take));
  later.addEventListener("click", () => bar.remove());
  bar.append(text, take, later);
  document.body.append(bar);
}

async function compare() {
  const file = await kept();
  if (file?.type !== "notebook") return;
  const own = typeof file.content === "string" ? JSON.parse(file.content) : file.content;
  const book = await published();
  if (book && book.metadata.edition !== own?.metadata?.edition) offer();
}

// A browser that keeps nothing has nothing to compare, and one that cannot say what it keeps opens what it has.
if (name && indexedDB.databases) compare().catch((error) => console.info(`Editions were not compared: ${error}`));
