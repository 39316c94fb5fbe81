// The mistakes: a table that fills, a row for each framework.

import { Asking } from "../shared/asking.js";
import { mount } from "../shared/mount.js";
import { brief, element, fill, say } from "../shared/words.js";

const MISTAKES = ["shape", "dimension", "nan"];

/** @typedef {import("../shared/asking.js").Asked} Asked */

/**
 * What dashboard/why_pytorch/mistakes.py sends.
 *
 * @typedef {Asked & { frameworks: Framework[], texts: Texts }} Data
 */
/** @typedef {{ name: string, label: string, here: boolean }} Framework */
/**
 * @typedef {Record<"missing" | "waiting" | "started" | "silent" | "step" | "build" | "line" | "lost" | "uncalled" | "number" | "symbol", string> &
 *   { columns: string[] }} Texts
 */

/** @typedef {{ event: "started" | "ended" | "uncalled", who: string }} Bare what core/why_pytorch/frameworks/mistakes.py tells */
/** @typedef {{ raised: string | null, message: string, built: boolean, line: string | null, loss: number | string | null }} Outcome */
/** @typedef {Outcome & { event: "mistake", who: string, name: string }} Mistake */
/** @typedef {{ event: "breakpoint", who: string, calls: number, steps: number, shown: number | string }} Breakpoint */
/** @typedef {{ event: "failed", who: string, message: string, complained: string }} Failed */
/** @typedef {Bare | Mistake | Breakpoint | Failed} Told */

class Mistakes {
  /** @type {Map<string, Row>} */
  rows = new Map();

  /**
   * @param {Element} parent
   * @param {Data} data
   */
  constructor(parent, data) {
    this.data = data;
    /** @type {import("../shared/asking.js").Section<Told>} */
    const section = { begin: () => this.begin(), take: (event) => this.rows.get(event.who)?.take(event), rest: () => this.rest() };
    this.asking = new Asking(data, { ...section, several: true });
    this.head = element("tr");
    this.body = element("tbody");
    const table = element("table", { class: "as-table mi-table" }, element("thead", {}, this.head), this.body);
    const scroll = element("div", { class: "as-scroll", tabindex: "0" }, table);
    this.root = element("section", { class: "as-section" }, this.asking.node, scroll);
    parent.append(this.root);
  }

  /**
   * @param {Data} data
   * @param {import("../shared/mount.js").Component<Data>} component
   */
  update(data, component) {
    this.data = data;
    this.asking.update(data, component);
  }

  begin() {
    const { frameworks, texts, batch, locale } = this.data;
    this.head.replaceChildren(...texts.columns.map((text) => element("th", { scope: "col" }, text)));
    this.rows = new Map(frameworks.map((framework) => [framework.name, new Row(framework, texts, locale)]));
    this.body.replaceChildren(...[...this.rows.values()].map(({ node }) => node));
    if (batch) for (const row of this.rows.values()) row.wait();
  }

  rest() {
    for (const row of this.rows.values()) row.rest();
  }

  end() {
    this.asking.end();
    this.root.remove();
  }
}

/** One framework and what it said. */
class Row {
  /**
   * @param {Framework} framework
   * @param {Texts} texts
   * @param {string} locale
   */
  constructor({ label, here }, texts, locale) {
    this.here = here;
    this.texts = texts;
    this.locale = locale;
    this.hint = element("small", {}, here ? "" : texts.missing);
    this.cells = MISTAKES.map(() => element("td", {}, "–"));
    this.stop = element("td", {}, "–");
    this.node = element("tr", {}, element("th", { scope: "row" }, label, this.hint), ...this.cells, this.stop);
  }

  wait() {
    if (this.here) say(this.hint, this.texts.waiting);
  }

  rest() {
    if (this.here) say(this.hint, "");
  }

  /** @param {Told} event */
  take(event) {
    if (event.event === "started") say(this.hint, this.texts.started);
    else if (event.event === "ended") say(this.hint, "");
    else if (event.event === "mistake") this.tell(this.cells[MISTAKES.indexOf(event.name)], event);
    else if (event.event === "uncalled") for (const cell of [...this.cells, this.stop]) put(cell, "", this.texts.uncalled);
    else if (event.event === "breakpoint") this.halt(event);
    else if (event.event === "failed") put(this.stop, "as-bad", event.message, event.complained);
  }

  /** @param {Breakpoint} breakpoint */
  halt({ calls, steps, shown }) {
    const number = typeof shown === "number";
    const words = { calls, steps, shown: number ? brief(shown, this.locale) : shown };
    put(this.stop, number && calls >= steps ? "as-good" : "as-bad", fill(number ? this.texts.number : this.texts.symbol, words));
  }

  /**
   * @param {HTMLElement} cell
   * @param {Outcome} outcome
   */
  tell(cell, { raised, message, built, line, loss }) {
    const { texts } = this;
    if (!raised) return put(cell, "as-bad", fill(texts.silent, { loss: typeof loss === "number" ? brief(loss, this.locale) : loss }));
    const where = fill(built ? texts.step : texts.build, { raised });
    put(cell, line ? "as-good" : "as-bad", `${where}; ${line ? texts.line : texts.lost}`, message);
  }
}

/**
 * @param {HTMLElement} cell
 * @param {string} look
 * @param {string} text
 * @param {string} code
 */
function put(cell, look, text, code = "") {
  cell.className = look;
  cell.replaceChildren(text, ...(code ? [element("code", {}, code)] : []));
}

export default mount(Mistakes);
