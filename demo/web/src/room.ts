import {
  SubscriptionState,
  type Centrifuge,
  type ClientInfo,
  type PublicationContext,
  type SubscribedContext,
  type Subscription,
} from 'centrifuge';

export type Origin = 'history' | 'live' | 'recovered';

export interface Message {
  /** The place in the channel's stream, from 1; 0 when the channel keeps no stream. */
  offset: number;
  data: unknown;
  /** The client that published; undefined when a backend did. */
  publisher: ClientInfo | undefined;
  origin: Origin;
}

/** How a subscription came back after a connection was lost. */
export type Rejoin =
  | { recovered: true; count: number }
  /** `missed` is null when the stream is not the one that was left, so that nothing can be counted. */
  | { recovered: false; missed: number | null };

export interface RoomEvents {
  joining(): void;
  joined(): void;
  refused(code: number, reason: string): void;
  position(offset: number, epoch: string): void;
  message(message: Message): void;
  /** The latest messages of the stream, oldest first; may repeat messages that were given before. */
  history(messages: Message[]): void;
  historyFailed(reason: string): void;
  /** After the recovered messages, or before the history that is read instead of them. */
  rejoined(rejoin: Rejoin): void;
  presence(clients: ClientInfo[]): void;
  presenceFailed(reason: string): void;
}

const historyLimit = 50;

/** Joins and leaves may be lost on the way, so the list is read anew now and then. */
const presenceRefreshMillis = 30_000;

/** A channel that this client takes part in, until it leaves. */
export class Room {
  readonly channel: string;
  #client: Centrifuge;
  #sub: Subscription;
  #events: RoomEvents;
  #offset = 0;
  #epoch = '';
  #recovered: number | null = null;
  #everJoined = false;
  #gone = false;
  #historyRead = false;
  #present = new Map<string, ClientInfo>();
  /** Joins and leaves that came while presence was being read: the answer may be older than they are. */
  #meanwhile: (() => void)[] | null = null;
  #presenceTimer: number;

  constructor(client: Centrifuge, channel: string, events: RoomEvents) {
    this.channel = channel;
    this.#client = client;
    this.#events = events;
    this.#sub = client.newSubscription(channel);
    this.#sub.on('subscribing', () => events.joining());
    this.#sub.on('subscribed', (ctx) => this.#subscribed(ctx));
    this.#sub.on('unsubscribed', (ctx) => this.#unsubscribed(ctx.code, ctx.reason));
    this.#sub.on('publication', (ctx) => this.#published(ctx));
    this.#sub.on('join', ({ info }) => this.#changePresence(() => this.#present.set(info.client, info)));
    this.#sub.on('leave', ({ info }) => this.#changePresence(() => this.#present.delete(info.client)));
    this.#presenceTimer = window.setInterval(() => void this.#readPresence(), presenceRefreshMillis);
    this.#sub.subscribe();
  }

  async publish(data: unknown): Promise<void> {
    await this.#sub.publish(data);
  }

  /** No event follows. */
  leave(): void {
    this.#gone = true;
    window.clearInterval(this.#presenceTimer);
    this.#sub.removeAllListeners();
    this.#client.removeSubscription(this.#sub);
  }

  #subscribed(ctx: SubscribedContext): void {
    this.#events.joined();
    const at = ctx.streamPosition;
    const sameStream = this.#epoch === '' || at?.epoch === this.#epoch;
    const missed = sameStream && at ? at.offset - this.#offset : null;
    this.#offset = at?.offset ?? 0;
    this.#epoch = at?.epoch ?? '';
    this.#events.position(this.#offset, this.#epoch);

    const rejoining = this.#everJoined && ctx.wasRecovering;
    this.#everJoined = true;
    if (rejoining && ctx.recovered) {
      this.#collectRecovered();
    } else if (rejoining) {
      this.#historyRead = false;
      this.#events.rejoined({ recovered: false, missed });
    }
    if (!this.#historyRead) {
      void this.#readHistory();
    }
    void this.#readPresence();
  }

  /** The SDK hands out recovered publications right after the event, before anything else can run. */
  #collectRecovered(): void {
    this.#recovered = 0;
    queueMicrotask(() => {
      const count = this.#recovered ?? 0;
      this.#recovered = null;
      if (!this.#gone) {
        this.#events.rejoined({ recovered: true, count });
      }
    });
  }

  #unsubscribed(code: number, reason: string): void {
    this.#present.clear();
    this.#tellPresence();
    this.#events.refused(code, reason);
  }

  #published(ctx: PublicationContext): void {
    const recovered = this.#recovered !== null;
    if (this.#recovered !== null) {
      this.#recovered += 1;
    }
    if (ctx.offset) {
      this.#offset = ctx.offset;
      this.#events.position(this.#offset, this.#epoch);
    }
    this.#events.message(toMessage(ctx, recovered ? 'recovered' : 'live'));
  }

  async #readHistory(): Promise<void> {
    try {
      const { publications } = await this.#sub.history({ limit: historyLimit, reverse: true });
      if (!this.#gone) {
        this.#historyRead = true;
        this.#events.history(publications.reverse().map((ctx) => toMessage(ctx, 'history')));
      }
    } catch (error) {
      if (this.#live) {
        this.#events.historyFailed(reasonOf(error));
      }
    }
  }

  async #readPresence(): Promise<void> {
    if (!this.#live || this.#meanwhile !== null) {
      return;
    }
    this.#meanwhile = [];
    try {
      const { clients } = await this.#sub.presence();
      if (this.#live) {
        this.#present = new Map(Object.entries(clients));
        this.#meanwhile.forEach((change) => change());
        this.#tellPresence();
      }
    } catch (error) {
      if (this.#live) {
        this.#events.presenceFailed(reasonOf(error));
      }
    } finally {
      this.#meanwhile = null;
    }
  }

  #changePresence(change: () => void): void {
    change();
    this.#meanwhile?.push(change);
    this.#tellPresence();
  }

  #tellPresence(): void {
    this.#events.presence([...this.#present.values()]);
  }

  /** What fails while this is false fails because the connection or the subscription is gone, and is no news. */
  get #live(): boolean {
    return !this.#gone && this.#sub.state === SubscriptionState.Subscribed;
  }
}

/** Says in words what an SDK promise was rejected with: `{code, message}`. */
export function reasonOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: number; message?: string };
  return code === undefined ? (message ?? String(error)) : `${message} (${code})`;
}

function toMessage(ctx: PublicationContext, origin: Origin): Message {
  return { offset: ctx.offset ?? 0, data: ctx.data, publisher: ctx.info, origin };
}
