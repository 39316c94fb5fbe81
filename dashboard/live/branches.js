// Which of several solutions the network is held against in the picture.

class Branches {
  /** `changed` is called when the visitor has chosen another. */
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

  /** Offer `count` solutions; what was chosen among as many stays. */
  set(count, { texts }) {
    this.node.hidden = count < 2;
    say(this.label, texts.compareWith);
    if (count === this.count) return;
    this.count = count;
    const numbered = Array.from({ length: count }, (_, index) => element("option", { value: index + 1 }, fill(texts.solution, { number: index + 1 })));
    this.select.replaceChildren(element("option", { value: 0 }, texts.theNearest), ...numbered);
  }
}
