// Nodes, words and numbers.

/** @typedef {Record<string, unknown>} Values */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number>} attributes
 * @param {(Node | string)[]} children
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/**
 * @param {Node} node
 * @param {string} text
 */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * A pattern with values in place of the names in braces.
 *
 * @param {string} pattern
 * @param {Values} values
 */
export function fill(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/**
 * Two significant digits: 0.034, 120, 1.2e−6.
 *
 * @param {number | null | undefined} value
 * @param {string} locale
 */
export function brief(value, locale) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const rounded = Number(value.toPrecision(2));
  const plainly = rounded === 0 || (Math.abs(rounded) >= 1e-3 && Math.abs(rounded) < 1e6);
  /** @type {Intl.NumberFormatOptions} */
  const digits = plainly
    ? { minimumSignificantDigits: 2, maximumSignificantDigits: 2 }
    : { notation: "scientific", minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return rounded.toLocaleString(locale, digits).replace("E", "e").replaceAll("-", "−");
}

/**
 * Five significant digits, at most: 0.12345, 20.
 *
 * @param {number} value
 * @param {string} locale
 */
export function precise(value, locale) {
  const plainly = value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e6);
  /** @type {Intl.NumberFormatOptions} */
  const digits = plainly ? { maximumSignificantDigits: 5 } : { notation: "scientific", maximumFractionDigits: 4 };
  return value.toLocaleString(locale, digits).replace("E", "e").replaceAll("-", "−");
}

/**
 * @param {number} number
 * @param {string} locale
 */
export function whole(number, locale) {
  return Math.round(number).toLocaleString(locale);
}

/**
 * @param {number} seconds
 * @param {{ seconds: string, minutes: string }} texts
 */
export function duration(seconds, texts) {
  if (seconds < 60) return fill(texts.seconds, { seconds: seconds < 10 ? seconds.toFixed(1) : Math.round(seconds) });
  return fill(texts.minutes, { minutes: Math.floor(seconds / 60), seconds: Math.floor(seconds % 60) });
}
