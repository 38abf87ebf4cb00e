import { byId, element } from './element';
import { Order } from './order';
import { readPayload } from './payload';
import { avatar, shortId, type People } from './people';
import type { Message, Rejoin } from './room';

const maxRows = 500;

/** Within this many pixels of the end the view follows what arrives. */
const followDistance = 48;

/** The list of the channel's messages, with lines between them that say what happened to the connection. */
export class Timeline {
  #people: People;
  #order = new Order<HTMLElement>();
  #scroller = byId('timeline');
  #list = byId('messages');
  #empty = byId('empty');
  #jump = byId('jump');

  constructor(people: People) {
    this.#people = people;
    this.#jump.addEventListener('click', () => this.#toEnd());
    this.#scroller.addEventListener('scroll', () => {
      if (this.#atEnd()) {
        this.#jump.hidden = true;
      }
    });
  }

  /** Empties the list; `hint` is shown until a message comes. */
  clear(hint: string): void {
    this.#order = new Order();
    this.#list.replaceChildren();
    this.#jump.hidden = true;
    this.hint(hint);
  }

  hint(text: string): void {
    this.#empty.textContent = text;
    this.#empty.hidden = this.#order.size > 0;
  }

  add(message: Message): void {
    this.#keepView(() => this.#insert(message));
  }

  /** History is old news, so it is not read aloud. */
  addHistory(messages: Message[]): void {
    this.#list.setAttribute('aria-busy', 'true');
    this.#keepView(() => messages.forEach((message) => this.#insert(message)));
    this.#list.removeAttribute('aria-busy');
  }

  rejoined(rejoin: Rejoin): void {
    if (!rejoin.recovered && rejoin.missed === null) {
      this.#order.startStream();
    }
    const notice = element(
      'li',
      {
        class: `notice ${rejoin.recovered ? 'good' : 'bad'}`,
        'data-testid': 'recovered-notice',
        'data-recovered': String(rejoin.recovered),
        'data-count': String(rejoin.recovered ? rejoin.count : (rejoin.missed ?? '')),
      },
      element('span', {}, tellRejoin(rejoin)),
    );
    this.#keepView(() => {
      this.#order.append(notice);
      this.#list.append(notice);
    });
  }

  #insert(message: Message): void {
    const row = messageRow(message, this.#people);
    const next = this.#order.insert(message.offset, row);
    if (next === undefined) {
      return;
    }
    this.#list.insertBefore(row, next);
    this.#empty.hidden = true;
    while (this.#order.size > maxRows) {
      this.#order.shift()?.remove();
    }
  }

  /** Changes the list, and follows its end if that was in view. */
  #keepView(change: () => void): void {
    const follow = this.#atEnd();
    const before = this.#order.size;
    change();
    if (follow) {
      this.#toEnd();
    } else if (this.#order.size > before) {
      this.#jump.hidden = false;
    }
  }

  #atEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < followDistance;
  }

  #toEnd(): void {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#jump.hidden = true;
  }
}

function tellRejoin(rejoin: Rejoin): string {
  if (!rejoin.recovered) {
    return rejoin.missed === null
      ? 'Not recovered: the channel has begun a stream of its own since you left. Below is what it keeps.'
      : `Not recovered: the server no longer keeps all of the ${count(rejoin.missed)} missed while away. Below is what it still has.`;
  }
  return rejoin.count === 0 ? 'Reconnected: nothing was published while away' : `Recovered ${count(rejoin.count)} missed while away`;
}

function count(n: number): string {
  return n === 1 ? '1 message' : `${n} messages`;
}

function messageRow(message: Message, people: People): HTMLElement {
  const payload = readPayload(message.data);
  const client = message.publisher?.client ?? '';
  const own = client !== '' && people.isOwn(client);
  const claimed = payload.kind === 'chat' ? payload.name : '';
  const name = claimed || (message.publisher ? people.nameOf(message.publisher) || shortId(client) : 'Server API');

  const head = element('div', { class: 'head' }, element('bdi', { class: 'who' }, name));
  const tag = own ? 'you' : message.publisher || claimed === '' ? '' : 'via API';
  if (tag !== '') {
    head.append(element('span', { class: 'tag' }, tag));
  }
  if (message.origin === 'recovered') {
    head.append(element('span', { class: 'tag recovered', 'data-testid': 'recovered-badge' }, 'recovered'));
  }
  head.append(timeOf(message), offsetBadge(message.offset));

  const body =
    payload.kind === 'chat'
      ? element('p', { class: 'text', dir: 'auto' }, payload.text)
      : element('pre', { class: 'payload', dir: 'ltr' }, element('code', {}, payload.code));
  return element(
    'li',
    {
      class: own ? 'message own' : 'message',
      'data-testid': 'message',
      'data-offset': String(message.offset),
      'data-origin': message.origin,
      'data-own': String(own),
    },
    message.publisher ? avatar(client, claimed || people.nameOf(message.publisher)) : serverAvatar(),
    element('div', { class: 'content' }, head, body),
  );
}

function serverAvatar(): HTMLElement {
  return element('span', { class: 'avatar server', 'aria-hidden': 'true' }, '{}');
}

/** The server sends no times, so what is known is when a message came; of history not even that. */
function timeOf(message: Message): HTMLElement {
  if (message.origin === 'history') {
    return element('span', { class: 'time', title: 'Read from history when you joined' }, 'earlier');
  }
  const now = new Date();
  const text = now.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return element('time', { class: 'time', datetime: now.toISOString(), title: 'When it came to this page' }, text);
}

function offsetBadge(offset: number): HTMLElement {
  return offset === 0
    ? element('span', { class: 'offset', title: 'This channel keeps no stream' }, '–')
    : element('span', { class: 'offset', title: `Offset ${offset} in the channel’s stream` }, `#${offset}`);
}
