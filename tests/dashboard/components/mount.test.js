import assert from "node:assert/strict";
import test from "node:test";
import { mount } from "../../../dashboard/components/shared/mount.js";

/** A view that writes down what happens to it. */
function watched() {
  const told = [];
  class View {
    constructor(parent, data) {
      told.push(`new ${parent.name} ${data}`);
    }
    update(data) {
      told.push(`update ${data}`);
    }
    end() {
      told.push("end");
    }
  }
  return { told, show: mount(View) };
}

test("a view is made once in its place, and told at each turn", () => {
  const { told, show } = watched();
  const place = { name: "here" };
  show({ parentElement: place, data: 1 });
  show({ parentElement: place, data: 2 });
  assert.deepEqual(told, ["new here 1", "update 1", "update 2"]);
});

test("the clean-up of a turn that was overtaken ends nothing", () => {
  const { told, show } = watched();
  const place = { name: "here" };
  const first = show({ parentElement: place, data: 1 });
  const second = show({ parentElement: place, data: 2 });
  first();
  assert.ok(!told.includes("end"));
  second();
  assert.equal(told.at(-1), "end");
  show({ parentElement: place, data: 3 });
  assert.deepEqual(told.slice(-2), ["new here 3", "update 3"]);
});

test("the clean-up of a turn that is about to be overtaken ends nothing, as its place is still on the page", () => {
  const { told, show } = watched();
  const place = { name: "here", isConnected: true };
  const first = show({ parentElement: place, data: 1 });
  first();
  show({ parentElement: place, data: 2 });
  assert.deepEqual(told, ["new here 1", "update 1", "update 2"]);
});

test("each place has a view of its own", () => {
  const { told, show } = watched();
  const end = show({ parentElement: { name: "here" }, data: 1 });
  show({ parentElement: { name: "there" }, data: 2 });
  end();
  assert.deepEqual(told, ["new here 1", "update 1", "new there 2", "update 2", "end"]);
});
