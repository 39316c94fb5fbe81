// The keys of the stage.

const SETTLED = 100; // milliseconds, in which the box takes what was chosen
const TYPES =
  "input:not([type=range], [type=radio], [type=checkbox]), textarea, select, [contenteditable], [role=combobox], [role=listbox]";
const SWITCHES = "[type=radio], [type=checkbox]";
const MOVES = "input, [role=slider], [role=tab], [role=radiogroup], [role=menu]";
const PRESSES = "button, a, summary, input:not([type=range]), [role=tab], [role=switch], [role=menuitem]";

/**
 * Have keys pressed anywhere on the page do what `actions` say, but where the focus is on something that wants them itself; returns what
 * ends that. A space presses the button that one has come to by the keyboard; after a click it is the film's, as the focus is then only
 * where the pointer left it.
 *
 * @param {Record<string, () => void>} actions by the key's name
 */
export function listen(actions) {
  let pointed = true;
  const heard = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Tab") pointed = false;
    const target = event.composedPath()[0];
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (target instanceof Element && (target.closest("dialog") || wants(target, event.key, pointed))) return;
    event.preventDefault();
    if (event.key === " " && target instanceof HTMLElement && target.closest(PRESSES)) target.blur(); // it would be pressed as the key is let go
    action();
  };
  const ended = new AbortController();
  const first = { signal: ended.signal, capture: true }; // Streamlit keeps these to itself
  document.addEventListener("keydown", heard, ended);
  document.addEventListener("pointerdown", () => (pointed = true), first);
  document.addEventListener("change", (event) => pointed && left(event.target, "select"), ended);
  document.addEventListener("pointerup", (event) => left(event.target, "[role=option]"), first);
  document.addEventListener("click", (event) => pointed && left(event.target, SWITCHES), first);
  document.addEventListener(
    "keydown",
    (event) => event.key === "Enter" && left(event.target, "[role=combobox][aria-expanded=true]"),
    first,
  );
  return () => ended.abort();
}

/**
 * Whether a key is for what has the focus.
 *
 * @param {Element} target
 * @param {string} key
 * @param {boolean} pointed whether the focus came there by a click
 */
function wants(target, key, pointed) {
  if (target.closest(TYPES)) return true;
  if (key.startsWith("Arrow")) return Boolean(target.closest(MOVES));
  return key === " " && !pointed && Boolean(target.closest(PRESSES));
}

/**
 * Once something was chosen in a list or a box of the page, leave it, so that keys are the page's again.
 *
 * @param {EventTarget | null} target
 * @param {string} chosen
 */
function left(target, chosen) {
  if (!(target instanceof Element) || !target.closest(chosen)) return;
  const before = document.activeElement;
  setTimeout(() => {
    const focused = document.activeElement;
    if (focused instanceof HTMLElement && (focused === before || focused.matches(SWITCHES))) focused.blur();
  }, SETTLED);
}
