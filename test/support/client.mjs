// The official SDK as tests use it: in both encodings, with a network that can be cut, and events to wait for.
import * as json from 'centrifuge';
import * as protobuf from 'centrifuge/build/protobuf';
import WebSocket from 'ws';

const waitMillis = 15_000;

/** What differs between the SDK's two builds: the classes, and how data is written and read. */
export const encodings = [
  { name: 'JSON', sdk: json, data: (value) => value, read: (data) => data },
  {
    name: 'Protobuf',
    sdk: protobuf,
    data: (value) => new TextEncoder().encode(JSON.stringify(value)),
    read: (data) => JSON.parse(new TextDecoder().decode(data)),
  },
];

/** A client with a network of its own. It is disconnected when the test ends. */
export function newClient(t, server, encoding, options = {}) {
  const network = new Network();
  const client = new encoding.sdk.Centrifuge(server.ws, {
    websocket: network.socket,
    networkEventTarget: network,
    minReconnectDelay: 10,
    maxReconnectDelay: 50,
    ...options,
  });
  t.after(() => client.disconnect());
  return { client, network };
}

/** The same, connected. */
export async function connect(t, server, encoding, options = {}) {
  const made = newClient(t, server, encoding, options);
  const connected = event(made.client, 'connected');
  made.client.connect();
  return { ...made, connected: await connected };
}

/** A subscription that is on, with the context it came with. */
export async function subscribe(client, channel, options = {}) {
  const sub = client.newSubscription(channel, options);
  const subscribed = event(sub, 'subscribed');
  sub.subscribe();
  return { sub, subscribed: await subscribed };
}

/** The next event of a name, or an error after some seconds. */
export function event(emitter, name) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no event "${name}" came`)), waitMillis);
    emitter.once(name, (context) => {
      clearTimeout(timer);
      resolve(context);
    });
  });
}

/** Keeps every event of a name; next(n) waits until there are n of them. */
export function collect(emitter, name) {
  const got = [];
  const waiting = new Set();
  emitter.on(name, (context) => {
    got.push(context);
    waiting.forEach((check) => check());
  });
  const next = (n) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${got.length} events "${name}" came, not ${n}`)), waitMillis);
      const check = () => {
        if (got.length >= n) {
          clearTimeout(timer);
          waiting.delete(check);
          resolve(got);
        }
      };
      waiting.add(check);
      check();
    });
  return { got, next };
}

/** A link that can be cut, as a browser's network events tell it to the SDK. It counts what comes in. */
class Network extends EventTarget {
  /** The sizes of the frames that came in, in bytes. */
  received = [];
  #cut = false;

  socket = (() => {
    const network = this;
    return class extends WebSocket {
      constructor(url, protocols) {
        if (network.#cut) {
          throw new Error('the link is cut');
        }
        super(url, protocols);
        this.on('message', (data) => network.received.push(data.byteLength));
      }
    };
  })();

  cut() {
    this.#cut = true;
    this.dispatchEvent(new Event('offline'));
  }

  restore() {
    this.#cut = false;
    this.dispatchEvent(new Event('online'));
  }
}
