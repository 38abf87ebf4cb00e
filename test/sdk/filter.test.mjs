import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { collect, connect, encodings, event, subscribe } from '../support/client.mjs';
import { startServer } from '../support/server.mjs';

const open = { allow_subscribe_for_client: true, allow_subscribe_for_anonymous: true, history_size: 50, history_ttl: '60s' };

let server;
before(async () => {
  server = await startServer({
    client: { allow_anonymous_connect_without_token: true },
    channel: {
      namespaces: [
        { name: 'delta', allowed_delta_types: ['fossil'], delta_publish: true, force_recovery: true, ...open },
        { name: 'tagged', allow_tags_filter: true, force_recovery: true, ...open },
        { name: 'untagged', ...open },
      ],
    },
  });
});
after(() => server.stop());

for (const encoding of encodings) {
  describe(`delta, ${encoding.name}`, () => {
    /** Long, and different from its neighbours in a few bytes only. */
    const payload = (n) => ({ text: 'The bells of the carillon ring. '.repeat(64), n, name: 'Zoë' });

    test('publications arrive whole, and little is sent', async (t) => {
      const channel = `delta:a-${encoding.name}`;
      const { client, network } = await connect(t, server, encoding);
      const { sub } = await subscribe(client, channel, { delta: 'fossil' });
      const publications = collect(sub, 'publication');
      await server.api('publish', { channel, data: payload(1) });
      await publications.next(1);
      const frames = network.received.length;
      for (let n = 2; n <= 20; n++) {
        await server.api('publish', { channel, data: payload(n) });
      }
      const got = await publications.next(20);
      assert.deepEqual(got.map(({ data }) => encoding.read(data)), Array.from({ length: 20 }, (_, i) => payload(i + 1)));
      const bytes = network.received.slice(frames).reduce((sum, n) => sum + n, 0);
      assert.ok(bytes < 19 * 400, `${bytes} bytes were sent for 19 publications of 2 KB`);
    });

    test('survives a recovery', async (t) => {
      const channel = `delta:b-${encoding.name}`;
      const { client, network } = await connect(t, server, encoding);
      const { sub } = await subscribe(client, channel, { delta: 'fossil' });
      const publications = collect(sub, 'publication');
      await server.api('publish', { channel, data: payload(1) });
      await publications.next(1);
      const lost = event(client, 'connecting');
      network.cut();
      await lost;
      for (const n of [2, 3, 4]) {
        await server.api('publish', { channel, data: payload(n) });
      }
      const again = event(sub, 'subscribed');
      network.restore();
      assert.equal((await again).recovered, true);
      await server.api('publish', { channel, data: payload(5) });
      const got = await publications.next(5);
      assert.deepEqual(got.map(({ data }) => encoding.read(data)), [1, 2, 3, 4, 5].map(payload));
    });

    test('is negotiated for each subscriber', async (t) => {
      const channel = `delta:c-${encoding.name}`;
      const deltas = await connect(t, server, encoding);
      const full = await connect(t, server, encoding);
      const { sub: a } = await subscribe(deltas.client, channel, { delta: 'fossil' });
      const { sub: b } = await subscribe(full.client, channel);
      const both = [collect(a, 'publication'), collect(b, 'publication')];
      for (const n of [1, 2, 3]) {
        await server.api('publish', { channel, data: payload(n) });
      }
      for (const publications of both) {
        const got = await publications.next(3);
        assert.deepEqual(got.map(({ data }) => encoding.read(data)), [1, 2, 3].map(payload));
      }
    });
  });

  describe(`tags filter, ${encoding.name}`, () => {
    const numbers = (publications) => publications.map(({ data }) => encoding.read(data).n);

    async function publish(channel, n, tags) {
      await server.api('publish', { channel, data: { n }, tags });
    }

    test('lets through what matches', async (t) => {
      const channel = `tagged:a-${encoding.name}`;
      const { client } = await connect(t, server, encoding);
      const { sub } = await subscribe(client, channel, {
        tagsFilter: { op: 'and', nodes: [{ key: 'level', cmp: 'in', vals: ['warn', 'error'] }, { key: 'price', cmp: 'gte', val: '10' }] },
      });
      const publications = collect(sub, 'publication');
      await publish(channel, 1, { level: 'info', price: '20' });
      await publish(channel, 2, { level: 'warn', price: '9.5' });
      await publish(channel, 3, { level: 'warn', price: '10' });
      await publish(channel, 4, {});
      await publish(channel, 5, { level: 'error', price: '100' });
      assert.deepEqual(numbers(await publications.next(2)), [3, 5]);
    });

    test('holds for what is recovered', async (t) => {
      const channel = `tagged:b-${encoding.name}`;
      const { client, network } = await connect(t, server, encoding);
      const { sub } = await subscribe(client, channel, { tagsFilter: { key: 'kind', cmp: 'eq', val: 'yes' } });
      const publications = collect(sub, 'publication');
      const lost = event(client, 'connecting');
      network.cut();
      await lost;
      for (let n = 1; n <= 6; n++) {
        await publish(channel, n, { kind: n % 2 === 0 ? 'yes' : 'no' });
      }
      const again = event(sub, 'subscribed');
      network.restore();
      assert.equal((await again).recovered, true);
      assert.deepEqual(numbers(await publications.next(3)), [2, 4, 6]);
    });

    test('a filter that makes no sense, or is not allowed, is refused with 107', async (t) => {
      const { client } = await connect(t, server, encoding);
      for (const [channel, tagsFilter] of [
        [`tagged:c-${encoding.name}`, { key: 'a', cmp: 'almost', val: '1' }],
        [`untagged:c-${encoding.name}`, { key: 'a', cmp: 'eq', val: '1' }],
      ]) {
        const sub = client.newSubscription(channel, { tagsFilter });
        const unsubscribed = event(sub, 'unsubscribed');
        sub.subscribe();
        assert.equal((await unsubscribed).code, 107);
      }
    });
  });
}
