// Runs bytecode.py in Pyodide, on archives that it then replaces.
//
//     node bytecode.mjs FOLDER_OF_PYODIDE INFO ARCHIVE ...

import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, info, ...archives] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const pyodide = await loadPyodide({
  indexURL: `${folder}/`,
  lockFileContents: { info: JSON.parse(info), packages: {} },
  packageBaseUrl: `${folder}/`,
  // Sets among constants are written in the same order each time.
  env: { PYTHONHASHSEED: "0" },
});
pyodide.runPython(readFileSync(new URL("bytecode.py", import.meta.url), "utf8"));
const [extractDir, draw, imported, compiled] = ["FOLDER", "draw", "imported", "compiled"].map((name) => pyodide.globals.get(name));
const packed = archives.map((archive) => new Uint8Array(readFileSync(archive)));
for (const data of packed) pyodide.unpackArchive(data, "zip", { extractDir });
draw();
const wanted = imported();
archives.forEach((archive, i) => writeFileSync(archive, compiled(pyodide.toPy(packed[i]), wanted).toJs()));
