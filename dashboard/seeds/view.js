// Has the page run again once runs no longer stand as it shows them; again and again until it knows, should the page have missed it.

const EVERY = 1000; // milliseconds between two looks
const PATIENCE = 4000; // milliseconds that the page may take

const stops = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  stops.get(parentElement)?.();
  const stop = follow(data.runs, () => setTriggerValue("look", performance.now()));
  stops.set(parentElement, stop);
  return stop;
}

/** Look at the runs, by their ids, until one has another status; returns what ends it. */
function follow(runs, tell) {
  let going = Object.keys(runs).length > 0;
  (async () => {
    for (let wait = EVERY; going; ) {
      await sleep(wait);
      await shown();
      const changed = going && (await Promise.all(Object.entries(runs).map(other))).some((found) => found);
      if (going && changed) tell();
      wait = changed ? PATIENCE : EVERY;
    }
  })();
  return () => (going = false);
}

async function other([run, status]) {
  const answer = await fetch(`${base()}api/runs/${run}/status`, { cache: "no-store" }).catch(() => null);
  return answer?.ok && (await answer.json().catch(() => ({ status }))).status !== status;
}
