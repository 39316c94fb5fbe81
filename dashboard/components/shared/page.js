// The page as it is now: in sight or not, and in which theme.

/**
 * @param {number} milliseconds
 * @returns {Promise<void>}
 */
export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Once the page is in sight.
 *
 * @returns {Promise<unknown>}
 */
export function shown() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
}

/** @typedef {(variable: string) => string} Theme gives the value of a CSS variable */

/**
 * The theme's CSS variables, as they are at `node` now.
 *
 * @param {Element} node
 * @returns {Theme}
 */
export function themeOf(node) {
  const style = getComputedStyle(node);
  /** @type {Map<string, string>} */
  const known = new Map();
  return (variable) => {
    const value = known.get(variable) ?? style.getPropertyValue(variable).trim();
    known.set(variable, value);
    return value;
  };
}
