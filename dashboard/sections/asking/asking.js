// A batch of errands that is asked for in the page: its buttons, what is said of it, and its events as they come.

/** `begin` is called where other events are to come, before the first; `take` with each of them; `rest` once there are no more. */
class Asking {
  constructor({ begin, take, rest }) {
    Object.assign(this, { begin, take, rest });
    this.start = element("button", { class: "as-button as-first", type: "button" });
    this.stop = element("button", { class: "as-button", type: "button", hidden: "" });
    this.note = element("span", { class: "as-note", role: "status" });
    this.fault = element("pre", { class: "as-fault", hidden: "" });
    this.start.addEventListener("click", () => {
      this.busy(true);
      this.ask({ start: this.choice ?? "" });
    });
    this.stop.addEventListener("click", () => this.ask({ stop: true }));
    this.node = element("div", { class: "as-buttons" }, this.start, this.stop, this.note);
  }

  update({ batch, asking, start }, ask) {
    this.ask = ask;
    this.texts = asking;
    say(this.start, start);
    say(this.stop, asking.stop);
    if (batch !== this.batch) this.follow(batch);
  }

  follow(batch) {
    this.unfollow?.();
    this.batch = batch;
    this.begin();
    if (!batch) return;
    this.told = false;
    this.busy(true);
    say(this.fault, "");
    this.fault.hidden = true;
    this.unfollow = followBatch(batch, (events) => this.hear(events));
  }

  hear(events) {
    if (!events) return this.over(this.texts.gone);
    for (const event of events) {
      if (event.event === "started") say(this.note, this.texts.working);
      else if (event.event === "failed") this.fail(event);
      else if (event.event === "over") this.over(this.failed ?? (this.complete ? "" : this.texts.stopped));
      else this.take(event);
    }
  }

  fail({ message, complained }) {
    this.failed = message;
    say(this.fault, complained);
    this.fault.hidden = !complained;
  }

  over(words) {
    this.busy(false);
    say(this.note, words);
    this.rest();
  }

  busy(busy) {
    this.start.disabled = busy;
    this.stop.hidden = !busy;
    if (!busy) return;
    this.failed = null;
    this.complete = false;
    say(this.note, this.texts.waiting);
  }

  end() {
    this.unfollow?.();
  }
}
