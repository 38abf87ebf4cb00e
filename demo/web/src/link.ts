/**
 * The page's way to the network, which can be cut to see what a client does without it.
 *
 * The SDK opens its sockets through `socket` and listens to the link as it would listen to the window for "offline"
 * and "online": on the first it drops its connection at once, on the second it tries again without waiting.
 */
export class Link extends EventTarget {
  #cut = false;

  constructor() {
    super();
    for (const type of ['offline', 'online']) {
      window.addEventListener(type, () => this.#tell(type));
    }
  }

  /** A WebSocket constructor for the SDK; it throws while the link is cut, which the SDK takes as a failed attempt. */
  readonly socket = (() => {
    const link = this;
    return class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        if (link.#cut) {
          throw new Error('the link is cut');
        }
        super(url, protocols);
      }
    };
  })();

  cut(): void {
    this.#cut = true;
    this.dispatchEvent(new Event('offline'));
  }

  restore(): void {
    this.#cut = false;
    this.dispatchEvent(new Event('online'));
  }

  #tell(type: string): void {
    if (!this.#cut) {
      this.dispatchEvent(new Event(type));
    }
  }
}
