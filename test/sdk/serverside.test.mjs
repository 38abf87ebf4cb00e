import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { collect, connect, encodings, event, newClient } from '../support/client.mjs';
import { startServer } from '../support/server.mjs';
import { secret, token } from '../support/token.mjs';

let server;
before(async () => {
  server = await startServer({
    client: {
      token: { hmac_secret_key: secret },
      subscribe_to_user_personal_channel: { enabled: true, personal_channel_namespace: 'personal' },
    },
    channel: {
      namespaces: [
        { name: 'personal', allow_user_limited_channels: true },
        { name: 'news', history_size: 10, history_ttl: '60s', force_recovery: true, join_leave: true, presence: true, force_push_join_leave: true },
      ],
    },
  });
});
after(() => server.stop());

for (const encoding of encodings) {
  const user = (name) => `${name}-${encoding.name}`;

  /** Connects, and waits for the server-side subscriptions that the token or the configuration bring. */
  async function arrive(t, claims, count) {
    const made = newClient(t, server, encoding, { token: token(claims) });
    const subscribed = collect(made.client, 'subscribed');
    const publications = collect(made.client, 'publication');
    made.client.connect();
    await subscribed.next(count);
    return { ...made, subscribed, publications };
  }

  describe(`server-side subscriptions, ${encoding.name}`, () => {
    test('come with the token: channels', async (t) => {
      const channel = `news:a-${encoding.name}`;
      const { subscribed, publications } = await arrive(t, { sub: user('ada'), channels: [channel] }, 2);
      assert.ok(subscribed.got.some((ctx) => ctx.channel === channel && ctx.recoverable));
      await server.api('publish', { channel, data: { n: 1 } });
      const [got] = await publications.next(1);
      assert.equal(got.channel, channel);
      assert.deepEqual(encoding.read(got.data), { n: 1 });
    });

    test('come with the token: subs, with data and info of their own', async (t) => {
      const channel = `news:b-${encoding.name}`;
      const { client, subscribed } = await arrive(
        t,
        { sub: user('ada'), subs: { [channel]: { data: { welcome: true }, info: { seat: 7 } } } },
        2,
      );
      const ctx = subscribed.got.find((ctx) => ctx.channel === channel);
      assert.deepEqual(encoding.read(ctx.data), { welcome: true });
      const { presence } = await server.api('presence', { channel });
      assert.deepEqual(Object.values(presence).map(({ chan_info }) => chan_info), [{ seat: 7 }]);
      client.disconnect();
    });

    test('come from the personal channel option', async (t) => {
      const channel = `personal:#${user('cy')}`;
      const { subscribed, publications } = await arrive(t, { sub: user('cy') }, 1);
      assert.equal(subscribed.got[0].channel, channel);
      await server.api('publish', { channel, data: { only: 'cy' } });
      assert.deepEqual(encoding.read((await publications.next(1))[0].data), { only: 'cy' });
    });

    test('come from the API, and go by the API', async (t) => {
      const channel = `news:c-${encoding.name}`;
      const { client, subscribed, publications } = await arrive(t, { sub: user('dora') }, 1);
      await server.api('subscribe', { channel, user: user('dora'), data: { hello: 1 } });
      const ctx = (await subscribed.next(2))[1];
      assert.equal(ctx.channel, channel);
      assert.deepEqual(encoding.read(ctx.data), { hello: 1 });
      await server.api('publish', { channel, data: { n: 1 } });
      await publications.next(1);
      const unsubscribed = event(client, 'unsubscribed');
      await server.api('unsubscribe', { channel, user: user('dora') });
      assert.equal((await unsubscribed).channel, channel);
    });

    test('recover what was missed', async (t) => {
      const channel = `news:d-${encoding.name}`;
      const { client, network, subscribed, publications } = await arrive(t, { sub: user('eli'), channels: [channel] }, 2);
      await server.api('publish', { channel, data: { n: 1 } });
      await publications.next(1);
      const lost = event(client, 'connecting');
      network.cut();
      await lost;
      await server.api('publish', { channel, data: { n: 2 } });
      await server.api('publish', { channel, data: { n: 3 } });
      network.restore();
      const got = await publications.next(3);
      assert.deepEqual(got.map(({ data }) => encoding.read(data).n), [1, 2, 3]);
      const again = (await subscribed.next(4)).slice(2).find((ctx) => ctx.channel === channel);
      assert.deepEqual([again.wasRecovering, again.recovered], [true, true]);
    });

    test('push joins and leaves', async (t) => {
      const channel = `news:e-${encoding.name}`;
      const { client } = await arrive(t, { sub: user('fay'), channels: [channel] }, 2);
      const joins = collect(client, 'join');
      const left = event(client, 'leave');
      const other = await arrive(t, { sub: user('gus'), channels: [channel] }, 2);
      const isGus = ({ info }) => info.user === user('gus');
      while (!joins.got.some(isGus)) {
        await joins.next(joins.got.length + 1);
      }
      other.client.disconnect();
      assert.ok(isGus(await left));
    });

    test('refuse a client that subscribes to the same channel, with 105', async (t) => {
      const channel = `news:f-${encoding.name}`;
      const { client } = await arrive(t, { sub: user('hal'), channels: [channel] }, 2);
      const sub = client.newSubscription(channel, { token: token({ sub: user('hal'), channel }) });
      const failed = event(sub, 'unsubscribed');
      sub.subscribe();
      assert.equal((await failed).code, 105);
    });
  });
}
