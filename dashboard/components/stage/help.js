// What the keys do.

import { element, say } from "../shared/words.js";

export class Help {
  constructor() {
    this.title = element("h2", { class: "tg-title" });
    this.list = element("dl", { class: "tg-keys" });
    this.button = element("button", { class: "tg-play", type: "button" });
    this.node = element("dialog", { class: "tg-help" }, this.title, this.list, this.button);
    this.button.addEventListener("click", () => this.node.close());
  }

  /** @param {Pick<import("./view.js").Data, "texts">} words */
  say({ texts }) {
    say(this.title, texts.keys);
    say(this.button, texts.close);
    this.node.setAttribute("aria-label", texts.keys);
    const rows = texts.shortcuts.map(([key, does]) =>
      element("div", {}, element("dt", {}, element("kbd", {}, key)), element("dd", {}, does)),
    );
    this.list.replaceChildren(...rows);
  }

  open() {
    if (!this.node.open) this.node.showModal();
  }
}
