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

/** A disc in a colour of the client's own, with the first letter of its name if that is known. */
export function avatar(client: string, name: string): HTMLElement {
  const initial = [...name][0]?.toUpperCase() ?? '';
  const disc = element('span', { class: 'avatar', 'aria-hidden': 'true' }, initial || shortId(client).slice(0, 2));
  disc.style.setProperty('--hue', String(hueOf(client)));
  return disc;
}

/** FNV-1a, so that ids that differ in one digit differ in colour. */
function hueOf(client: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < client.length; i++) {
    hash = Math.imul(hash ^ client.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % 360;
}
