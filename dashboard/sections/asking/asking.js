// A batch of errands that is asked for in the page: its buttons, what is said of it, and its events as they come.

/**
 * `begin` is called where other events are to come, before the first; `take` with each of them. Where `several` errands make a batch, it gets
 * their beginnings and failures, too, which else are told here. `rest` is called once there are no more.
 */
class Asking {
  constructor({ begin, take, rest = () => {}, several = false }) {
    Object.assign(this, { begin, take, rest, several });
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

  update({ batch, running, asking, start }, ask) {
    Object.assign(this, { ask, running });
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
    this.busy(true);
    say(this.fault, "");
    this.fault.hidden = true;
    this.unfollow = followBatch(batch, (events) => this.hear(events));
  }

  hear(events) {
    if (!events) return this.over(this.texts.gone);
    for (const event of events) {
      if (event.event === "over") this.over(this.failed ?? (event.stopped ? this.texts.stopped : ""));
      else if (event.event === "started" && !this.several) say(this.note, this.texts.working);
      else if (event.event === "failed" && !this.several) this.fail(event);
      else {
        if (event.event === "started") say(this.note, "");
        this.take(event);
      }
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
    if (this.running) this.ask({ over: this.batch });
  }

  busy(busy) {
    this.start.disabled = busy;
    this.stop.hidden = !busy;
    if (!busy) return;
    this.failed = null;
    say(this.note, this.texts.waiting);
  }

  end() {
    this.unfollow?.();
  }
}
