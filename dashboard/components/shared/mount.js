// How Streamlit shows a view.

/**
 * What Streamlit calls a component with.
 *
 * @template Data
 * @typedef {object} Component
 * @property {HTMLElement | ShadowRoot} parentElement
 * @property {Data} data what Python has sent
 * @property {(name: string, value: unknown) => void} setStateValue
 * @property {(name: string, value: unknown) => void} setTriggerValue
 */

/**
 * What a component shows in its place.
 *
 * @template Data
 * @typedef {object} View
 * @property {(data: Data, component: Component<Data>) => void} update called first of all, at every rerun, and when the theme changes
 * @property {() => void} end
 */

/**
 * The default export of a component. Streamlit calls it with the same parent element for as long as the element stays, so what is in the
 * view outlives the reruns of the page.
 *
 * @template Data
 * @param {new (parent: HTMLElement, data: Data) => View<Data>} Shown
 */
export function mount(Shown) {
  /** @type {WeakMap<object, { view: View<Data>, turn: number }>} */
  const mounted = new WeakMap();
  return (/** @type {Component<Data>} */ component) => {
    const { parentElement, data } = component;
    const own = mounted.get(parentElement) ?? { view: new Shown(/** @type {HTMLElement} */ (parentElement), data), turn: 0 };
    mounted.set(parentElement, own);
    own.turn += 1;
    const turn = own.turn;
    own.view.update(data, component);
    // Streamlit also calls the clean-up of a turn that a newer one is about to overtake: the element stays, and so does the view.
    return () => {
      if (own.turn !== turn || parentElement.isConnected) return;
      mounted.delete(parentElement);
      own.view.end();
    };
  };
}
