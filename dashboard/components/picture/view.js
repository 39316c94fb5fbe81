// One small picture in a reserved place, looked for once it is nearly in sight.

import { mount } from "../shared/mount.js";
import { fetchPicture } from "../shared/server.js";
import { element, say } from "../shared/words.js";

const AGAIN = 500; // milliseconds between two looks for a solution that is being computed
const NEAR = "600px"; // below the window, and in sight as good as

/**
 * What dashboard/components/picture/picture.py sends; `reference` is the key of a reference.
 *
 * @typedef {{ reference: string, label: string, waiting: string, none: string }} Data
 */

class Picture {
  /** @type {Data | null} */
  data = null;
  known = false;
  seen = false;
  /** @type {number | undefined} */
  waiting;

  /** @param {Element} parent */
  constructor(parent) {
    this.image = element("img", { class: "pi-image", hidden: "" });
    this.note = element("p", { class: "pi-note" });
    this.root = element("div", { class: "pi-place" }, this.image, this.note);
    parent.append(this.root);
    const near = { rootMargin: NEAR, scrollMargin: NEAR };
    this.watching = new IntersectionObserver(([place]) => this.see(place.isIntersecting), near);
    this.watching.observe(this.root);
  }

  /** @param {Data} data */
  update(data) {
    const other = data.reference !== this.data?.reference;
    this.data = data;
    this.image.alt = data.label;
    if (!other) return;
    this.image.hidden = true;
    this.known = false;
    say(this.note, data.waiting);
    this.look();
  }

  /** @param {boolean} seen */
  see(seen) {
    this.seen = seen;
    this.look();
  }

  /** Look for the picture now, and again until it is there, but only in sight. */
  async look() {
    clearTimeout(this.waiting);
    const { data } = this;
    if (!data || !this.seen || this.known) return;
    const found = await fetchPicture(data.reference);
    if (data.reference !== this.data?.reference || this.known) return;
    if (found.picture) this.show(found.picture);
    if (found.missing) say(this.note, data.none);
    this.known = Boolean(found.picture ?? found.missing);
    if (!this.known) this.waiting = setTimeout(() => this.look(), AGAIN);
  }

  /** @param {Blob} picture */
  show(picture) {
    URL.revokeObjectURL(this.image.src);
    this.image.src = URL.createObjectURL(picture);
    this.image.hidden = false;
    say(this.note, "");
  }

  end() {
    this.data = null;
    clearTimeout(this.waiting);
    this.watching.disconnect();
    URL.revokeObjectURL(this.image.src);
    this.root.remove();
  }
}

export default mount(Picture);
