// What was on the stage before a change.

import { element, say } from "../shared/words.js";

/** @typedef {import("../shared/frames.js").Fields} Fields */
/** @typedef {import("../shared/server.js").Scores} Scores */

/** The last picture of the run before, its loss and its error: they stay, grey, until the next run has ended or they are dismissed. */
export class Ghost {
  /** @type {Fields} */
  arrays = {};
  /** @type {Scores | null} */
  error = null;
  form = "";

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
   */
  keep(form, arrays, error) {
    const kept = Object.entries(arrays).filter(([name]) => /^(solution|axis|loss)\./.test(name));
    this.arrays = Object.fromEntries(kept.map(([name, field]) => [`ghost-${name}`, field]));
    this.error = error;
    this.form = form;
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
   * @param {Pick<import("./view.js").Data, "texts">} words
   */
  show(form, { texts }) {
    this.node.hidden = !this.form || form !== this.form;
    say(this.label, texts.ghost);
    this.button.setAttribute("aria-label", texts.dismiss);
    this.button.title = texts.dismiss;
  }
}
