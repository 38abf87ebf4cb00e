import { byId } from './element';
import { dropMillis } from './drop';
import { shortId } from './people';

export type State = 'connecting' | 'connected' | 'disconnected' | 'dropped';

const words: Record<State, string> = {
  connecting: 'Connecting',
  connected: 'Connected',
  disconnected: 'Disconnected',
  dropped: 'Offline',
};

/** What the page says about its connection. */
export class Status {
  #pill = byId('state');
  #text = byId('state-text');
  #client = byId('client');
  #offset = byId('offset');
  #epoch = byId('epoch');
  #drop = byId('drop');
  #dropText = byId('drop-text');

  state(state: State): void {
    this.#pill.dataset['state'] = state;
    this.#text.textContent = words[state];
    if (state !== 'connected') {
      this.#client.textContent = '–';
      this.#client.title = '';
    }
  }

  client(id: string): void {
    this.#client.textContent = shortId(id);
    this.#client.title = id;
  }

  position(offset: number, epoch: string): void {
    this.#offset.textContent = String(offset);
    this.#epoch.textContent = epoch === '' ? 'no history' : epoch;
  }

  /** Counts a drop down on its button; null when there is none. */
  dropping(remainingMillis: number | null): void {
    this.#drop.dataset['active'] = String(remainingMillis !== null);
    this.#drop.style.setProperty('--left', String((remainingMillis ?? 0) / dropMillis));
    this.#dropText.textContent =
      remainingMillis === null ? 'Drop my connection' : `Offline for ${Math.ceil(remainingMillis / 1000)} s · reconnect now`;
  }
}
