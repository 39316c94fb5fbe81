// A link, the first that a Tab reaches, past the sidebar to the button that trains.

import { element, say } from "../shared/words.js";

const TRAIN = ".st-key-toggle button";

export class Skip {
  constructor() {
    this.node = element("button", { class: "tg-skip", type: "button" });
    this.node.addEventListener("click", () => /** @type {HTMLElement | null} */ (document.querySelector(TRAIN))?.focus());
    document.body.prepend(this.node);
  }

  /** @param {Pick<import("./view.js").Data, "texts">} words */
  say({ texts }) {
    say(this.node, texts.skip);
  }

  end() {
    this.node.remove();
  }
}
