import type { ClientInfo } from 'centrifuge';

import { element } from './element';

/**
 * Who is who. The server knows anonymous clients by id only, so a name is known once its client has sent a message
 * that gives it.
 */
export class People {
  #names = new Map<string, string>();
  #own = new Set<string>();

  /** Ids that this page has had; each connection gets a new one. */
  addOwn(client: string): void {
    this.#own.add(client);
  }

  isOwn(client: string): boolean {
    return this.#own.has(client);
  }

  /** Returns whether that is news. */
  learn(client: string, name: string): boolean {
    if (name === '' || this.#names.get(client) === name) {
      return false;
    }
    this.#names.set(client, name);
    return true;
  }

  nameOf(info: ClientInfo): string {
    return this.#names.get(info.client) ?? info.user;
  }
}

export function shortId(client: string): string {
  return client.slice(0, 8);
}

/** A disc with the first letter of a client's name, in the name's colour: ids change when a connection does. */
export function avatar(client: string, name: string): HTMLElement {
  const initial = [...name][0]?.toUpperCase() ?? '';
  const disc = element('span', { class: 'avatar', 'aria-hidden': 'true' }, initial || shortId(client).slice(0, 2));
  disc.style.setProperty('--hue', String(hueOf(name || client)));
  return disc;
}

/** FNV-1a, so that texts that differ in one character differ in colour. */
function hueOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % 360;
}
