// What is fetched.

import { shown, sleep } from "./page.js";
import { decode } from "./safetensors.js";

/** The address under which Streamlit serves this app, whatever proxy or base path lies between: this script's own lies below it. */
export const BASE = new URL("../../../", import.meta.url).href;

/** @typedef {import("./frames.js").Fields} Fields */
/** @typedef {Record<string, number | null>} Scores one for each unknown */

/**
 * What is said of a run's moment (core/store/moments.py).
 *
 * @typedef {object} RunHeader
 * @property {number} step
 * @property {number} seconds
 * @property {number | null} loss
 * @property {Scores | null} [relative_l2]
 * @property {Record<string, number>} [estimates] the constants that are to be found
 * @property {Scores | null} [max_error]
 * @property {string | null} [engine]
 * @property {Record<string, number | null>} [weights]
 * @property {{ nearest?: number } | null} [reference]
 * @property {boolean} [ahead] whether it was drawn before others of smaller steps
 * @property {number} [validation] the loss at the data that are held out
 * @property {number} [best] the step of the network that is shown, where it is not the last one
 * @property {Record<string, [scale: number, offset: number]>} [scales]
 */

/**
 * What is said of a reference (dashboard/server/references.py).
 *
 * @typedef {object} ReferenceHeader
 * @property {string} method
 * @property {number} error
 * @property {number} seconds
 * @property {string} claim
 * @property {number} solutions
 */

/**
 * The moments of a run's film behind number `after`, if any, and the run's state of this moment; null where there is no answer, and "gone"
 * where there is no such run.
 *
 * @param {string} run
 * @param {number} after
 */
export async function fetchFilm(run, after) {
  const answer = await fetch(`${BASE}api/runs/${run}/film?after=${after}`).catch(() => null);
  if (answer?.status === 404) return "gone";
  const status = answer?.headers.get("X-Run-Status");
  if (!answer || !status) return null;
  const [step, seconds, newest] = ["Run-Step", "Run-Seconds", "Film-Newest"].map((name) => Number(answer.headers.get(`X-${name}`)));
  const moments = answer.status === 200 ? await answer.arrayBuffer().catch(() => null) : null;
  return { status, step, seconds, newest, moments };
}

/**
 * The losses of a run so far: `loss.steps`, `loss.total` and one for each term; nothing where there is no answer.
 *
 * @param {string} run
 * @returns {Promise<Fields>}
 */
export async function fetchLosses(run) {
  const answer = await fetch(`${BASE}api/runs/${run}/losses`, { cache: "no-store" }).catch(() => null);
  const buffer = answer?.status === 200 ? await answer.arrayBuffer().catch(() => null) : null;
  return buffer ? decode(buffer).arrays : {};
}

/**
 * The film that welcomes: the losses, which are its first piece, and its moments.
 *
 * @param {string} path
 */
export async function fetchIntro(path) {
  const answer = await fetch(`${BASE}${path}`).catch(() => null);
  const buffer = answer?.status === 200 ? await answer.arrayBuffer().catch(() => null) : null;
  if (!buffer) return null;
  const length = new DataView(buffer).getUint32(4, true);
  const end = 8 + 8 * Math.ceil(length / 8);
  return { losses: decode(buffer.slice(8, 8 + length)).arrays, moments: buffer.slice(end) };
}

/**
 * A reference's frame, or {missing} with the reason why there is none; {} while it is being computed, or where there is no answer.
 *
 * @param {string} key
 * @returns {Promise<{ header?: ReferenceHeader, arrays?: Fields, missing?: string }>}
 */
export async function fetchReference(key) {
  const answer = await fetch(`${BASE}api/references/${key}`).catch(() => null);
  if (answer?.status === 404) return { missing: (await answer.json().catch(() => ({}))).message };
  const buffer = answer?.status === 200 ? await answer.arrayBuffer().catch(() => null) : null;
  return buffer ? decode(buffer) : {};
}

/**
 * A reference's picture, or {missing} where there is none; {} while it is being computed, or where there is no answer.
 *
 * @param {string} key
 * @returns {Promise<{ picture?: Blob, missing?: boolean }>}
 */
export async function fetchPicture(key) {
  const answer = await fetch(`${BASE}api/pictures/${key}`).catch(() => null);
  if (answer?.status === 404) return { missing: true };
  const picture = answer?.status === 200 ? await answer.blob().catch(() => null) : null;
  return picture ? { picture } : {};
}

/**
 * Whether a run is no longer as `status` says.
 *
 * @param {string} run
 * @param {string} status
 */
export async function hasChanged(run, status) {
  const answer = await fetch(`${BASE}api/runs/${run}/status`, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return false;
  const now = await answer.json().catch(() => ({ status }));
  return now.status !== status;
}

/**
 * What an errand tells; what else is in it depends on its kind (core/errands/batch.py).
 *
 * @typedef {{ event: string, who?: string, stopped?: boolean, message?: string, complained?: string }} Told
 */

/**
 * Follow a batch of errands to its end: `take` gets its new events as they come; null where the batch is no longer there.
 * Returns what stops it.
 *
 * @param {string} id
 * @param {(events: Told[] | null) => void} take
 */
export function followBatch(id, take) {
  let following = true;
  (async () => {
    for (let since = 0; following; await sleep(200)) {
      await shown();
      const answer = await fetch(`${BASE}api/batches/${id}?since=${since}`, { cache: "no-store" }).catch(() => null);
      if (!following) return;
      if (answer?.status === 404) return take(null);
      /** @type {{ events: Told[] }} */
      const { events } = answer?.ok ? await answer.json().catch(() => ({ events: [] })) : { events: [] };
      if (!following) return;
      since += events.length;
      if (events.length) take(events);
      if (events.at(-1)?.event === "over") return;
    }
  })();
  return () => {
    following = false;
  };
}
