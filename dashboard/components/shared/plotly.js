// plotly.js, and how charts behave.

import { BASE } from "./server.js";

/** @typedef {Record<string, unknown> & { xaxis: object, yaxis: object }} Layout */
/** @typedef {Record<string, string>} Words Plotly's own, translated */

/**
 * The part of plotly.js that charts use.
 *
 * @typedef {object} Plotly
 * @property {(node: HTMLElement, traces: object[], layout: object, configuration: object) => Promise<unknown>} react
 * @property {(node: HTMLElement) => void} purge
 * @property {{ resize: (node: HTMLElement) => Promise<unknown> }} Plots
 */

/** @type {Plotly | null} */
let loaded = null;
/** @type {Promise<Plotly | null> | null} */
let loading = null;

/**
 * plotly.js, fetched once for the page; null where it cannot be had, until the next call.
 *
 * @param {string} version
 */
export function loadPlotly(version) {
  loading ??= new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = `${BASE}plotly.js?v=${version}`;
    script.onload = () => {
      loaded = /** @type {{ Plotly: Plotly }} */ (/** @type {unknown} */ (window)).Plotly;
      resolve(loaded);
    };
    script.onerror = () => {
      loading = null;
      script.remove();
      resolve(null);
    };
    document.head.append(script);
  });
  return loading;
}

/**
 * What is under way at a node: Plotly draws in several turns, and one that finds its node purged fails.
 *
 * @type {WeakMap<HTMLElement, Promise<unknown>>}
 */
const busy = new WeakMap();

/**
 * @param {HTMLElement} node
 * @param {Promise<unknown>} drawing
 */
function follow(node, drawing) {
  busy.set(node, Promise.allSettled([busy.get(node), drawing]));
}

/**
 * Draw a chart, or what has changed of it.
 *
 * @param {Plotly} Plotly
 * @param {HTMLElement} node
 * @param {object[]} traces
 * @param {object} layout
 * @param {Words} words
 */
export function react(Plotly, node, traces, layout, words) {
  follow(node, Plotly.react(node, traces, layout, configuration(words)));
}

/**
 * Let a chart go, once nothing is under way at it any more.
 *
 * @param {HTMLElement} node
 */
export async function purge(node) {
  await busy.get(node);
  loaded?.purge(node);
}

/**
 * Fit a chart into its place; one that is out of sight by then stays as it is.
 *
 * @param {HTMLElement} node
 */
export function resize(node) {
  if (loaded) follow(node, loaded.Plots.resize(node));
}

/**
 * How charts behave.
 *
 * @param {Words} words
 */
function configuration(words) {
  return {
    displaylogo: false,
    responsive: false,
    modeBarButtons: [["toImage", "resetScale2d"]],
    locale: "page",
    locales: { page: { dictionary: words, format: {} } },
  };
}

/** What dragging does: a finger scrolls the page. */
export function dragging() {
  return matchMedia("(pointer: coarse)").matches ? false : "zoom";
}

/**
 * The variable of the theme that a figure names in place of a colour or a font.
 *
 * @param {unknown} value
 */
export function variable(value) {
  return typeof value === "string" && value.startsWith("var(") ? value.slice(4, -1) : null;
}

/**
 * What JSON says, with the theme's values for its variables.
 *
 * @param {string} json
 * @param {import("./page.js").Theme} theme
 */
export function themed(json, theme) {
  return JSON.parse(json, (_, value) => {
    const name = variable(value);
    return name ? theme(name) : value;
  });
}
