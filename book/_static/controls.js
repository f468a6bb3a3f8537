// The controls of an explorer: a slider, buttons or a menu for the values that the book has pictures of, and, where
// Python draws, a slider and a field for all the others. No module, since browsers do not load modules of a page that
// was opened from a disk; explore.js takes it from here.
window.bookControls = (() => {
  const decimal = /^-?\d+(\.\d+)?$/;
  // A reader who types may not have come to the end of a number; after so many milliseconds it is taken for one.
  const TYPED = 800;

  // Thousands are told apart from 10,000 on.
  const readable = (text) => (/^-?\d{5,}$/.test(text) ? text.replace(/\B(?=(\d{3})+$)/g, ",") : text);

  function element(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  // What stands in the page for the book's values: how it is read, set, and made to say its value.
  function declared(box, values) {
    const slider = box.querySelector("[type=range]");
    const menu = box.querySelector("select");
    const buttons = [...box.querySelectorAll("[type=radio]")];
    if (slider)
      return {
        nodes: [slider, slider.nextElementSibling],
        focus: () => slider,
        read: () => values[Number(slider.value)],
        set(text) {
          slider.value = values.indexOf(text);
          slider.setAttribute("aria-valuetext", readable(text));
          slider.nextElementSibling.value = readable(text);
        },
      };
    if (menu) return { nodes: [menu], focus: () => menu, read: () => menu.value, set: (text) => (menu.value = text) };
    if (buttons.length)
      return {
        nodes: [box.querySelector("[role=radiogroup]")],
        focus: () => buttons.find((button) => button.checked),
        read: () => buttons.find((button) => button.checked).value,
        set: (text) => (buttons.find((button) => button.value === text).checked = true),
      };
    return { nodes: [], focus: () => null, read: () => values[0], set: () => {} };
  }

  // What is wrong with a text as a number of this reach, in words; nothing if it is possible.
  function fault(text, [low, high, step]) {
    if (text === "") return "This is no number";
    const number = Number(text);
    if (!decimal.test(text)) return `${text} is no number`;
    if (number < low) return `${readable(text)} is too small`;
    if (number > high) return `${readable(text)} is too large`;
    return step >= 1 && !Number.isInteger(number) ? `${text} is not a whole number` : "";
  }

  // A slider and a field for every number of a reach. `changed` is called with a text that is possible.
  function every(box, name, reach, changed) {
    const [low, high, step] = reach;
    const label = box.querySelector(".explore-label");
    const range = `${readable(`${low}`)} to ${readable(`${high}`)}`;
    const limits = { min: low, max: high, step, autocomplete: "off" };
    const id = `${label.id}-${name}`;
    const seed = name === "seed";
    const slider = element("input", { type: "range", ...limits, name: seed ? "" : name, hidden: seed });
    const exact = element("input", { type: "number", ...limits, name: seed ? name : "" });
    const possible = element("span", { className: "explore-reach", id: `${id}-reach`, textContent: range });
    const wrong = element("p", { className: "explore-wrong", id: `${id}-wrong` });
    let shown = "";
    let timer = 0;
    slider.setAttribute("aria-labelledby", label.id);
    exact.setAttribute("aria-label", `${label.textContent}, a number`);
    exact.setAttribute("aria-describedby", `${possible.id} ${wrong.id}`);
    wrong.setAttribute("role", "alert");

    const typed = () => {
      if (exact.validity.badInput || exact.value === "") return "";
      return decimal.test(exact.value) ? exact.value : String(Number(exact.value));
    };

    function tell(words) {
      exact.setAttribute("aria-invalid", words !== "");
      wrong.textContent = words && `${words}: possible is ${range}. The picture stays at ${readable(shown)}.`;
    }

    function set(text) {
      shown = text;
      slider.value = text;
      slider.setAttribute("aria-valuetext", readable(text));
      if (exact !== document.activeElement || fault(typed(), reach)) exact.value = text;
    }

    function read(text) {
      tell("");
      set(text);
      changed(text);
    }

    slider.addEventListener("input", () => read(slider.value));
    exact.addEventListener("input", () => {
      clearTimeout(timer);
      const words = fault(typed(), reach);
      if (words) timer = setTimeout(tell, TYPED, words);
      else if (Number(typed()) !== Number(shown)) read(typed());
      else tell("");
    });
    exact.addEventListener("change", () => {
      clearTimeout(timer);
      const words = fault(typed(), reach);
      if (words) tell(words);
      exact.value = shown;
      if (words) exact.setAttribute("aria-invalid", "false"); // the field has the picture's value again
    });
    return { nodes: [slider, exact, possible, wrong], focus: () => (seed ? exact : slider), read: () => shown, set };
  }

  // One control. `moved` is called when a reader has moved it.
  function control(box, name, values, reach, moved) {
    const fixed = declared(box, values);
    const label = box.querySelector(".explore-label").textContent;
    let lot = ""; // the seed that comes next
    let now = fixed;

    const indexOf = (text) =>
      values.findIndex((value) => value === text || (reach && decimal.test(text) && Number(value) === Number(text)));
    // Whether Python can draw it, were it there.
    const reachable = (text) => indexOf(text) >= 0 || (reach !== undefined && fault(text, reach) === "");

    function castLot() {
      const [low, high] = reach;
      lot = String(low + Math.floor(Math.random() * (high - low + 1)));
    }

    const button = name === "seed" && reach ? element("button", { type: "button", textContent: "New seed" }) : null;
    button?.addEventListener("click", () => {
      now.set(lot);
      moved();
    });

    // Steps can go on by themselves.
    const play = name === "steps" ? element("button", { type: "button", textContent: "Play" }) : null;
    if (play) box.append(play);

    function replace(by) {
      const focused = now.nodes.some((node) => node.contains(document.activeElement));
      now.nodes.forEach((node) => node.remove());
      button?.remove();
      now = by;
      box.append(...now.nodes, ...(button && now !== fixed ? [button] : []), ...(play ? [play] : []));
      if (focused) now.focus()?.focus({ preventScroll: true });
    }

    for (const node of fixed.nodes)
      node.addEventListener("input", () => {
        fixed.set(fixed.read());
        moved();
      });

    return {
      name,
      label,
      play,
      first: values[0],
      indexOf,
      reachable,
      movable: () => now.nodes.length > 0,
      possible: (text) => (now === fixed ? indexOf(text) >= 0 : reachable(text)),
      // What it can be, for readers.
      range: () => (reach && now !== fixed ? `${reach[0]} to ${reach[1]}` : values.map(readable).join(", ")),
      read: () => now.read(),
      set: (text) => now.set(now === fixed ? values[indexOf(text)] : text),
      // What follows: the book's next value, or a number as much larger as its second one is than its first.
      next() {
        const text = now.read();
        if (now === fixed) return values[indexOf(text) + 1] ?? null;
        const next = String(Number((Number(text) + Number(values[1]) - Number(values[0])).toPrecision(12)));
        return fault(next, reach) ? null : next;
      },
      // Change between the book's values and all values; the state stays, as far as it can.
      widen(whether) {
        if (!reach || whether === (now !== fixed)) return;
        const text = now.read();
        replace(whether ? every(box, name, reach, moved) : fixed);
        now.set(whether ? text : values[Math.max(0, indexOf(text))]);
        box.hidden = !whether && !fixed.nodes.length;
        if (whether && button) castLot();
      },
      // The value a step further in the same direction, if any; a seed is drawn by lot before it is asked for.
      further(text, before) {
        if (now === fixed || text === before) return null;
        if (button) {
          if (text === lot) castLot();
          return lot;
        }
        const next = String(Number((2 * Number(text) - Number(before)).toPrecision(12)));
        return reachable(next) ? next : null;
      },
    };
  }

  return { control, element, readable };
})();
