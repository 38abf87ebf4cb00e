import { expect, test } from 'vitest';

import { maxShown, readPayload } from '../src/payload';
import { channelInHash, hashOf } from '../src/settings';

test('a line of chat is text with a name', () => {
  expect(readPayload({ text: 'hi', name: ' Ada ' })).toEqual({ kind: 'chat', text: 'hi', name: 'Ada' });
});

test.each([null, 1, 'text', [], { text: 1 }, { text: 'a', more: 1 }])('%j is shown as JSON', (data) => {
  expect(readPayload(data).kind).toBe('json');
});

test('a giant message is cut, and says so', () => {
  const { text } = readPayload({ text: 'x'.repeat(maxShown + 5) }) as { text: string };
  expect(text).toContain('5 more characters');
});

test.each(['chat:demo', 'a b', 'ünï#&=%', '$user/1'])('the address brings back the channel %s', (channel) => {
  expect(channelInHash(hashOf(channel))).toBe(channel);
});
