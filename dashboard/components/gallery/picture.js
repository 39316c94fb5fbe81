// One small picture in a reserved place, looked for once it is nearly in sight.

import { fetchPicture } from "../shared/server.js";
import { element, say } from "../shared/words.js";

const AGAIN = 500; // milliseconds between two looks for a solution that is being computed
const NEAR = "600px"; // below the window, and in sight as good as

/** @typedef {{ waiting: string, none: string }} Texts what is said in place of a picture */

/** A picture that says nothing that the title beside it does not say. */
export class Picture {
  /** @type {string | null} */
  reference = null;
  known = false;
  seen = false;
  /** @type {number | undefined} */
  waiting;

  /** @param {Texts} texts */
  constructor(texts) {
    this.texts = texts;
    this.image = element("img", { class: "pi-image", alt: "", hidden: "" });
    this.note = element("span", { class: "pi-note" });
    this.root = element("span", { class: "pi-place", "aria-hidden": "true" }, this.image, this.note);
    const near = { rootMargin: NEAR, scrollMargin: NEAR };
    this.watching = new IntersectionObserver(([place]) => this.see(place.isIntersecting), near);
    this.watching.observe(this.root);
  }

  /** @param {string} reference the key of a reference */
  update(reference) {
    if (reference === this.reference) return;
    this.reference = reference;
    this.image.hidden = true;
    this.known = false;
    say(this.note, this.texts.waiting);
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
    const { reference } = this;
    if (!reference || !this.seen || this.known) return;
    const found = await fetchPicture(reference);
    if (reference !== this.reference || this.known) return;
    if (found.picture) this.show(found.picture);
    if (found.missing) say(this.note, this.texts.none);
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
    this.reference = null;
    clearTimeout(this.waiting);
    this.watching.disconnect();
    URL.revokeObjectURL(this.image.src);
    this.root.remove();
  }
}
