// Which of several solutions the network is held against in the picture.

import { element, fill, say } from "../shared/words.js";

export class Branches {
  count = 0;

  /** @param {() => void} changed called when the visitor has chosen another */
  constructor(changed) {
    this.select = element("select");
    this.label = element("span");
    this.node = element("label", { class: "tg-chooser", hidden: "" }, this.label, " ", this.select);
    this.select.addEventListener("change", changed);
  }

  /** The number of the one that is chosen, from 1; null for the nearest. */
  get chosen() {
    return Number(this.select.value) || null;
  }

  /**
   * Offer `count` solutions; what was chosen among as many stays.
   *
   * @param {number} count
   * @param {Pick<import("./view.js").Data, "texts">} words
   */
  set(count, { texts }) {
    this.node.hidden = count < 2;
    say(this.label, texts.compareWith);
    if (count === this.count) return;
    this.count = count;
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    const numbered = numbers.map((number) => element("option", { value: number }, fill(texts.solution, { number })));
    this.select.replaceChildren(element("option", { value: 0 }, texts.theNearest), ...numbered);
  }
}
