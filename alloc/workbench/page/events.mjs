// One stream of events a browser: the tab that holds the lock listens and relays to the others, because over HTTP/1.1
// a browser opens six connections a host and a seventh tab would hang without an error.

const AGAIN = 3000; // milliseconds until a server that refused is asked again

/**
 * @param {string} path  of the stream
 * @param {readonly string[]} kinds  names of events
 * @param {(kind: string, data: any) => void} heard
 * @param {(up: boolean) => void} line  told when the server comes and goes
 */
export function listen(path, kinds, heard, line) {
  const channel = new BroadcastChannel(`alloc:${path}`);
  channel.onmessage = ({ data }) => { if (data.kind === "line") line(data.data); else heard(data.kind, data.data); };
  const pass = (/** @type {string} */ kind, /** @type {any} */ data) => { channel.postMessage({ kind, data }); };
  const connect = () => {
    const stream = new EventSource(path);
    stream.onopen = () => { line(true); pass("line", true); };
    stream.onerror = () => {
      line(false); pass("line", false);
      if (stream.readyState === EventSource.CLOSED) setTimeout(connect, AGAIN);
    };
    for (const kind of kinds) stream.addEventListener(kind, (event) => {
      const data = JSON.parse(/** @type {MessageEvent} */ (event).data);
      heard(kind, data); pass(kind, data);
    });
  };
  navigator.locks.request(`alloc:${path}`, () => new Promise(connect));
}
