// The way back through the browser's history: one step for each problem, preset and setting.
//
// Streamlit puts the value of a moved control in the place of the one before, and an entry of its own for whatever a script writes into the
// address: a run that begins, for one. So a setting could not be taken back, and Back often changed nothing that one sees.

const PAUSE = 1500; // milliseconds up to which two changes of one control are one: it is still being moved
const RUN = "run";
const COMPLETED = ["problem", "preset"]; // what the page adds to an address that leaves it out

/** @typedef {(data: unknown, unused: string, url?: string | URL | null) => void} Write */

/**
 * Have each change of the address make an entry of the history if it is one of a setting; returns what ends that.
 *
 * @param {() => number} now milliseconds
 */
export function keepSteps(now = () => performance.now()) {
  const own = { pushState: history.pushState, replaceState: history.replaceState };
  let last = { names: "", at: Number.NEGATIVE_INFINITY };
  const write = (
    /** @type {unknown} */ data,
    /** @type {string} */ unused,
    /** @type {string | URL | null | undefined} */ url,
    otherwise = own.pushState,
  ) => {
    const next = new URL(url ?? location.href, document.baseURI);
    if (next.pathname !== location.pathname) return otherwise.call(history, data, unused, url);
    const names = moved(new URLSearchParams(location.search), next.searchParams);
    const same = names.join() === last.names && now() - last.at < PAUSE;
    if (names.length) last = { names: names.join(), at: now() };
    const step = names.length > 0 && !same;
    (step ? own.pushState : own.replaceState).call(history, data, unused, url);
  };
  const forget = () => {
    last = { names: "", at: Number.NEGATIVE_INFINITY };
  };
  history.pushState = (data, unused, url) => write(data, unused, url, own.pushState);
  history.replaceState = (data, unused, url) => write(data, unused, url, own.replaceState);
  addEventListener("popstate", forget);
  return () => {
    Object.assign(history, own);
    removeEventListener("popstate", forget);
  };
}

/**
 * The names that stand for other settings in one address than in another; neither the run, nor what the page adds by itself.
 *
 * @param {URLSearchParams} before
 * @param {URLSearchParams} after
 */
export function moved(before, after) {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.filter((name) => {
    const added = COMPLETED.includes(name) && !before.has(name);
    return name !== RUN && !added && before.get(name) !== after.get(name);
  });
}
