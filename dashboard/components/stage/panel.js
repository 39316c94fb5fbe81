// One figure in its reserved place: as the hero of the stage, or small beside it.

import { largest, nearest, plain, same, sliced } from "../shared/frames.js";
import { dragging, react, variable } from "../shared/plotly.js";
import { element, say } from "../shared/words.js";

const ABOVE = 1; // by how much of its own range a curve may leave the reference's before it leaves the picture
const MARGIN = 0.08; // of an axis' range, beyond what it shows
const DECADES = 3; // below the smallest of the film's largest values, on log axes and in log colours
/** @type {Record<string, (value: number) => number>} */
const CHANGES = { log10: (value) => Math.log10(Math.abs(value) || 1e-300), abs: Math.abs };

/** @typedef {import("../shared/frames.js").Field} Field */
/** @typedef {import("../shared/frames.js").Fields} Fields */
/** @typedef {import("../shared/page.js").Theme} Theme */
/** @typedef {import("./film.js").Span} Span */

/**
 * A figure, as dashboard/components/stage/stage.py sends it.
 *
 * @typedef {object} Skeleton
 * @property {string} name
 * @property {string} title
 * @property {string} label
 * @property {string} hint
 * @property {boolean} aside whether it stands beside the hero, unless it is the hero itself
 * @property {boolean} reference whether there is nothing to see without one
 * @property {boolean} cut whether the visitor chooses where it is cut
 * @property {string} figure as JSON
 */

/**
 * What a trace's `meta` says: `fill` names the arrays that belong in its x, y and z, `limits` those that set its colour scale, `slice` the
 * dimension across which it is cut and that dimension's axis, `changed` what becomes of the values in a place.
 *
 * @typedef {object} Meta
 * @property {Record<string, string>} fill
 * @property {{ of: string[], signed: boolean }} [limits]
 * @property {{ dimension: number, along: string }} [slice]
 * @property {Record<string, "log10" | "abs">} [changed]
 */
/** @typedef {Record<string, unknown> & { meta: Meta, type: string }} Trace */
/** @typedef {{ range?: [number, number], type?: string, title?: { text: string } }} Axis */
/**
 * What a layout's `meta` says: which fields an axis must have room for, over the whole film.
 *
 * @typedef {{ [axis: string]: { reference: string[], film: string[] } }} Room
 */
/**
 * What there is to draw: all arrays, what {unknown} and the like stand for, where slices are cut, and how far fields reach over the film.
 *
 * @typedef {{ arrays: Fields, choices: Record<string, string>, at: number, span: (name: string) => (Span | undefined) }} Scene
 */

/**
 * What a figure shows, or is to show.
 *
 * @typedef {object} Drawing
 * @property {[place: string, array: Field | undefined][][]} places
 * @property {(Span | undefined)[]} scales
 * @property {[axis: string, range: [number, number]][]} ranges
 * @property {(Field | undefined)[]} sources
 * @property {string[]} colours
 * @property {(number | undefined)[]} cuts
 * @property {string} look
 */

export class Panel {
  figure = "";
  /** @type {Trace[]} */
  data = [];
  /** @type {Record<string, any>} */
  layout = {};
  /** @type {[axis: string, title: string][]} */
  titles = [];
  /** @type {[object: Record<string, unknown>, name: string, variable: string][]} */
  themed = [];
  /** @type {Drawing | null} */
  drawn = null;
  /** @type {Drawing | null} */
  next = null;
  drawnAt = 0; // milliseconds
  hero = false;
  aside = false;
  cut = false;

  /**
   * @param {(panel: Panel) => void} chosen called when the visitor wants it as the hero
   * @param {(axis: string, range: [number, number]) => void} zoomed called when an axis, by its title, shows another range
   */
  constructor(chosen, zoomed) {
    this.name = element("button", { class: "tg-name", type: "button" });
    this.title = element("h2", { class: "tg-title" }, this.name);
    this.plot = element("div", { class: "tg-plot", role: "figure" });
    this.hint = element("p", { class: "tg-hint" });
    this.place = element("div", { class: "tg-place tg-empty" }, this.plot, this.hint);
    this.node = element("section", { class: "tg-panel" }, this.title, this.place);
    this.name.addEventListener("click", () => chosen(this));
    this.zoomed = zoomed;
  }

  /**
   * Take a skeleton; what was drawn from an equal one stays.
   *
   * @param {Skeleton} skeleton
   * @param {string | null} missing why there is no reference, should the figure need one
   * @param {string | null} waits what is said in its place while its film is on its way
   */
  set({ title, hint, label, figure, reference, aside, cut }, missing, waits) {
    say(this.name, title);
    say(this.hint, (reference && missing) || waits || hint);
    this.plot.setAttribute("aria-label", label);
    this.aside = aside;
    this.cut = cut;
    if (figure === this.figure) return;
    this.figure = figure;
    const { data, layout } = JSON.parse(figure);
    const told = layout.yaxis2 ? ["xaxis"] : ["xaxis", "yaxis"]; // rows below each other are told apart by their names alone
    const titles = told.filter((name) => layout[name]).map((name) => [name, layout[name].title?.text ?? ""]);
    Object.assign(this, { data, layout, titles, drawn: null });
    layout.dragmode = dragging();
    this.themed = [];
    this.findThemed(data);
    this.findThemed(layout);
  }

  /** @param {Record<string, unknown>} object */
  findThemed(object) {
    for (const [name, value] of Object.entries(object)) {
      const found = variable(value);
      if (found) this.themed.push([object, name, found]);
      else if (value && typeof value === "object") this.findThemed(/** @type {Record<string, unknown>} */ (value));
    }
  }

  /**
   * Whether there is something to draw that is not drawn.
   *
   * @param {Scene} scene
   * @param {Theme} theme
   */
  prepare({ arrays, choices, at, span }, theme) {
    if (!this.node.isConnected || this.node.hidden) return false;
    const named = (/** @type {string} */ name) => name.replace(/\{(\w+)\}/g, (_, choice) => choices[choice]);
    const places = this.data.map(({ meta }) => {
      return Object.entries(meta.fill).map(([place, name]) => /** @type {[string, Field | undefined]} */ ([place, arrays[named(name)]]));
    });
    const scales = this.data.map(({ meta }) => meta.limits?.of.map((name) => span(named(name))).find((found) => found));
    const cuts = this.data.map(({ meta }) => (meta.slice && arrays[meta.slice.along] ? nearest(arrays[meta.slice.along], at) : undefined));
    const sources = places.flat().map(([, array]) => array);
    const colours = this.themed.map(([, , name]) => theme(name));
    const ranges = this.ranges(named, span);
    const look = JSON.stringify([colours, cuts, scales, ranges, this.hero]);
    this.next = { places, scales, ranges, sources, colours, cuts, look };
    const { drawn } = this;
    return !drawn || drawn.look !== look || sources.some((source, index) => !same(source, drawn.sources[index]));
  }

  /**
   * How far the axes reach that have room for the whole film: the reference, and what leaves it by no more than its own range.
   *
   * @param {(name: string) => string} named
   * @param {Scene["span"]} span
   */
  ranges(named, span) {
    /** @type {[string, [number, number]][]} */
    const found = [];
    for (const [axis, { reference, film }] of Object.entries(/** @type {Room} */ (this.layout.meta ?? {}))) {
      const [held, whole] = [reference, film].map((names) => united(names.map((name) => span(named(name)))));
      const wanted = this.layout[axis].type === "log" ? decades(whole) : room(held, whole);
      if (wanted) found.push([axis, wanted]);
    }
    return found;
  }

  /**
   * Draw what was prepared.
   *
   * @param {import("../shared/plotly.js").Plotly} Plotly
   * @param {import("../shared/plotly.js").Words} words
   */
  draw(Plotly, words) {
    if (!this.next) return;
    const first = !this.drawn;
    this.drawn = this.next;
    const { places, scales, colours, cuts, ranges } = this.drawn;
    this.themed.forEach(([object, name], index) => {
      object[name] = colours[index];
    });
    let empty = true;
    this.data.forEach((trace, index) => {
      const complete = places[index].every(([, array]) => array);
      for (const [place, array] of places[index]) trace[place] = complete && array ? filling(trace.meta, place, array, cuts[index]) : [];
      limit(trace, scales[index]);
      empty &&= !complete;
    });
    for (const [axis, range] of ranges) this.layout[axis].range = range;
    this.fit();
    this.place.classList.toggle("tg-empty", empty);
    react(Plotly, this.plot, this.data, this.layout, words);
    this.drawnAt = performance.now();
    if (first) this.listen();
  }

  /** As the hero it has large letters; beside the hero there is no room for legends, titles of axes and scales of colours. */
  fit() {
    this.layout.font = { ...this.layout.font, size: this.hero ? 15 : 11 };
    if (this.layout.showlegend !== false) this.layout.showlegend = this.hero;
    for (const [axis, title] of this.titles) this.layout[axis].title = { ...this.layout[axis].title, text: this.hero ? title : "" };
    for (const trace of this.data) if (trace.colorbar) trace.showscale = this.hero;
  }

  /** Tell of zooms. */
  listen() {
    const plot = /** @type {any} */ (this.plot);
    plot.removeAllListeners?.("plotly_relayout");
    plot.on?.("plotly_relayout", () => {
      for (const [name, title] of this.titles) {
        const axis = plot.layout[name];
        if (axis?.range && title && axis.type !== "log") this.zoomed(title, [axis.range[0], axis.range[1]]);
      }
    });
  }

  /**
   * Show the part of a coordinate that another figure shows.
   *
   * @param {string} title of the axis
   * @param {[number, number]} range
   */
  zoom(title, range) {
    for (const [name, own] of this.titles) {
      /** @type {Axis} */
      const axis = this.layout[name];
      if (own !== title || !axis.range || axis.range.every((end, index) => end === range[index])) continue;
      axis.range = range;
      this.layout.uirevision = `${title} ${range}`;
      this.drawn = this.drawn && { ...this.drawn, look: "" };
    }
  }
}

/**
 * @param {(Span | undefined)[]} spans
 * @returns {Span | undefined}
 */
function united(spans) {
  const known = /** @type {Span[]} */ (spans.filter((span) => span));
  if (!known.length) return undefined;
  const ends = (/** @type {"low" | "high" | "peak"} */ end) => known.map((span) => span[end]);
  return { low: Math.min(...ends("low")), high: Math.max(...ends("high")), peak: Math.min(...ends("peak")) };
}

/**
 * @param {Span | undefined} reference
 * @param {Span | undefined} film
 * @returns {[number, number] | undefined}
 */
function room(reference, film) {
  const held = reference ?? film;
  if (!held) return undefined;
  const size = held.high - held.low || Math.abs(held.high) || 1;
  const low = Math.max(held.low - ABOVE * size, Math.min(held.low, film?.low ?? held.low));
  const high = Math.min(held.high + ABOVE * size, Math.max(held.high, film?.high ?? held.high));
  return [low - MARGIN * (high - low || size), high + MARGIN * (high - low || size)];
}

/**
 * @param {Span | undefined} film
 * @returns {[number, number] | undefined}
 */
function decades(film) {
  if (!film || !(film.high > 0)) return undefined;
  return [Math.log10(film.peak || film.high) - DECADES, Math.log10(film.high) + MARGIN];
}

/**
 * What stands in a trace's x, y or z; one may be a slice, or the powers of ten of its sizes.
 *
 * @param {Meta} meta
 * @param {string} place
 * @param {Field} array
 * @param {number | undefined} cut
 */
function filling(meta, place, array, cut) {
  const slice = array.shape.length > 1 && meta.slice && cut !== undefined ? sliced(array, meta.slice.dimension, cut) : array;
  return plain(slice, CHANGES[meta.changed?.[place] ?? ""]);
}

/**
 * @param {Trace} trace
 * @param {Span | undefined} scale
 */
function limit(trace, scale) {
  if (!scale || !trace.meta.limits) return;
  const [least, most] = trace.type === "surface" ? ["cmin", "cmax"] : ["zmin", "zmax"];
  const reach = Math.max(Math.abs(scale.low), Math.abs(scale.high)) || 1;
  if (trace.meta.changed?.z === "log10") {
    [trace[least], trace[most]] = [Math.log10(scale.peak || reach) - DECADES, Math.log10(reach)];
    return;
  }
  [trace[least], trace[most]] = [trace.meta.limits.signed ? -reach : 0, reach];
}

/**
 * How far the values of a field reach.
 *
 * @param {Field} field
 * @returns {Span}
 */
export function spanOf({ values }) {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high, peak: largest(values) };
}
