// Nodes, words and numbers.

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function fill(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Two significant digits: 0.034, 120, 1.2e−6. */
function brief(value, locale) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const rounded = Number(value.toPrecision(2));
  const plainly = rounded === 0 || (Math.abs(rounded) >= 1e-3 && Math.abs(rounded) < 1e6);
  const digits = plainly ? { minimumSignificantDigits: 2, maximumSignificantDigits: 2 } : { notation: "scientific", minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return rounded.toLocaleString(locale, digits).replace("E", "e").replaceAll("-", "−");
}

function whole(number, locale) {
  return Math.round(number).toLocaleString(locale);
}

function duration(seconds, texts) {
  if (seconds < 60) return fill(texts.seconds, { seconds: seconds < 10 ? seconds.toFixed(1) : Math.round(seconds) });
  return fill(texts.minutes, { minutes: Math.floor(seconds / 60), seconds: Math.floor(seconds % 60) });
}

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Once the page is in sight. */
function shown() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
}

/** The theme's CSS variables, as they are at `node` now. */
function themeOf(node) {
  const style = getComputedStyle(node);
  const known = new Map();
  return (variable) => {
    if (!known.has(variable)) known.set(variable, style.getPropertyValue(variable).trim());
    return known.get(variable);
  };
}
