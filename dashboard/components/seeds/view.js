// Has the page run again once runs no longer stand as it shows them; again and again until it knows, should the page have missed it.

import { mount } from "../shared/mount.js";
import { shown, sleep } from "../shared/page.js";
import { hasChanged } from "../shared/server.js";

const EVERY = 1000; // milliseconds between two looks
const PATIENCE = 4000; // milliseconds that the page may take

/**
 * What dashboard/solve/seeds.py sends: each run's status, by its id.
 *
 * @typedef {{ runs: Record<string, string> }} Data
 */

class Following {
  watch = 0; // counts the loops that look; only the newest goes on

  /**
   * @param {Data} data
   * @param {import("../shared/mount.js").Component<Data>} component
   */
  update({ runs }, { setTriggerValue }) {
    this.follow(runs, () => setTriggerValue("look", performance.now()));
  }

  /**
   * Look at the runs until one has another status.
   *
   * @param {Data["runs"]} runs
   * @param {() => void} tell
   */
  async follow(runs, tell) {
    this.watch += 1;
    const watch = this.watch;
    for (let wait = EVERY; Object.keys(runs).length; ) {
      await sleep(wait);
      await shown();
      if (watch !== this.watch) return;
      const changed = await Promise.all(Object.entries(runs).map(([run, status]) => hasChanged(run, status)));
      if (watch !== this.watch) return;
      if (changed.includes(true)) tell();
      wait = changed.includes(true) ? PATIENCE : EVERY;
    }
  }

  end() {
    this.watch += 1;
  }
}

export default mount(Following);
