// What is fetched.

/** The address under which Streamlit serves this app; its own script knows it, whatever proxy or base path lies between. */
function base() {
  const script = document.querySelector('script[type="module"][src*="/static/js/"]');
  return script ? new URL("../../", script.src).href : new URL("./", document.baseURI).href;
}

/** plotly.js, fetched once for the page. */
function loadPlotly(version) {
  window.tangentePlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${base()}plotly.js?v=${version}`;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      delete window.tangentePlotly;
      script.remove();
      reject(new Error("plotly.js"));
    };
    document.head.append(script);
  });
  return window.tangentePlotly;
}

/** An answer's frame and the run's state of this moment; {} where there is no answer, and {gone} where there is no such run. */
async function fetchFrame(run, since) {
  const answer = await fetch(`${base()}api/runs/${run}/frame?since=${since}`, { cache: "no-store" }).catch(() => null);
  if (answer?.status === 404) return { gone: true };
  const [status, step, seconds, version] = ["Run-Status", "Run-Step", "Run-Seconds", "Frame-Version"].map((name) => answer?.headers.get(`X-${name}`));
  if (!status) return {};
  const buffer = answer.status === 200 ? await answer.arrayBuffer().catch(() => null) : null;
  return { status, step: Number(step), seconds: Number(seconds), version: Number(version), frame: buffer && decode(buffer) };
}

/** The steps of which a moment is kept. */
async function fetchSnapshots(run) {
  const answer = await fetch(`${base()}api/runs/${run}/snapshots`).catch(() => null);
  return answer?.ok ? (await answer.json()).steps : [];
}

async function fetchSnapshot(run, step) {
  const answer = await fetch(`${base()}api/runs/${run}/snapshot?step=${step}`).catch(() => null);
  return answer?.ok ? decode(await answer.arrayBuffer()) : null;
}

/** A reference's frame, or {missing} with the reason why there is none; {} while it is being computed, or where there is no answer. */
async function fetchReference(key) {
  const answer = await fetch(`${base()}api/references/${key}`).catch(() => null);
  if (answer?.status === 404) return { missing: (await answer.json().catch(() => ({}))).message };
  const buffer = answer?.status === 200 ? await answer.arrayBuffer().catch(() => null) : null;
  return buffer ? decode(buffer) : {};
}

/** A reference's picture, or {missing} where there is none; {} while it is being computed, or where there is no answer. */
async function fetchPicture(key) {
  const answer = await fetch(`${base()}api/pictures/${key}`).catch(() => null);
  if (answer?.status === 404) return { missing: true };
  const picture = answer?.status === 200 ? await answer.blob().catch(() => null) : null;
  return picture ? { picture } : {};
}

/**
 * Follow a batch of errands to its end: `take` gets its new events, an array, as they come; null where the batch is no longer there.
 * Returns what stops it.
 */
function followBatch(id, take) {
  let following = true;
  (async () => {
    for (let since = 0; following; await sleep(200)) {
      await shown();
      const answer = await fetch(`${base()}api/batches/${id}?since=${since}`, { cache: "no-store" }).catch(() => null);
      if (!following) return;
      if (answer?.status === 404) return take(null);
      const { events } = answer?.ok ? await answer.json().catch(() => ({ events: [] })) : { events: [] };
      if (!following) return;
      since += events.length;
      if (events.length) take(events);
      if (events.at(-1)?.event === "over") return;
    }
  })();
  return () => (following = false);
}
