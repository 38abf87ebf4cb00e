import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { collect, connect, encodings, event, subscribe } from '../support/client.mjs';
import { startServer } from '../support/server.mjs';
import { secret, token } from '../support/token.mjs';

let server;
before(async () => {
  server = await startServer({
    client: { token: { hmac_secret_key: secret } },
    channel: {
      namespaces: [
        { name: 'seen', presence: true, join_leave: true, allow_subscribe_for_client: true, allow_presence_for_subscriber: true },
        { name: 'pushed', presence: true, join_leave: true, force_push_join_leave: true, allow_subscribe_for_client: true },
        { name: 'secret', presence: true, allow_subscribe_for_client: true },
        { name: 'unseen', allow_subscribe_for_client: true, allow_presence_for_subscriber: true },
      ],
    },
  });
});
after(() => server.stop());

for (const encoding of encodings) {
  const channel = (name) => `${name}-${encoding.name}`;
  const as = (t, user, claims = {}) => connect(t, server, encoding, { token: token({ sub: user, ...claims }) });

  describe(`presence, ${encoding.name}`, () => {
    test('tells who is subscribed, with what their tokens say about them', async (t) => {
      const ada = await as(t, 'ada', { info: { role: 'founder' } });
      const bo = await as(t, 'bo');
      const { sub } = await subscribe(ada.client, channel('seen:a'));
      await subscribe(bo.client, channel('seen:a'));
      const { clients } = await sub.presence();
      assert.deepEqual(Object.keys(clients).sort(), [ada.connected.client, bo.connected.client].sort());
      const info = clients[ada.connected.client];
      assert.equal(info.user, 'ada');
      assert.deepEqual(encoding.read(info.connInfo), { role: 'founder' });
    });

    test('counts clients and users', async (t) => {
      const { client } = await as(t, 'ada');
      const { sub } = await subscribe(client, channel('seen:b'));
      for (const user of ['ada', 'bo']) {
        await subscribe((await as(t, user)).client, channel('seen:b'));
      }
      const { numClients, numUsers } = await sub.presenceStats();
      assert.deepEqual({ numClients, numUsers }, { numClients: 3, numUsers: 2 });
      assert.deepEqual(await server.api('presence_stats', { channel: channel('seen:b') }), { num_clients: 3, num_users: 2 });
    });

    test('forgets who unsubscribes or leaves', async (t) => {
      const ada = await as(t, 'ada');
      const { sub } = await subscribe(ada.client, channel('seen:c'), { joinLeave: true });
      const leaves = collect(sub, 'leave');
      const bo = await as(t, 'bo');
      const cy = await as(t, 'cy');
      const { sub: bos } = await subscribe(bo.client, channel('seen:c'));
      await subscribe(cy.client, channel('seen:c'));
      bos.unsubscribe();
      await leaves.next(1);
      cy.client.disconnect();
      await leaves.next(2);
      const { clients } = await sub.presence();
      assert.deepEqual(Object.keys(clients), [ada.connected.client]);
    });

    test('is denied with 103 where it is not allowed, and with 108 where there is none', async (t) => {
      const { client } = await as(t, 'ada');
      const { sub } = await subscribe(client, channel('secret:a'));
      await assert.rejects(sub.presence(), { code: 103 });
      const { sub: other } = await subscribe(client, channel('unseen:a'));
      await assert.rejects(other.presence(), { code: 108 });
      await assert.rejects(other.presenceStats(), { code: 108 });
    });
  });

  describe(`join and leave, ${encoding.name}`, () => {
    for (const [what, name, options] of [
      ['are pushed to who asks for them', 'seen:d', { joinLeave: true }],
      ['are pushed to all where the namespace says so', 'pushed:d', {}],
    ]) {
      test(what, async (t) => {
        const ada = await as(t, 'ada');
        const { sub } = await subscribe(ada.client, channel(name), options);
        const bo = await as(t, 'bo', { info: { n: 1 } });
        const joined = event(sub, 'join');
        await subscribe(bo.client, channel(name));
        const { info } = await joined;
        assert.equal(info.client, bo.connected.client);
        assert.equal(info.user, 'bo');
        assert.deepEqual(encoding.read(info.connInfo), { n: 1 });
        const left = event(sub, 'leave');
        bo.client.disconnect();
        assert.equal((await left).info.client, bo.connected.client);
      });
    }

    test('are not pushed to who does not ask', async (t) => {
      const ada = await as(t, 'ada');
      const { sub } = await subscribe(ada.client, channel('seen:e'));
      const joins = collect(sub, 'join');
      const bo = await as(t, 'bo');
      await subscribe(bo.client, channel('seen:e'));
      // A publication comes after what was sent before it.
      const publication = event(sub, 'publication');
      await server.api('publish', { channel: channel('seen:e'), data: {} });
      await publication;
      assert.equal(joins.got.length, 0);
    });
  });
}
