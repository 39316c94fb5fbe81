// Problems as cards, in groups: a picture, a title that is a link, and more on request.

import { mount } from "../shared/mount.js";
import { element } from "../shared/words.js";
import { Picture } from "./picture.js";

/**
 * A problem. `address` is where it opens, `edit` where a copy of it, or it itself, can be changed; both are relative to the page.
 *
 * @typedef {object} Card
 * @property {string} key
 * @property {string} title
 * @property {string} address
 * @property {string} edit
 * @property {string} editing
 * @property {string} reference
 * @property {[text: string, kind: string][]} badges
 * @property {[text: string, style: string][][]} equations each in pieces, of which some are raised or lowered
 * @property {string} description
 * @property {string[]} more
 */
/** @typedef {{ title: string, cards: Card[] }} Group */
/**
 * What dashboard/components/gallery/gallery.py sends.
 *
 * @typedef {{ groups: Group[], texts: import("./picture.js").Texts & { more: string }, locale: string }} Data
 */

class Gallery {
  /** @type {Map<string, Picture>} */
  pictures = new Map();
  shown = "";
  /** @type {(address: string) => void} */
  go = () => {};

  /** @param {Element} parent */
  constructor(parent) {
    this.root = element("div", { class: "ga-groups" });
    parent.append(this.root);
  }

  /**
   * @param {Data} data
   * @param {import("../shared/mount.js").Component<Data>} component
   */
  update(data, { setTriggerValue }) {
    this.go = (address) => setTriggerValue("opened", address);
    const shown = JSON.stringify(data);
    if (shown === this.shown) return;
    this.shown = shown;
    this.texts = data.texts;
    this.root.lang = data.locale;
    const keys = new Set(data.groups.flatMap(({ cards }) => cards.map(({ key }) => key)));
    for (const [key, picture] of this.pictures) {
      if (keys.has(key)) continue;
      picture.end();
      this.pictures.delete(key);
    }
    this.root.replaceChildren(...data.groups.map((group, number) => this.group(group, `ga-group-${number}`, data.texts)));
  }

  /**
   * @param {Group} group
   * @param {string} id
   * @param {Data["texts"]} texts
   */
  group({ title, cards }, id, texts) {
    const heading = element("h2", { class: "ga-heading", id }, title);
    const items = cards.map((card) => element("li", { class: "ga-card", "data-key": card.key }, ...this.card(card, texts)));
    return element("section", { "aria-labelledby": id }, heading, element("ul", { class: "ga-list" }, ...items));
  }

  /**
   * @param {Card} card
   * @param {Data["texts"]} texts
   */
  card(card, texts) {
    const picture = this.pictures.get(card.key) ?? new Picture(texts);
    this.pictures.set(card.key, picture);
    picture.update(card.reference);
    const title = element("h3", { class: "ga-title" }, this.link(card.address, "ga-open", card.title));
    const badges = card.badges.map(([text, kind]) => element("span", { class: `ga-badge ga-${kind}` }, text));
    const equations = card.equations.map((pieces) => element("p", {}, ...pieces.map(piece)));
    const summary = element("summary", { "aria-label": `${texts.more}: ${card.title}` }, texts.more);
    const words = card.more.map((text) => element("p", {}, text));
    const description = element("p", { class: "ga-description" }, card.description);
    const more = element("details", { class: "ga-more" }, summary, ...words, this.link(card.edit, "ga-edit", card.editing));
    const written = element("div", { class: "ga-equations" }, ...equations);
    return [title, picture.root, element("div", { class: "ga-badges" }, ...badges), written, description, more];
  }

  /**
   * A link that opens in this page at a plain click, and elsewhere as any link does.
   *
   * @param {string} address
   * @param {string} name
   * @param {(Node | string)[]} children
   */
  link(address, name, ...children) {
    const link = element("a", { class: name, href: address }, ...children);
    link.addEventListener("click", (event) => {
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.go(address);
    });
    return link;
  }

  end() {
    for (const picture of this.pictures.values()) picture.end();
    this.root.remove();
  }
}

/** @param {[text: string, style: string]} written */
function piece([text, style]) {
  if (style === "sub" || style === "sup") return element(style, {}, text);
  return style === "name" ? element("i", {}, text) : text;
}

export default mount(Gallery);
