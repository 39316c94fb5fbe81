// What was on the stage before a change.

import { element, fill, say } from "../shared/words.js";

/** @typedef {import("../shared/frames.js").Fields} Fields */
/** @typedef {import("../shared/server.js").Scores} Scores */
/** @typedef {Record<string, string>} Settings by their labels */

const MOST = 3; // settings that are named

/**
 * What was on the stage that has gone last: Streamlit may put another in its place.
 *
 * @type {Pick<Ghost, "arrays" | "error" | "form" | "settings"> | null}
 */
let left = null;

/** The last picture of the run before, its loss and its error: they stay, grey, until the next run has ended or they are dismissed. */
export class Ghost {
  /** @type {Fields} */
  arrays = {};
  /** @type {Scores | null} */
  error = null;
  form = "";
  /** @type {Settings} */
  settings = {};

  /** @param {() => void} changed */
  constructor(changed) {
    this.label = element("span");
    this.button = element("button", { class: "tg-toggle", type: "button" }, "×");
    this.node = element("span", { class: "tg-ghost", hidden: "" }, this.label, this.button);
    this.button.addEventListener("click", () => {
      this.forget();
      changed();
    });
  }

  /**
   * Keep what is shown now.
   *
   * @param {string} form what another picture must have in common with it: the unknowns and their domain
   * @param {Fields} arrays
   * @param {Scores | null} error
   * @param {Settings} settings
   */
  keep(form, arrays, error, settings) {
    const kept = Object.entries(arrays).filter(([name]) => /^(solution|axis|loss)\./.test(name));
    this.arrays = Object.fromEntries(kept.map(([name, field]) => [`ghost-${name}`, field]));
    this.error = error;
    this.form = form;
    this.settings = settings;
    left = this;
  }

  /**
   * Take over what the stage before has kept, where the settings are others.
   *
   * @param {Settings} settings
   */
  inherit(settings) {
    if (!left || left === this || !changes(left.settings, settings).length) return;
    const { arrays, error, form } = left;
    Object.assign(this, { arrays, error, form, settings: left.settings });
    left = this;
  }

  forget() {
    this.arrays = {};
    this.error = null;
    this.form = "";
  }

  /**
   * Its arrays, where they belong to pictures of this form.
   *
   * @param {string} form
   * @returns {Fields}
   */
  beside(form) {
    return form === this.form ? this.arrays : {};
  }

  /**
   * @param {string} form
   * @param {Pick<import("./view.js").Data, "texts" | "settings">} words
   */
  show(form, { texts, settings }) {
    this.node.hidden = !this.form || form !== this.form;
    const found = changes(settings, this.settings);
    const told = found.slice(0, MOST).map(([name, value]) => `${name} ${value}`);
    const named = [...told, ...(found.length > MOST ? ["…"] : [])].join(", ");
    say(this.label, found.length ? fill(texts.ghost, { changes: named }) : texts.ghostAgain);
    this.button.setAttribute("aria-label", texts.dismiss);
    this.button.title = texts.dismiss;
  }
}

/**
 * The settings of which there are others, with these others' values.
 *
 * @param {Settings} before
 * @param {Settings} after
 */
export function changes(before, after) {
  return Object.entries(after).filter(([name, value]) => before[name] !== value);
}
