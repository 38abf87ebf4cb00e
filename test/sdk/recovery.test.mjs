import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { collect, connect, encodings, event, subscribe } from '../support/client.mjs';
import { startServer } from '../support/server.mjs';

const open = { allow_subscribe_for_client: true, allow_subscribe_for_anonymous: true };

let server;
before(async () => {
  server = await startServer({
    client: { allow_anonymous_connect_without_token: true },
    channel: {
      namespaces: [
        { name: 'stream', history_size: 10, history_ttl: '60s', force_recovery: true, ...open },
        { name: 'asked', history_size: 10, history_ttl: '60s', allow_recovery: true, allow_positioning: true, ...open },
        { name: 'cache', history_size: 10, history_ttl: '60s', force_recovery: true, force_recovery_mode: 'cache', ...open },
        { name: 'plain', ...open },
      ],
    },
  });
});
after(() => server.stop());

for (const encoding of encodings) {
  const numbers = (publications) => publications.map(({ data }) => encoding.read(data).n);

  /** Subscribes, reads two publications, loses the connection, and comes back after `meanwhile`. */
  async function comeBack(t, channel, options, meanwhile) {
    const publish = (n) => server.api('publish', { channel, data: { n } });
    const { client, network } = await connect(t, server, encoding);
    const { sub, subscribed: first } = await subscribe(client, channel, options);
    const publications = collect(sub, 'publication');
    await publish(1);
    await publish(2);
    await publications.next(2);
    const lost = event(client, 'connecting');
    network.cut();
    await lost;
    await meanwhile(publish);
    const again = event(sub, 'subscribed');
    network.restore();
    return { sub, first, again: await again, publications, publish };
  }

  describe(`recovery, ${encoding.name}`, () => {
    test('brings what was missed, in order, and then what is new', async (t) => {
      const { first, again, publications, publish } = await comeBack(t, `stream:a-${encoding.name}`, {}, async (publish) => {
        await publish(3);
        await publish(4);
      });
      assert.deepEqual([first.recoverable, first.positioned, first.wasRecovering], [true, true, false]);
      assert.deepEqual([again.wasRecovering, again.recovered, again.hasRecoveredPublications], [true, true, true]);
      assert.equal(again.streamPosition.epoch, first.streamPosition.epoch);
      await publish(5);
      const got = await publications.next(5);
      assert.deepEqual(numbers(got), [1, 2, 3, 4, 5]);
      assert.deepEqual(got.map(({ offset }) => offset), [1, 2, 3, 4, 5]);
    });

    test('succeeds when nothing was missed', async (t) => {
      const { again, publications } = await comeBack(t, `stream:b-${encoding.name}`, {}, async () => {});
      assert.deepEqual([again.recovered, again.hasRecoveredPublications], [true, false]);
      assert.deepEqual(numbers(publications.got), [1, 2]);
    });

    test('fails, and says so, when the stream no longer has all of it', async (t) => {
      const { again, publications, publish } = await comeBack(t, `stream:c-${encoding.name}`, {}, async (publish) => {
        for (let n = 3; n <= 14; n++) {
          await publish(n);
        }
      });
      assert.deepEqual([again.wasRecovering, again.recovered], [true, false]);
      assert.equal(again.streamPosition.offset, 14);
      await publish(15);
      assert.equal(numbers(await publications.next(3)).at(-1), 15);
    });

    test('fails when the history was removed', async (t) => {
      const channel = `stream:d-${encoding.name}`;
      const { again } = await comeBack(t, channel, {}, async (publish) => {
        await publish(3);
        await server.api('history_remove', { channel });
      });
      assert.equal(again.recovered, false);
    });

    test('may be asked for', async (t) => {
      const { first, again, publications } = await comeBack(t, `asked:a-${encoding.name}`, { recoverable: true }, (publish) => publish(3));
      assert.equal(first.recoverable, true);
      assert.equal(again.recovered, true);
      assert.deepEqual(numbers(await publications.next(3)), [1, 2, 3]);
    });

    test('is not done when nobody asks, or it is not allowed', async (t) => {
      const unasked = await comeBack(t, `asked:b-${encoding.name}`, {}, (publish) => publish(3));
      assert.deepEqual([unasked.first.recoverable, unasked.again.wasRecovering], [false, false]);
      const { client } = await connect(t, server, encoding);
      const { subscribed } = await subscribe(client, `plain:a-${encoding.name}`, { recoverable: true, positioned: true });
      assert.deepEqual([subscribed.recoverable, subscribed.positioned], [false, false]);
    });

    test('goes on from a position that the application keeps', async (t) => {
      const channel = `stream:e-${encoding.name}`;
      for (const n of [1, 2, 3]) {
        await server.api('publish', { channel, data: { n } });
      }
      const { epoch } = await server.api('history', { channel });
      const { client } = await connect(t, server, encoding);
      const sub = client.newSubscription(channel, { since: { offset: 1, epoch } });
      const publications = collect(sub, 'publication');
      const subscribed = event(sub, 'subscribed');
      sub.subscribe();
      assert.equal((await subscribed).recovered, true);
      assert.deepEqual(numbers(await publications.next(2)), [2, 3]);
    });
  });

  describe(`cache recovery, ${encoding.name}`, () => {
    test('brings the latest publication alone', async (t) => {
      const { again, publications } = await comeBack(t, `cache:a-${encoding.name}`, {}, async (publish) => {
        await publish(3);
        await publish(4);
        await publish(5);
      });
      assert.deepEqual([again.wasRecovering, again.recovered], [true, true]);
      assert.deepEqual(numbers(await publications.next(3)), [1, 2, 5]);
    });

    test('brings nothing when the latest is known', async (t) => {
      const { again, publications } = await comeBack(t, `cache:b-${encoding.name}`, {}, async () => {});
      assert.equal(again.recovered, true);
      assert.deepEqual(numbers(publications.got), [1, 2]);
    });

    test('fails on an empty stream', async (t) => {
      const channel = `cache:c-${encoding.name}`;
      const { again } = await comeBack(t, channel, {}, () => server.api('history_remove', { channel }));
      assert.equal(again.wasRecovering, true);
    });
  });
}
