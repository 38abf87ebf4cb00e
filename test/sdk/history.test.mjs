import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { connect, encodings, subscribe } from '../support/client.mjs';
import { startServer } from '../support/server.mjs';

let server;
before(async () => {
  server = await startServer({
    client: { allow_anonymous_connect_without_token: true },
    channel: {
      without_namespace: { allow_subscribe_for_client: true, allow_subscribe_for_anonymous: true },
      namespaces: [
        {
          name: 'kept',
          history_size: 10,
          history_ttl: '60s',
          allow_subscribe_for_client: true,
          allow_subscribe_for_anonymous: true,
          allow_history_for_subscriber: true,
          allow_history_for_anonymous: true,
        },
      ],
    },
  });
});
after(() => server.stop());

for (const encoding of encodings) {
  describe(`history, ${encoding.name}`, () => {
    const numbers = ({ publications }) => publications.map(({ data }) => encoding.read(data).n);

    async function filled(t, name, count) {
      const channel = `kept:${name}-${encoding.name}`;
      for (let n = 1; n <= count; n++) {
        await server.api('publish', { channel, data: { n } });
      }
      const { client } = await connect(t, server, encoding);
      return subscribe(client, channel);
    }

    test('without a limit gives the position alone', async (t) => {
      const { sub } = await filled(t, 'position', 3);
      const { publications, offset, epoch } = await sub.history({ limit: 0 });
      assert.deepEqual([publications.length, offset], [0, 3]);
      assert.match(epoch, /./);
    });

    test('gives the oldest first, and the latest first in reverse', async (t) => {
      const { sub } = await filled(t, 'order', 4);
      assert.deepEqual(numbers(await sub.history({ limit: 3 })), [1, 2, 3]);
      assert.deepEqual(numbers(await sub.history({ limit: 3, reverse: true })), [4, 3, 2]);
    });

    test('goes on from a position, either way', async (t) => {
      const { sub } = await filled(t, 'since', 5);
      const { epoch } = await sub.history({ limit: 0 });
      assert.deepEqual(numbers(await sub.history({ limit: 2, since: { offset: 2, epoch } })), [3, 4]);
      assert.deepEqual(numbers(await sub.history({ limit: 2, since: { offset: 4, epoch }, reverse: true })), [3, 2]);
    });

    test('keeps no more than its size', async (t) => {
      const { sub } = await filled(t, 'size', 12);
      assert.deepEqual(numbers(await sub.history({ limit: -1 })), [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    });

    test('of another epoch is refused with 112', async (t) => {
      const { sub } = await filled(t, 'epoch', 2);
      await assert.rejects(sub.history({ limit: 2, since: { offset: 1, epoch: 'other' } }), { code: 112 });
    });

    test('is gone once the API removes it, and its offsets go on', async (t) => {
      const { sub } = await filled(t, 'removed', 3);
      await server.api('history_remove', { channel: sub.channel });
      const { publications, offset } = await sub.history({ limit: 10 });
      assert.deepEqual([publications.length, offset], [0, 3]);
    });

    test('is refused with 108 where there is none', async (t) => {
      const { client } = await connect(t, server, encoding);
      const { sub } = await subscribe(client, `none-${encoding.name}`);
      await assert.rejects(sub.history({ limit: 1 }), { code: 108 });
    });
  });
}
