// One small picture in a reserved place, looked for once it is nearly in sight.

const AGAIN = 500; // milliseconds between two looks for a solution that is being computed
const NEAR = "600px"; // below the window, and in sight as good as

const pictures = new WeakMap();

export default function (component) {
  const { parentElement, data } = component;
  let picture = pictures.get(parentElement);
  if (!picture) pictures.set(parentElement, (picture = new Picture(parentElement)));
  const turn = picture.update(data);
  return () => {
    if (picture.turn !== turn) return;
    pictures.delete(parentElement);
    picture.end();
  };
}

class Picture {
  constructor(parent) {
    this.turn = 0;
    this.image = element("img", { class: "pi-image", hidden: "" });
    this.note = element("p", { class: "pi-note" });
    this.root = element("div", { class: "pi-place" }, this.image, this.note);
    parent.append(this.root);
    this.watching = new IntersectionObserver(([place]) => this.see(place.isIntersecting), { rootMargin: NEAR, scrollMargin: NEAR });
    this.watching.observe(this.root);
  }

  update(data) {
    const other = data.reference !== this.data?.reference;
    this.data = data;
    this.image.alt = data.label;
    if (other || this.turn === 0) {
      this.image.hidden = true;
      this.known = false;
      say(this.note, data.waiting);
      this.look();
    }
    return ++this.turn;
  }

  see(seen) {
    this.seen = seen;
    this.look();
  }

  /** Look for the picture now, and again until it is there, but only in sight. */
  async look() {
    clearTimeout(this.waiting);
    if (!this.seen || this.known) return;
    const { reference } = this.data;
    const found = await fetchPicture(reference);
    if (reference !== this.data?.reference || this.known) return;
    if (found.picture) this.show(found.picture);
    if (found.missing) say(this.note, this.data.none);
    this.known = Boolean(found.picture ?? found.missing);
    if (!this.known) this.waiting = setTimeout(() => this.look(), AGAIN);
  }

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
