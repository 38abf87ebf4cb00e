import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { after, before, describe, test } from 'node:test';

import { collect, connect, encodings, event, subscribe } from '../support/client.mjs';
import { startServer } from '../support/server.mjs';
import { inSeconds, secret, token } from '../support/token.mjs';

let server;
before(async () => {
  server = await startServer({
    client: { token: { hmac_secret_key: secret }, allow_anonymous_connect_without_token: true },
    channel: {
      namespaces: [
        { name: 'open', allow_subscribe_for_client: true, allow_subscribe_for_anonymous: true, allow_publish_for_subscriber: true },
        { name: 'closed' },
        { name: 'limited', allow_user_limited_channels: true },
      ],
    },
  });
});
after(() => server.stop());

for (const encoding of encodings) {
  describe(`subscribe, ${encoding.name}`, () => {
    test('a channel that is open to all', async (t) => {
      const { client } = await connect(t, server, encoding);
      const { subscribed } = await subscribe(client, 'open:a');
      assert.equal(subscribed.channel, 'open:a');
      assert.equal(subscribed.recoverable, false);
      assert.equal(subscribed.wasRecovering, false);
    });

    test('a channel that is closed ends with 103', async (t) => {
      const { client } = await connect(t, server, encoding);
      const sub = client.newSubscription('closed:a');
      const unsubscribed = event(sub, 'unsubscribed');
      sub.subscribe();
      assert.deepEqual(await unsubscribed, { channel: 'closed:a', code: 103, reason: 'permission denied' });
    });

    test('a channel of no namespace ends with 102', async (t) => {
      const { client } = await connect(t, server, encoding);
      const sub = client.newSubscription('nowhere:a');
      const unsubscribed = event(sub, 'unsubscribed');
      sub.subscribe();
      assert.deepEqual(await unsubscribed, { channel: 'nowhere:a', code: 102, reason: 'unknown channel' });
    });

    test('a token opens a closed channel', async (t) => {
      const { client } = await connect(t, server, encoding, { token: token({ sub: 'ada' }) });
      const { subscribed } = await subscribe(client, 'closed:a', { token: token({ sub: 'ada', channel: 'closed:a' }) });
      assert.equal(subscribed.channel, 'closed:a');
    });

    for (const [what, claims] of [
      ['for another channel', { sub: 'ada', channel: 'closed:a' }],
      ['of another user', { sub: 'bo', channel: 'closed:b' }],
    ]) {
      test(`a token ${what} ends the connection with 3500`, async (t) => {
        const { client } = await connect(t, server, encoding, { token: token({ sub: 'ada' }) });
        const disconnected = event(client, 'disconnected');
        client.newSubscription('closed:b', { token: token(claims) }).subscribe();
        assert.deepEqual(await disconnected, { code: 3500, reason: 'invalid token' });
      });
    }

    test('a token in a private channel is asked for', async (t) => {
      const { client } = await connect(t, server, encoding, { token: token({ sub: 'ada' }) });
      const { subscribed } = await subscribe(client, '$private', {
        getToken: async ({ channel }) => token({ sub: 'ada', channel }),
      });
      assert.equal(subscribed.channel, '$private');
    });

    test('renews a token before it expires, on the same subscription', async (t) => {
      const { client } = await connect(t, server, encoding, { token: token({ sub: 'ada' }) });
      const asked = new EventEmitter();
      const { sub } = await subscribe(client, 'closed:renewed', {
        token: token({ sub: 'ada', channel: 'closed:renewed', exp: inSeconds(2) }),
        getToken: async ({ channel }) => {
          asked.emit('token');
          return token({ sub: 'ada', channel, exp: inSeconds(3600) });
        },
      });
      const drops = collect(sub, 'subscribing');
      const published = event(sub, 'publication');
      await event(asked, 'token');
      await server.api('publish', { channel: 'closed:renewed', data: {} });
      await published;
      assert.equal(drops.got.length, 0);
    });

    test('a user-limited channel lets its users in', async (t) => {
      const { client: ada } = await connect(t, server, encoding, { token: token({ sub: 'ada' }) });
      await subscribe(ada, 'limited:talk#ada,bo');
      const { client: eve } = await connect(t, server, encoding, { token: token({ sub: 'eve' }) });
      const sub = eve.newSubscription('limited:talk#ada,bo');
      const unsubscribed = event(sub, 'unsubscribed');
      sub.subscribe();
      assert.equal((await unsubscribed).code, 103);
    });

    test('what the API publishes arrives, with its tags', async (t) => {
      const { client } = await connect(t, server, encoding);
      const { sub } = await subscribe(client, 'open:b');
      const publication = event(sub, 'publication');
      await server.api('publish', { channel: 'open:b', data: { text: 'é' }, tags: { a: '1' } });
      const got = await publication;
      assert.deepEqual(encoding.read(got.data), { text: 'é' });
      assert.deepEqual({ ...got.tags }, { a: '1' });
      assert.equal(got.info, undefined);
    });

    test('what a subscriber publishes arrives at the others and itself, with who it was', async (t) => {
      const { client: ada, connected } = await connect(t, server, encoding, { token: token({ sub: 'ada', info: { role: 'x' } }) });
      const { client: bo } = await connect(t, server, encoding);
      const channel = `open:talk-${encoding.name}`;
      const { sub: adas } = await subscribe(ada, channel);
      const { sub: bos } = await subscribe(bo, channel);
      const both = [event(adas, 'publication'), event(bos, 'publication')];
      await adas.publish(encoding.data({ n: 1 }));
      for (const got of await Promise.all(both)) {
        assert.deepEqual(encoding.read(got.data), { n: 1 });
        assert.equal(got.info.user, 'ada');
        assert.equal(got.info.client, connected.client);
        assert.deepEqual(encoding.read(got.info.connInfo), { role: 'x' });
      }
    });

    test('publishing without subscribing is denied', async (t) => {
      const { client } = await connect(t, server, encoding);
      await assert.rejects(client.publish('open:other', encoding.data({})), { code: 103 });
    });

    test('order is kept', async (t) => {
      const { client } = await connect(t, server, encoding);
      const { sub } = await subscribe(client, 'open:order');
      const publications = collect(sub, 'publication');
      for (let n = 1; n <= 200; n++) {
        await server.api('publish', { channel: 'open:order', data: { n } });
      }
      const got = await publications.next(200);
      assert.deepEqual(got.map(({ data }) => encoding.read(data).n), Array.from({ length: 200 }, (_, i) => i + 1));
    });
  });

  describe(`unsubscribe, ${encoding.name}`, () => {
    test('by the client has code 0', async (t) => {
      const { client } = await connect(t, server, encoding);
      const { sub } = await subscribe(client, 'open:c');
      const unsubscribed = event(sub, 'unsubscribed');
      sub.unsubscribe();
      assert.deepEqual(await unsubscribed, { channel: 'open:c', code: 0, reason: 'unsubscribe called' });
      await subscribe(client, 'open:after');
    });

    test('by the API has code 2000', async (t) => {
      const { client } = await connect(t, server, encoding, { token: token({ sub: 'kicked' }) });
      const { sub } = await subscribe(client, 'open:d');
      const unsubscribed = event(sub, 'unsubscribed');
      await server.api('unsubscribe', { channel: 'open:d', user: 'kicked' });
      assert.deepEqual(await unsubscribed, { channel: 'open:d', code: 2000, reason: 'server unsubscribe' });
    });

    test('a token that runs out and is not renewed makes it subscribe anew, with 2501', async (t) => {
      const short = await startServer({
        client: { token: { hmac_secret_key: secret }, expired_sub_close_delay: '1s', presence_update_interval: '1s' },
        channel: { namespaces: [{ name: 'closed' }] },
      });
      t.after(() => short.stop());
      const { client } = await connect(t, short, encoding, { token: token({ sub: 'ada' }) });
      let asked = 0;
      const { sub } = await subscribe(client, 'closed:x', {
        getToken: ({ channel }) => {
          asked += 1;
          // The second is the renewal, which never comes.
          return asked === 2 ? new Promise(() => {}) : Promise.resolve(token({ sub: 'ada', channel, exp: inSeconds(2) }));
        },
      });
      const subscribing = event(sub, 'subscribing');
      const subscribed = event(sub, 'subscribed');
      assert.deepEqual(await subscribing, { channel: 'closed:x', code: 2501, reason: 'subscription expired' });
      await subscribed;
    });
  });
}
