// The draft in the browser: kept at every letter, so that a reload, a crash or a lost connection loses nothing.

const PLACE = "tangente.draft"; // what this tab last had in its session's storage, what any tab last had in the common one
const BEFORE = "tangente.draft.before"; // what was here before another problem was opened over it

function stored(place, storage) {
  try {
    return JSON.parse(storage.getItem(place));
  } catch {
    return null; // storage that is forbidden, or holds what we did not write
  }
}

function store(place, value, storage) {
  try {
    storage.setItem(place, JSON.stringify(value));
  } catch {
    // storage that is full or forbidden keeps nothing; the draft lives as long as the page
  }
}

/** A storage that a browser may refuse even to name. */
function storage(name) {
  try {
    return window[name];
  } catch {
    return null;
  }
}

const keeping = {
  read: () => stored(PLACE, storage("sessionStorage")) ?? stored(PLACE, storage("localStorage")),
  write: (kept) => ["sessionStorage", "localStorage"].forEach((name) => store(PLACE, kept, storage(name))),
  before: () => stored(BEFORE, storage("localStorage")),
  setBefore: (kept) => store(BEFORE, kept, storage("localStorage")),
};
