import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { after, before, describe, test } from 'node:test';

import { collect, connect, encodings, event, newClient } from '../support/client.mjs';
import { startServer } from '../support/server.mjs';
import { inSeconds, secret, token } from '../support/token.mjs';

let server;
before(async () => {
  server = await startServer({
    client: { token: { hmac_secret_key: secret }, allow_anonymous_connect_without_token: true },
    rpc: { ping: { enabled: true } },
  });
});
after(() => server.stop());

for (const encoding of encodings) {
  describe(`connect, ${encoding.name}`, () => {
    test('without a token, when that is allowed', async (t) => {
      const { connected } = await connect(t, server, encoding);
      assert.match(connected.client, /^[0-9a-f-]{36}$/);
    });

    test('with a token', async (t) => {
      const { connected } = await connect(t, server, encoding, { token: token({ sub: 'ada' }) });
      assert.match(connected.client, /^[0-9a-f-]{36}$/);
    });

    test('with a wrong signature ends for good with 3500', async (t) => {
      const { client } = newClient(t, server, encoding, { token: token({ sub: 'eve' }, 'wrong') });
      const disconnected = event(client, 'disconnected');
      client.connect();
      assert.deepEqual(await disconnected, { code: 3500, reason: 'invalid token' });
    });

    test('with an expired token asks for another', async (t) => {
      const { client } = newClient(t, server, encoding, {
        token: token({ sub: 'ada', exp: inSeconds(-10) }),
        getToken: async () => token({ sub: 'ada' }),
      });
      const connected = event(client, 'connected');
      client.connect();
      assert.ok((await connected).client);
    });

    test('refuses for good when the application says so', async (t) => {
      const { client } = newClient(t, server, encoding, {
        getToken: async () => {
          throw new encoding.sdk.UnauthorizedError('no');
        },
      });
      const disconnected = event(client, 'disconnected');
      client.connect();
      assert.deepEqual(await disconnected, { code: 1, reason: 'unauthorized' });
    });

    test('renews its token before it expires, on the same connection', async (t) => {
      const asked = new EventEmitter();
      const { client } = await connect(t, server, encoding, {
        token: token({ sub: 'ada', exp: inSeconds(2) }),
        getToken: async () => {
          asked.emit('token');
          return token({ sub: 'ada', exp: inSeconds(3600) });
        },
      });
      const drops = collect(client, 'connecting');
      await event(asked, 'token');
      // An answer that comes after the refresh on the same connection proves that it was taken.
      await client.rpc('ping', encoding.data({}));
      assert.equal(drops.got.length, 0);
    });

    test('an RPC that nothing handles is answered with 104', async (t) => {
      const { client } = await connect(t, server, encoding);
      await assert.rejects(client.rpc('none', encoding.data({})), { code: 104, message: 'method not found' });
    });

    test('an asynchronous message that nothing consumes ends the connection with 3508', async (t) => {
      const { client } = await connect(t, server, encoding);
      const disconnected = event(client, 'disconnected');
      await client.send(encoding.data({ hello: 1 }));
      assert.deepEqual(await disconnected, { code: 3508, reason: 'not available' });
    });
  });

  describe(`disconnect, ${encoding.name}`, () => {
    for (const code of [3500, 3999, 4500, 4999]) {
      test(`code ${code} of the API is final`, async (t) => {
        const { client } = await connect(t, server, encoding, { token: token({ sub: `u${code}` }) });
        const disconnected = event(client, 'disconnected');
        await server.api('disconnect', { user: `u${code}`, disconnect: { code, reason: 'for a reason' } });
        assert.deepEqual(await disconnected, { code, reason: 'for a reason' });
      });
    }

    for (const code of [3000, 3499, 4000, 4499]) {
      test(`code ${code} of the API makes it come back`, async (t) => {
        const { client } = await connect(t, server, encoding, { token: token({ sub: `u${code}` }) });
        const connecting = event(client, 'connecting');
        const connected = event(client, 'connected');
        await server.api('disconnect', { user: `u${code}`, disconnect: { code, reason: 'come back' } });
        assert.deepEqual(await connecting, { code, reason: 'come back' });
        assert.ok((await connected).client);
      });
    }

    test('without a code it is 3503 force disconnect', async (t) => {
      const { client } = await connect(t, server, encoding, { token: token({ sub: 'plain' }) });
      const disconnected = event(client, 'disconnected');
      await server.api('disconnect', { user: 'plain' });
      assert.deepEqual(await disconnected, { code: 3503, reason: 'force disconnect' });
    });

    test('a server that stops sends 3001 shutdown', async (t) => {
      const short = await startServer({ client: { allow_anonymous_connect_without_token: true } });
      t.after(() => short.stop());
      const { client } = await connect(t, short, encoding);
      const connecting = event(client, 'connecting');
      assert.equal(await short.stop(), 0);
      assert.deepEqual(await connecting, { code: 3001, reason: 'shutdown' });
    });
  });
}
