import { execFileSync } from 'node:child_process';

import { expect, test } from 'vitest';

import { curlWords, publishRequest } from '../src/curl';

/** What a shell makes of the command: its arguments. */
function shellArguments(words: string[]): string[] {
  const script = words.join(' ').replace(/^curl /, 'printf "%s\\n" ');
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trimEnd().split('\n');
}

test('the shell hands curl the very request', () => {
  const request = publishRequest('http://localhost:8000', 'k', 'chat:demo');
  expect(shellArguments(curlWords(request))).toEqual([
    '-X', 'POST', request.url, '-H', 'X-API-Key: k', '-d', request.body,
  ]);
});

test.each(["it's", '$(reboot)', '`id`', '"quoted"', 'a\\b', '!'])('a channel named %s stays a name', (channel) => {
  const request = publishRequest('http://localhost:8000', channel, channel);
  const args = shellArguments(curlWords(request));
  expect(args.at(-1)).toBe(request.body);
  expect(args).toContain(`X-API-Key: ${channel}`);
});

test('no key, no header', () => {
  expect(publishRequest('http://localhost:8000', '', 'x').headers).toEqual({});
});
