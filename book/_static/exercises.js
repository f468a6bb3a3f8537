// Exercises that the machine checks: where Python can run, the cell that readers are to change becomes a
// text that they can change, with a button that has it checked. What they write is kept in this browser.

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// A browser may refuse to keep anything; then it is kept as long as the page is open.
const storage = {
  read: (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  write: (key, text) => {
    try {
      if (text === null) localStorage.removeItem(key);
      else localStorage.setItem(key, text);
    } catch {
      // Nothing else to be done.
    }
  },
};

const follows = (one, other) => one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;

// The exercise of one cell. `check(text)` asks for a verdict, `stop()` ends whatever runs.
function editor(cell, number, hint, check, stop) {
  const written = cell.querySelector(".cell_input");
  const start = written.querySelector("pre").textContent.trimEnd();
  const asked = [...document.querySelectorAll(".exercise")].findLast((one) => follows(one, cell));
  const output = [...document.querySelectorAll(".tag_check .cell_output")].find((one) => follows(cell, one));
  const first = output.querySelector("pre").textContent.trim(); // what the check says of the start
  const key = `${location.pathname}#${asked.id}`;
  const area = element("textarea", { id: `practice-${number}`, wrap: "off", spellcheck: false });
  const title = asked.querySelector(".admonition-title").textContent.trim();
  const label = element("label", { htmlFor: area.id, textContent: `Your code for ${title}` });
  const button = element("button", { type: "button", textContent: "Check" });
  const halt = element("button", { type: "button", textContent: "Stop", hidden: true });
  const again = element("button", { type: "button", textContent: "Start again" });
  const buttons = element("div", { className: "practice-buttons" }, button, halt, again);
  const status = element("p", { className: "practice-verdict" });
  const note = element("p", { className: "practice-note", textContent: hint });
  const attributes = { autocapitalize: "off", autocomplete: "off", autocorrect: "off" };
  Object.entries(attributes).forEach(([name, value]) => area.setAttribute(name, value));
  status.setAttribute("role", "status");

  function say(text) {
    if (status.textContent !== text) status.textContent = text;
    status.dataset.verdict = /^(solved|not yet)\b/.exec(text)?.[0] ?? "";
  }

  function fit() {
    area.rows = Math.max(3, area.value.split("\n").length + 1);
  }

  function busy(whether) {
    if (!whether && document.activeElement === halt) button.focus();
    button.setAttribute("aria-disabled", whether);
    halt.hidden = !whether;
  }

  function begin(text, verdict) {
    area.value = text;
    fit();
    say(verdict);
  }

  function ask() {
    if (button.getAttribute("aria-disabled") === "true") return;
    busy(true);
    say("Starting ...");
    check(area.value);
  }

  area.addEventListener("input", () => {
    fit();
    storage.write(key, area.value);
  });
  button.addEventListener("click", ask);
  halt.addEventListener("click", stop);
  again.addEventListener("click", () => {
    storage.write(key, null);
    begin(start, first);
  });
  const kept = storage.read(key);
  begin(kept ?? start, kept === null ? first : "");
  written.after(element("section", { className: "practice", ariaLabel: title }, label, area, buttons, note, status));
  [written, output].forEach((one) => one.classList.add("practice-replaced"));

  return {
    told: say,
    answered({ verdict, printed }) {
      busy(false);
      say(printed ? `${verdict}\n\nYour code printed:\n${printed}` : verdict);
    },
    failed(sentence) {
      busy(false);
      say(`${sentence} Your code is as you left it: Check starts Python again.`);
    },
  };
}

// One for each exercise of the page, in order. `check(number, text)` and `stop()` are as above.
export function editors(hint, check, stop) {
  return [...document.querySelectorAll(".cell.tag_exercise")].map((cell, number) =>
    editor(cell, number, hint, (text) => check(number, text), stop),
  );
}
