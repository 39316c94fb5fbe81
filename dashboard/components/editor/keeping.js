// The draft in the browser: kept at every letter, so that a reload, a crash or a lost connection loses nothing.

const PLACE = "tangente.draft"; // what this tab last had in its session's storage, what any tab last had in the common one
const BEFORE = "tangente.draft.before"; // what was here before another problem was opened over it

/**
 * A draft as it is kept, and as the page is told of it (dashboard/editor/form.py).
 *
 * @typedef {object} Kept
 * @property {number} [version]
 * @property {string} token whose draft it is
 * @property {string} [opened] the token of what the page last asked to open
 * @property {string | null} [saved] the id under which the visitor has saved it
 * @property {boolean} [touched] whether it has changed since it was opened or saved
 * @property {Draft} draft
 */
/** @typedef {Record<string, unknown>} Table */
/** @typedef {Record<string, unknown> & { rest?: Table, recipe?: Record<string, Table> }} Draft each field's value, and what has no field */

/**
 * @param {string} place
 * @param {Storage | null} storage
 * @returns {Kept | null}
 */
function stored(place, storage) {
  try {
    return JSON.parse(storage?.getItem(place) ?? "null");
  } catch {
    return null; // storage that is forbidden, or holds what we did not write
  }
}

/**
 * @param {string} place
 * @param {Kept | null} value
 * @param {Storage | null} storage
 */
function store(place, value, storage) {
  try {
    storage?.setItem(place, JSON.stringify(value));
  } catch {
    // storage that is full or forbidden keeps nothing; the draft lives as long as the page
  }
}

/**
 * A storage that a browser may refuse even to name.
 *
 * @param {"sessionStorage" | "localStorage"} name
 */
function storage(name) {
  try {
    return window[name];
  } catch {
    return null;
  }
}

/** What was last kept. */
export function read() {
  return stored(PLACE, storage("sessionStorage")) ?? stored(PLACE, storage("localStorage"));
}

/** @param {Kept} kept */
export function write(kept) {
  store(PLACE, kept, storage("sessionStorage"));
  store(PLACE, kept, storage("localStorage"));
}

/** What was here before. */
export function before() {
  return stored(BEFORE, storage("localStorage"));
}

/** @param {Kept | null} kept */
export function setBefore(kept) {
  store(BEFORE, kept, storage("localStorage"));
}
