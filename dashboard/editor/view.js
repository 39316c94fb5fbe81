// The editor's form. It holds the draft: the page is told of it shortly after each change, and answers with the mistakes.
//
// Nothing that the page sends ever changes a text, but a problem that is opened on purpose: it comes with a token of its own, and what was here
// before can be brought back. Each draft that is sent has a version; an answer marks the fields that have not changed since that version.

const PAUSE = 250; // milliseconds without a change, after which the page is told

const views = new WeakMap();

export default function (component) {
  const { parentElement, data, setStateValue } = component;
  let view = views.get(parentElement);
  if (!view) views.set(parentElement, (view = new View(parentElement, data)));
  const turn = view.update(data, (state) => setStateValue("draft", state));
  return () => {
    if (view.turn !== turn) return;
    views.delete(parentElement);
    view.end();
  };
}

class View {
  constructor(parent, data) {
    this.parent = parent;
    this.turn = 0;
    this.version = 0;
    this.token = this.saved = null;
    this.rest = this.recipe = {};
    this.fields = new Map(data.fields.map((words) => [words.name, new KINDS[words.kind](words.name, words, data.texts, (field) => this.changed(field))]));
    this.whole = element("div", { class: "ed-whole", "aria-live": "polite" });
    this.back = element("button", { class: "ed-back", type: "button", hidden: "" }, data.texts.back);
    this.back.addEventListener("click", () => this.bringBack());
    this.root = element("div", { class: "ed-form" }, ...[...this.fields.values()].map(({ node }) => node), this.whole, this.back);
    this.root.lang = data.locale;
    this.root.addEventListener("focusout", () => this.flush());
    this.leaving = () => this.keep();
    window.addEventListener("pagehide", this.leaving);
    parent.append(this.root);
  }

  /** Called at every rerun of the page. Returns the number of this turn. */
  update(data, send) {
    const first = this.turn === 0;
    this.data = data;
    this.send = send;
    if (first) this.begin(data.opening);
    else if (data.opening && !data.opening.weak && data.opening.token !== this.opened) this.open(data.opening);
    if (data.answer?.token === this.token) this.take(data.answer);
    if (data.file && data.file.token !== this.downloaded) this.download(data.file);
    return ++this.turn;
  }

  download({ token, name, text }) {
    this.downloaded = token;
    const address = URL.createObjectURL(new Blob([text], { type: "application/toml" }));
    element("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }

  end() {
    this.flush();
    clearTimeout(this.waiting);
    window.removeEventListener("pagehide", this.leaving);
    this.root.remove();
  }

  /** The draft that was kept, unless the page asks for another on purpose. */
  begin(opening) {
    const kept = keeping.read();
    if (kept) this.set(kept);
    if (!kept || (opening && !opening.weak && opening.token !== kept.opened)) this.open(opening);
    else this.tell();
    this.back.hidden = !keeping.before();
  }

  /** A problem that the visitor has chosen to open, in place of what was here. */
  open({ token, draft, saved }) {
    if (this.touched) keeping.setBefore(this.state());
    this.back.hidden = !keeping.before();
    this.set({ token, opened: token, saved, draft, touched: false });
    this.tell();
  }

  bringBack() {
    const before = keeping.before();
    if (!before) return;
    keeping.setBefore(this.touched ? this.state() : null);
    this.set({ ...before, opened: this.opened });
    this.back.hidden = !keeping.before();
    this.tell();
  }

  set({ token, opened, saved, draft, touched, version }) {
    clearTimeout(this.waiting);
    this.waiting = null;
    this.version = Math.max(this.version, version ?? 0);
    Object.assign(this, { token, opened, saved: saved ?? null, touched: Boolean(touched), rest: draft.rest ?? {}, recipe: draft.recipe ?? {} });
    for (const [name, field] of this.fields) {
      field.value = draft[name];
      field.changed = this.version + 1;
      field.mark([]);
    }
    this.whole.replaceChildren();
  }

  state() {
    const draft = Object.fromEntries([...this.fields].map(([name, field]) => [name, field.value]));
    const { version, token, opened, saved, touched, rest, recipe } = this;
    return { version, token, opened, saved, touched, draft: { ...draft, rest, recipe } };
  }

  keep() {
    keeping.write(this.state());
  }

  changed(field) {
    field.changed = this.version + 1;
    this.touched = true;
    this.keep();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.tell(), PAUSE);
  }

  /** Tell the page at once of what it does not know yet: a button outside may be what takes the focus. */
  flush() {
    if (this.waiting) this.tell();
  }

  tell() {
    clearTimeout(this.waiting);
    this.waiting = null;
    this.version += 1;
    this.keep();
    this.send(this.state());
  }

  /** The page's answer to a version of the draft: its mistakes, and under which id it is saved. */
  take({ version, marks, saved }) {
    for (const [name, field] of this.fields) {
      if (field.changed <= version) field.mark(marks.filter((mark) => mark.field === name));
    }
    const whole = marks.filter(({ field }) => !field);
    this.whole.replaceChildren(...whole.map((mark) => this.worded(mark)));
    if (saved !== undefined && saved !== this.saved) {
      this.saved = saved;
      this.touched = this.touched && version !== this.version;
      this.keep();
    }
  }

  /** A mistake of the problem as a whole; what has no field can be left out here. */
  worded({ key, message }) {
    const node = element("p", { class: "ed-note" }, ...worded(message), " ");
    const name = key.split(".").at(-1);
    const holder = [this.rest, ...Object.values(this.recipe)].find((table) => name in table);
    if (holder) {
      const button = element("button", { class: "ed-add", type: "button" }, fill(this.data.texts.leaveOut, { key }));
      button.addEventListener("click", () => {
        delete holder[name];
        this.touched = true;
        this.tell();
      });
      node.append(button);
    }
    return node;
  }
}
