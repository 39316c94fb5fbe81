// The figures of the stage: one of them is the hero, the others stand beside it.

import { purge, resize } from "../shared/plotly.js";
import { element } from "../shared/words.js";
import { Diagram } from "./diagram.js";
import { Panel } from "./panel.js";

const BUDGET = 45; // milliseconds for a picture, beyond which not all figures are drawn at once while a film plays
const OVERDUE = 500; // milliseconds after which a figure is drawn all the same: on a slow machine the hero alone takes the time there is
const SETTLED = 100; // milliseconds after the last change of size
const NETWORK = "network";

/** @typedef {import("./view.js").Data} Data */

export class Board {
  /** @type {Map<string, Panel>} */
  panels = new Map();
  /** @type {Data["panels"]} */
  skeletons = [];
  hero = "";
  makeHero = "";
  /** @type {number | undefined} */
  resized;

  /** @param {() => void} rearranged called when figures are to be drawn at other places, in other sizes, or other parts of them */
  constructor(rearranged) {
    this.rearranged = rearranged;
    this.diagram = new Diagram(() => this.choose(NETWORK));
    this.tabs = element("div", { class: "tg-tabs", role: "group" });
    this.node = element("div", { class: "tg-board" });
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.node);
  }

  /** Whether the visitor chooses where the hero is cut. */
  get cut() {
    return Boolean(this.panels.get(this.hero)?.cut);
  }

  /** The panels that are in sight. */
  get seen() {
    return [...this.panels.values()].filter((panel) => !panel.node.hidden);
  }

  /**
   * Take the figures of an experiment; what was drawn in those of before stays.
   *
   * @param {Data} data
   * @param {string | null} noReference why there is no reference, where there is none
   * @param {string | null} waits what is said in the place of figures whose film is on its way
   */
  set({ panels, network, coordinates, texts }, noReference, waits) {
    this.skeletons = panels;
    this.coordinates = coordinates.map(({ name }) => name);
    this.makeHero = texts.makeHero;
    this.tabs.setAttribute("aria-label", texts.views);
    this.diagram.set(network);
    for (const [name, panel] of this.panels) {
      if (panels.some((other) => other.name === name)) continue;
      purge(panel.plot);
      panel.node.remove();
      this.panels.delete(name);
    }
    for (const skeleton of panels) this.panel(skeleton.name).set(skeleton, noReference, waits);
    const nodes = [this.diagram.node, ...[...this.panels.values()].map((panel) => panel.node)];
    if (nodes.some((node) => !node.isConnected)) this.node.replaceChildren(...nodes);
    this.arrange();
  }

  /** @param {string} name */
  panel(name) {
    const choose = () => this.choose(name);
    const panel = this.panels.get(name) ?? new Panel(choose, (title, range) => this.zoom(title, range));
    this.panels.set(name, panel);
    return panel;
  }

  /** Put the hero first, beside it all asides, and in the place of one that is the hero the first view. */
  arrange() {
    const views = this.skeletons.filter(({ aside }) => !aside).map(({ name }) => name);
    const asides = [...this.skeletons.filter(({ aside }) => aside).map(({ name }) => name), NETWORK];
    if (![...views, ...asides].includes(this.hero)) this.hero = views[0];
    this.node.style.setProperty("--tg-asides", String(asides.length));
    const shown = [this.hero, ...asides.map((name) => (name === this.hero ? views[0] : name))];
    for (const [name, figure] of /** @type {[string, Panel | Diagram][]} */ ([...this.panels, [NETWORK, this.diagram]])) {
      figure.hero = name === this.hero;
      figure.node.hidden = !shown.includes(name);
      figure.node.classList.toggle("tg-hero", figure.hero);
      figure.node.style.order = String(shown.indexOf(name));
      figure.name.title = figure.hero ? "" : this.makeHero;
    }
    this.offer(views);
  }

  /**
   * A button for each view.
   *
   * @param {string[]} views
   */
  offer(views) {
    const focused = [...this.tabs.children].indexOf(/** @type {Element} */ (document.activeElement));
    const made = views.map((name) => {
      const title = this.skeletons.find((skeleton) => skeleton.name === name)?.title ?? name;
      const button = element("button", { class: "tg-tab", type: "button", "aria-pressed": String(name === this.hero) }, title);
      button.addEventListener("click", () => this.choose(name));
      return button;
    });
    this.tabs.replaceChildren(...made);
    if (focused >= 0) made[focused]?.focus();
  }

  /**
   * Make a figure the hero; an aside that is the hero already goes back to its place.
   *
   * @param {string} name
   */
  choose(name) {
    const view = this.skeletons.some((skeleton) => skeleton.name === name && !skeleton.aside);
    this.hero = name === this.hero && !view ? "" : name;
    this.arrange();
    for (const panel of this.seen) if (panel.drawn) resize(panel.plot);
    this.rearranged();
  }

  /**
   * Show the part of a coordinate that one figure shows in all.
   *
   * @param {string} title of the axis
   * @param {[number, number]} range
   */
  zoom(title, range) {
    if (!this.coordinates?.includes(title)) return;
    for (const panel of this.panels.values()) panel.zoom(title, range);
    this.rearranged();
  }

  /**
   * Draw what has changed. While a film plays (`quick`) the hero and the network are drawn at every moment, and of the others as many as
   * there is time for, first that which has waited longest.
   *
   * @param {import("../shared/plotly.js").Plotly} Plotly
   * @param {import("./panel.js").Scene} scene
   * @param {import("../shared/page.js").Theme} theme
   * @param {import("../shared/plotly.js").Words} words
   * @param {boolean} quick
   */
  draw(Plotly, scene, theme, words, quick) {
    const begun = performance.now();
    if (this.diagram.prepare(scene, theme)) this.diagram.draw();
    const changed = this.seen.filter((panel) => panel.prepare(scene, theme));
    const others = changed.filter((panel) => !panel.hero).sort((one, other) => one.drawnAt - other.drawnAt);
    changed.find((panel) => panel.hero)?.draw(Plotly, words);
    for (const panel of others) {
      if (quick && performance.now() - begun > BUDGET && begun - panel.drawnAt < OVERDUE) break;
      panel.draw(Plotly, words);
    }
  }

  resize() {
    clearTimeout(this.resized);
    this.resized = setTimeout(() => {
      for (const panel of this.seen) if (panel.drawn) resize(panel.plot);
      this.rearranged();
    }, SETTLED);
  }

  end() {
    clearTimeout(this.resized);
    this.resizing.disconnect();
    for (const panel of this.panels.values()) purge(panel.plot);
  }
}
