// The keys of the stage.

const OWN = "input, textarea, select, [contenteditable], [role=slider], [role=combobox], [role=listbox], [role=tab], dialog";

/**
 * Have keys pressed anywhere on the page do what `actions` say, but where the focus is on something that wants them itself; returns what
 * ends that. A space on a button presses the button.
 *
 * @param {Record<string, () => void>} actions by the key's name
 */
export function listen(actions) {
  const heard = (/** @type {KeyboardEvent} */ event) => {
    const target = event.composedPath()[0];
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (target instanceof Element && (target.closest(OWN) || (event.key === " " && target.closest("button, a, summary")))) return;
    event.preventDefault();
    action();
  };
  document.addEventListener("keydown", heard);
  return () => document.removeEventListener("keydown", heard);
}
