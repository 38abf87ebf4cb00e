import type { ClientInfo } from 'centrifuge';

import { byId, element } from './element';
import { avatar, shortId, type People } from './people';

const maxListed = 30;

/** The list of who is present in the channel. */
export class Roster {
  #people: People;
  #clients: ClientInfo[] = [];
  #ownName = '';
  #count = byId('presence-count');
  #list = byId('presence-list');
  #note = byId('presence-note');

  constructor(people: People) {
    this.#people = people;
  }

  set ownName(name: string) {
    this.#ownName = name;
    this.render();
  }

  show(clients: ClientInfo[]): void {
    this.#clients = clients;
    this.#note.textContent = '';
    this.render();
  }

  fail(reason: string): void {
    this.#note.textContent = `The server does not say who is here: ${reason}.`;
  }

  /** Called when a name has become known, too. */
  render(): void {
    const rows = this.#clients
      .map((info) => ({ info, own: this.#people.isOwn(info.client) }))
      .map(({ info, own }) => ({ info, own, name: own ? this.#ownName : this.#people.nameOf(info) }))
      .sort((a, b) => Number(b.own) - Number(a.own) || Number(b.name !== '') - Number(a.name !== '') || compare(a.name, b.name) || compare(a.info.client, b.info.client));
    this.#count.textContent = String(rows.length);
    this.#list.replaceChildren(...rows.slice(0, maxListed).map(({ info, own, name }) => row(info.client, name, own)));
    if (rows.length > maxListed) {
      this.#list.append(element('li', { class: 'more' }, `and ${rows.length - maxListed} more`));
    }
  }
}

function row(client: string, name: string, own: boolean): HTMLElement {
  const who = name === '' ? element('span', { class: 'unnamed' }, 'Silent so far') : element('bdi', { class: 'who' }, name);
  const item = element(
    'li',
    { 'data-testid': 'presence-item', 'data-client': client, 'data-own': String(own) },
    avatar(client, name),
    who,
    ...(own ? [element('span', { class: 'tag' }, 'you')] : []),
    element('code', { class: 'id', title: client }, shortId(client)),
  );
  return item;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
