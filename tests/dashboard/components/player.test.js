import assert from "node:assert/strict";
import test from "node:test";
import { AS_TRAINED, Player } from "../../../dashboard/components/stage/player.js";

const moments = (count, every = 0.01) => Array.from({ length: count }, (_, step) => ({ header: { step, seconds: step * every } }));

/** The moments shown, and the milliseconds it took, where somebody looks every 4 ms until the film ends. */
function watched(player, film, limit = 100_000) {
  const seen = [player.place];
  let now = 0;
  player.play(now);
  for (; player.playing && now < limit; now += 4) if (player.tick(now, film)) seen.push(player.place);
  return { seen, now };
}

function over(count) {
  const player = new Player();
  player.take(count, 0, false);
  return player;
}

test("every moment of a film is shown, at most fifteen a second", () => {
  const { seen, now } = watched(over(300), moments(300));
  assert.deepEqual(
    seen,
    moments(300).map(({ header }) => header.step),
  );
  assert.ok(now >= (299 * 1000) / 15 - 20, String(now));
});

test("a film of few moments is slowed until it takes five seconds", () => {
  const { seen, now } = watched(over(21), moments(21));
  assert.equal(seen.length, 21);
  assert.ok(now >= 4900 && now < 5600, String(now));
});

test("half the speed takes twice the time, and as it trains, the time that the training took", () => {
  const slow = over(100);
  slow.speed = 0.5;
  const usual = watched(over(100), moments(100)).now;
  assert.ok(Math.abs(watched(slow, moments(100)).now - 2 * usual) < 50);
  const trained = over(100);
  trained.speed = AS_TRAINED;
  assert.ok(Math.abs(watched(trained, moments(100, 0.03)).now - 2970) < 50);
});

test("while it trains the player waits at the last moment for the next, and shows that", () => {
  const player = new Player();
  player.take(2, 0, true);
  const film = moments(3);
  player.play(0);
  for (let now = 0; now < 1000; now += 4) player.tick(now, film.slice(0, 2));
  assert.equal(player.place, 1);
  assert.ok(player.playing);
  player.take(3, 1, true);
  assert.ok(player.tick(1000, film));
  assert.equal(player.place, 2);
});

test("a moment that was drawn ahead of its turn is waited before, a while", () => {
  const player = new Player();
  const film = moments(3);
  film[2].header.ahead = true;
  player.take(3, 0, true);
  player.play(0);
  const shown = [];
  for (let now = 0; now < 1500; now += 4) if (player.tick(now, film)) shown.push(now);
  assert.equal(shown.length, 2);
  assert.ok(shown[1] - shown[0] >= 500 && shown[1] - shown[0] < 700, String(shown));
});

test("live follows the newest moment, and ends with the training", () => {
  const player = new Player();
  player.take(5, 0, true);
  player.follow();
  assert.equal(player.place, 4);
  player.take(9, 2, true);
  assert.equal(player.place, 8);
  player.take(10, 8, false);
  assert.ok(!player.live);
});

test("whoever goes to a moment stays there, within the film", () => {
  const player = over(5);
  player.play(0);
  player.go(99);
  assert.equal(player.place, 4);
  assert.ok(!player.playing);
  player.go(-1);
  assert.equal(player.place, 0);
});

test("a film that loops begins again", () => {
  const player = over(3);
  player.loop = true;
  const { seen } = watched(player, moments(3), 20_000);
  assert.ok(seen.filter((place) => place === 0).length > 1);
});

test("for those who ask for less motion a moment stays a second", () => {
  const player = new Player(true);
  player.take(4, 0, false);
  assert.ok(watched(player, moments(4)).now >= 3000);
});
